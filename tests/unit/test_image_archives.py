"""Archives of images: what they hold, what is wrong with one, and whether a node has to load it."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

NAME = "registry.example.test/strimzi/operator:1.2.0"
CONFIG = json.dumps({"architecture": "amd64"}).encode()
LISTING = "REF TYPE DIGEST SIZE PLATFORMS LABELS\n"


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def blob(content: bytes) -> dict[str, bytes]:
    return {f"blobs/sha256/{hashlib.sha256(content).hexdigest()}": content}


def docker(*names: str) -> dict[str, Any]:
    """The files of an archive as `docker save` writes them."""
    return {"manifest.json": [{"Config": "a.json", "RepoTags": list(names) or None, "Layers": []}], "a.json": CONFIG}


def oci(**annotations: str) -> dict[str, Any]:
    """The files of an OCI archive with one image."""
    manifest = json.dumps({"config": {"digest": sha256(CONFIG)}, "layers": []}).encode()
    index = {"manifests": [{"digest": sha256(manifest), "annotations": annotations or None}]}
    return {"oci-layout": {"imageLayoutVersion": "1.0.0"}, "index.json": index, **blob(manifest), **blob(CONFIG)}


def named(name: str) -> dict[str, Any]:
    return oci(**{"org.opencontainers.image.ref.name": name})


def target(files: dict[str, Any]) -> str:
    return files["index.json"]["manifests"][0]["digest"]


@pytest.fixture(scope="module")
def module(load_plugin: Callable[[str], ModuleType]) -> ModuleType:
    return load_plugin("module_utils/image_archives")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(files: dict[str, Any], mode: str = "w", prefix: str = "") -> Path:
        path = tmp_path / "images.tar"
        with tarfile.open(path, mode) as tar:
            for name, value in files.items():
                content = value if isinstance(value, bytes) else json.dumps(value).encode()
                member = tarfile.TarInfo(prefix + name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        return path

    return write


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_docker_archive_is_read_compressed_or_not(module, write, mode: str):
    images = module.read_archive(write(docker(NAME, "strimzi/operator:1"), mode))
    assert [(image.name, image.target, image.config) for image in images] == [
        (NAME, "", sha256(CONFIG)),
        ("strimzi/operator:1", "", sha256(CONFIG)),
    ]


@pytest.mark.parametrize("prefix", ["", "./"])
def test_an_oci_archive_is_read(module, write, prefix: str):
    files = named(NAME)
    [image] = module.read_archive(write(files, prefix=prefix))
    assert (image.name, image.target, image.config) == (NAME, target(files), sha256(CONFIG))


def test_an_archive_that_is_both_is_read_as_oci_by_containerds_name_first(module, write):
    files = docker("other:1") | oci(
        **{"org.opencontainers.image.ref.name": "1.2.0", "io.containerd.image.name": "registry.example.test/a:1"}
    )
    assert [image.name for image in module.read_archive(write(files))] == ["registry.example.test/a:1"]


def test_an_index_of_several_platforms_is_known_by_its_own_digest(module, write):
    files = named(NAME)
    inner = json.dumps({"manifests": [{"digest": target(files)}]}).encode()
    files["index.json"]["manifests"][0]["digest"] = sha256(inner)
    [image] = module.read_archive(write({**files, **blob(inner)}))
    assert (image.target, image.config) == (sha256(inner), "")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (docker(), "names none of its images. Save them by name, not by id (podman save … NAME)"),
        (oci(), "names none of its images."),
        (named("1.2.0"), "names its image '1.2.0', without a registry, and by that name no pod finds it."),
        (named("strimzi/operator:1"), "names its image 'strimzi/operator:1', without a registry"),
        ({"README": b"x"}, "is no docker or OCI archive of images: it has neither oci-layout nor manifest.json"),
        (docker(NAME) | {"manifest.json": b"{"}, "is no docker or OCI archive that can be read"),
        ({"manifest.json": docker(NAME)["manifest.json"]}, "is not whole: it lacks a.json"),
    ],
)
def test_an_archive_that_cannot_be_used_is_told(module, write, files: dict[str, Any], said: str):
    with pytest.raises(module.ArchiveError) as error:
        module.read_archive(write(files))
    assert str(error.value).startswith(said)


def test_what_is_no_archive_is_told(module, tmp_path: Path, write):
    (tmp_path / "text").write_text("no archive")
    write(docker(NAME), "w:xz").rename(tmp_path / "xz")
    cut = write(docker(NAME) | {"layer.tar": bytes(100_000)})
    cut.write_bytes(cut.read_bytes()[:50_000])
    told = {name: module.describe(tmp_path / name) for name in ("none", "text", "xz", "", "images.tar")}
    assert told["none"] == {"path": str(tmp_path / "none"), "images": [], "error": "does not exist"}
    for name in ("text", "xz"):
        assert told[name]["error"].startswith("is no archive of images, or not whole (")
    assert told[""]["error"] == "is a folder, not an archive of images"
    assert told["images.tar"]["error"] == "is no archive of images, or not whole (unexpected end of data)"


def listing(*rows: tuple[str, str]) -> str:
    """What `ctr images list` prints of these names and digests."""
    return LISTING + "".join(f"{name} application/x {digest} 1.0 MiB linux/amd64 a=b\n" for name, digest in rows)


@pytest.mark.parametrize(
    ("rows", "loads"),
    [
        ([], True),
        ([(NAME, "sha256:1"), (sha256(CONFIG), "sha256:1")], False),
        ([(NAME, "sha256:1"), (sha256(CONFIG), "sha256:2")], True),  # another content by this name
        ([("registry.example.test/other:1", "sha256:1"), (sha256(CONFIG), "sha256:1")], True),
    ],
    ids=["it has none", "it has it", "it has another", "by another name"],
)
def test_a_docker_archive_is_loaded_once(module, write, rows, loads: bool):
    archive = module.describe(write(docker(NAME)))
    assert module.archives_to_load([archive], listing(*rows)) == ([archive["path"]] if loads else [])


def test_a_name_without_a_registry_is_found_behind_containerds_own(module, write):
    archive = module.describe(write(docker("strimzi/operator:1")))
    held = ("registry.example.test/strimzi/operator:1", "sha256:1")
    assert module.archives_to_load([archive], listing(held, (sha256(CONFIG), "sha256:1"))) == []
    assert module.archives_to_load([archive], listing(held)) == [archive["path"]]


def test_an_oci_archive_is_loaded_once(module, write):
    files = named(NAME)
    archive = module.describe(write(files))
    assert module.archives_to_load([archive], listing((NAME, target(files)))) == []
    assert module.archives_to_load([archive], listing((NAME, "sha256:1"))) == [archive["path"]]


def test_one_missing_image_of_several_is_enough(module, write):
    archive = module.describe(write(docker(NAME, f"{NAME}-2")))
    rows = [(NAME, "sha256:1"), (sha256(CONFIG), "sha256:1")]
    assert module.archives_to_load([archive], listing(*rows)) == [archive["path"]]
