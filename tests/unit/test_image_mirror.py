"""Images by digest, and in a mirror: what is asked, copied, left, and told of what cannot be read.

skopeo is a script here; scenario container_image has the real one before a real registry.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

# Registries are folders, an image a file in them, named by its path with `+` for `/`.
SKOPEO = """\
#!/usr/bin/env python3
import json, sys
from pathlib import Path
here = Path(__file__).parent
arguments = sys.argv[1:]
with (here / "calls").open("a") as calls:
    calls.write(json.dumps(arguments) + "\\n")
places = [here / each.removeprefix("docker://").replace("/", "+") for each in arguments if each.startswith("docker://")]
if not places[0].exists():
    sys.exit('time="2026-11-30T00:31:53Z" level=fatal msg="reading manifest 1 in app: manifest unknown"')
if "copy" in arguments:
    places[1].write_text(places[0].read_text())
else:
    sys.stdout.write(places[0].read_text())
"""
IMAGE, MIRROR = "registry.one.org/team/app:1", "registry.two.org/mirror"
DIGEST = f"sha256:{hashlib.sha256(b'{}').hexdigest()}"


@pytest.fixture
def module(load_plugin: Callable[[str], ModuleType]) -> ModuleType:
    return load_plugin("modules/image_mirror")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "skopeo").write_text(SKOPEO)
    (tmp_path / "skopeo").chmod(0o755)
    (tmp_path / IMAGE.replace("/", "+")).write_text("{}")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return tmp_path


@pytest.fixture
def supply(module: ModuleType, folder: Path) -> Callable[..., Any]:
    given = {"mirror": "", "username": "", "password": "", "ca": None, "timeout": 60}
    return lambda image, check_mode=False, **more: module.supply(image, {**given, **more}, check_mode)


def copies(folder: Path) -> list[list[str]]:
    calls = [json.loads(line) for line in (folder / "calls").read_text().splitlines()]
    return [call for call in calls if "copy" in call]


@pytest.mark.parametrize(
    ("image", "place"),
    [
        ("registry.example.org/strimzi/operator:1.2.0", "two.org/m/strimzi/operator:1.2.0"),
        ("localhost:5000/app:1", "two.org/m/app:1"),
        ("library/debian:12.12", "two.org/m/library/debian:12.12"),
        ("debian:12.12", "two.org/m/debian:12.12"),
        ("registry.example.org/strimzi/kafka@sha256:ab", "two.org/m/strimzi/kafka@sha256:ab"),
    ],
)
def test_a_place_in_the_mirror_is_what_follows_the_registry(module, image: str, place: str) -> None:
    assert module.mirrored(image, "two.org/m") == place


def test_without_a_mirror_an_image_is_only_asked_for(supply, folder) -> None:
    assert supply(IMAGE) == (False, {"image": IMAGE, "digest": DIGEST, "mirror": "", "error": ""})
    assert copies(folder) == []


def test_an_image_is_copied_whole_and_once(supply, folder) -> None:
    row = {"image": IMAGE, "digest": DIGEST, "mirror": f"{MIRROR}/team/app:1", "error": ""}
    assert supply(IMAGE, mirror=MIRROR, check_mode=True) == (True, row)
    assert copies(folder) == []
    assert supply(IMAGE, mirror=MIRROR) == (True, row)
    [copy] = copies(folder)
    assert {"--all", "--preserve-digests", f"docker://{IMAGE}", f"docker://{row['mirror']}"} <= set(copy)
    assert supply(IMAGE, mirror=MIRROR) == (False, row)


def test_an_image_that_changed_under_its_tag_is_copied_again(supply, folder) -> None:
    supply(IMAGE, mirror=MIRROR)
    (folder / IMAGE.replace("/", "+")).write_text("another")
    assert supply(IMAGE, mirror=MIRROR)[0] is True


def test_an_image_that_cannot_be_read_is_told(supply) -> None:
    missing = "registry.one.org/team/other:1"
    row = {"image": missing, "digest": "", "mirror": "", "error": "reading manifest 1 in app: manifest unknown"}
    assert supply(missing, mirror=MIRROR) == (False, row)


def test_files_are_rows_of_the_same_list(load_plugin: Callable[[str], ModuleType]) -> None:
    row = load_plugin("filter/supply_row").supply_row
    fetched = row({"item": "https://x.org/a.yaml", "stat": {"exists": False}})
    assert (fetched["kind"], fetched["digest"], fetched["error"]) == ("file", "", "cannot be fetched or read")
    lock = row({"item": "locks/lab.txt", "stat": {"exists": True, "checksum": "ab"}})
    assert lock == {"kind": "lock", "image": "locks/lab.txt", "mirror": "", "error": "", "digest": "sha256:ab"}
