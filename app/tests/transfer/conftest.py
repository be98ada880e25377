"""A small object storage in this process."""

import re
import threading

import pytest

from object_storage import Server


@pytest.fixture
def named(monkeypatch):
    """Has the environment name the object storage at an address."""

    def name(url):
        for variable in ("CA_BUNDLE", "PROFILE", "ENDPOINT_URL", "CONFIG_FILE", "SHARED_CREDENTIALS_FILE"):
            monkeypatch.delenv(f"AWS_{variable}", raising=False)
        for variable, value in {
            "no_proxy": "*", "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL_S3": url,
            "AWS_ACCESS_KEY_ID": "anna", "AWS_SECRET_ACCESS_KEY": "secret",
        }.items():  # fmt: skip
            monkeypatch.setenv(variable, value)

    return name


@pytest.fixture
def storage(named):
    """The storage, with the environment that names it."""
    with Server(0, {}) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        named(server.storage.url)
        yield server.storage
        server.shutdown()


@pytest.fixture
def data(tmp_path):
    """A data folder with three pictures of each class in each split."""
    for name in (f"{s}/{c}/{n}.jpg" for s in ("training", "validation") for c in ("cat", "dog") for n in range(3)):
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / name).write_bytes(re.sub("/", " ", name).encode())
    return tmp_path / "data"
