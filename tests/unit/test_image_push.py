"""How an image comes to a registry: what is asked and pushed, with which login, and what is said where that fails.

skopeo is a script here that answers as skopeo 1.9 did at Debian's docker-registry; scenario container_image has both.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

REFERENCE = "registry.example.org:5000/class/probe:0123456789ab"
SKOPEO = """\
#!/usr/bin/env python3
import json, sys
from pathlib import Path
here = Path(__file__).parent
arguments = sys.argv[1:]
with (here / "calls").open("a") as calls:
    calls.write(json.dumps(arguments) + "\\n")
named = {key: value for key, _, value in (each.partition("=") for each in arguments) if value}
(here / "login").write_text(Path(named.get("--authfile") or named["--dest-authfile"]).read_text())
authorities = Path(named.get("--cert-dir") or named["--dest-cert-dir"]).iterdir()
(here / "authorities").write_text(",".join(path.read_text() for path in authorities))
fault = here / ("copy.fault" if "copy" in arguments else "inspect.fault")
if fault.exists():
    said = 'Error parsing image name \\\\"docker://registry/probe:1\\\\": ' + fault.read_text()
    sys.exit('time="2026-11-30T00:31:53Z" level=fatal msg="' + said + '"')
if "copy" in arguments:
    print("Copying blob sha256:1")
    (here / "manifest").write_text("{}")
elif not (here / "manifest").exists():
    sys.exit('time="2026-11-30T00:31:53Z" level=fatal msg="reading manifest 1 in probe: manifest unknown"')
else:
    sys.stdout.write((here / "manifest").read_text())
"""


@pytest.fixture
def module(load_plugin: Callable[[str], ModuleType]) -> ModuleType:
    return load_plugin("modules/image_push")


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "skopeo").write_text(SKOPEO)
    (folder / "skopeo").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return folder


@pytest.fixture
def registry(module: ModuleType, bin_folder: Path, tmp_path: Path) -> Callable[..., Any]:
    def make(**given: str) -> Any:
        folder = tmp_path / "working"
        folder.mkdir()
        return module.Registry({"reference": REFERENCE, "username": "", "password": "", "ca": None, **given}, folder)

    return make


def test_an_image_that_is_not_there_is_pushed_and_then_is(registry: Callable[..., Any], bin_folder: Path) -> None:
    place = registry()
    assert place.digest() == ""
    place.push(Path("/cache/probe.tar"), 60)
    assert place.digest() == f"sha256:{hashlib.sha256(b'{}').hexdigest()}"
    calls = [json.loads(line) for line in (bin_folder / "calls").read_text().splitlines()]
    assert [call[-1] for call in calls] == [f"docker://{REFERENCE}"] * 3
    assert calls[1][-2] == "oci-archive:/cache/probe.tar"


def test_the_login_is_in_no_command_and_the_authority_is_handed_on(
    registry: Callable[..., Any], bin_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_text("authority")
    place = registry(username="teacher", password="secret", ca=str(tmp_path / "ca.pem"))
    place.digest()
    place.push(Path("/cache/probe.tar"), 60)
    assert "secret" not in (bin_folder / "calls").read_text()
    [(host, login)] = json.loads((bin_folder / "login").read_text())["auths"].items()
    assert (host, base64.b64decode(login["auth"])) == ("registry.example.org:5000", b"teacher:secret")
    assert (bin_folder / "authorities").read_text() == "authority"


def test_without_a_login_nobody_logs_in(registry: Callable[..., Any], bin_folder: Path) -> None:
    registry().digest()
    assert json.loads((bin_folder / "login").read_text()) == {"auths": {}}


@pytest.mark.parametrize("fault", ["", "denied"])
def test_no_note_is_left_of_a_copy_that_has_ended(
    registry: Callable[..., Any], module: ModuleType, bin_folder: Path, tmp_path: Path, monkeypatch, fault: str
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    monkeypatch.setenv("CATDOG_LAB_PROGRESS_NOTES", str(notes))
    if fault:
        (bin_folder / "copy.fault").write_text(fault)
    with pytest.raises(module.RegistryError) if fault else nullcontext():
        registry().push(Path("/cache/probe.tar"), 60)
    assert list(notes.iterdir()) == []


@pytest.mark.parametrize("step", ["inspect", "copy"])
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("unauthorized: authentication required", "refuses the login of teacher for registry.example.org:5000/class/"),
        ("requested access to the resource is denied", "Set lab_registry_username and lab_registry_password"),
        ("x509: certificate signed by unknown authority", "is not trusted. Set lab_registry_ca"),
        (
            "dial tcp: lookup registry: no such host",
            "cannot be used. Check lab_registry, network and proxy. It said: dial",
        ),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(
    module: ModuleType, registry: Callable[..., Any], bin_folder: Path, step: str, fault: str, said: str
) -> None:
    (bin_folder / f"{step}.fault").write_text(fault)
    place = registry(username="teacher", password="secret")
    with pytest.raises(module.RegistryError) as raised:
        place.digest() if step == "inspect" else place.push(Path("/cache/probe.tar"), 60)
    assert said in str(raised.value) and "registry.example.org:5000" in str(raised.value)
    assert str(raised.value).endswith(f"It said: {fault}")
