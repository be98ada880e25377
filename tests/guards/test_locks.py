"""pyproject.toml, the locks and requirements.yml agree, and the locks name no host."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

LOCKS = ("lab", "operator", "client", "notebook", "test")


def pins(path: Path) -> set[str]:
    """The pinned packages of a lock, e.g. ansible==12.3.0."""
    return set(re.findall(r"^([a-z0-9-]+==[^\s;\\]+)", path.read_text(), re.MULTILINE))


def normalised(requirement: str) -> str:
    """Name of a requirement as locks spell it."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement).group()).lower()


@pytest.mark.parametrize("name", [*LOCKS, "oldest"])
def test_a_lock_has_hashes_and_no_addresses(root: Path, name: str):
    text = (root / f"locks/{name}.txt").read_text()
    assert "--hash=sha256:" in text
    assert not re.search(r"://|index-url|find-links|^#", text, re.MULTILINE)


def test_the_oldest_ansible_is_the_one_that_the_collection_takes(root: Path):
    oldest, tried = (pins(root / f"locks/oldest.{suffix}") for suffix in ("txt", "in"))
    assert tried <= oldest
    assert oldest - tried <= pins(root / "locks/test.txt")
    runtime = yaml.safe_load((root / "collections/ansible_collections/catdog/lab/meta/runtime.yml").read_text())
    first = runtime["requires_ansible"].removeprefix(">=")
    assert {f"ansible-core=={first}"} <= tried
    [last] = [pin for pin in pins(root / "locks/lab.txt") if pin.startswith("ansible-core==")]
    assert f"ansible-core {first} to {last.partition('==')[2]} with" in (root / "README.md").read_text()


@pytest.mark.parametrize("name", LOCKS[:-1])
def test_the_tests_run_with_the_packages_of_the_other_locks(root: Path, name: str):
    assert pins(root / f"locks/{name}.txt") - pins(root / "locks/test.txt") == set()


@pytest.mark.parametrize(
    ("name", "groups", "with_project"),
    [
        ("lab", ["lab"], True),
        ("operator", ["operator"], False),
        ("client", ["client"], False),
        ("notebook", ["notebook"], True),
        ("test", ["dev"], True),
    ],
)
def test_a_lock_holds_what_the_project_asks_for(root: Path, name: str, groups: list[str], with_project: bool):
    project = tomllib.loads((root / "pyproject.toml").read_text())
    asked = [requirement for group in groups for requirement in project["dependency-groups"][group]]
    asked += project["project"]["dependencies"] if with_project else []
    asked += project["project"]["optional-dependencies"]["model"] if name in ("notebook", "test") else []
    locked = {pin.split("==")[0] for pin in pins(root / f"locks/{name}.txt")}
    assert {normalised(requirement) for requirement in asked} - locked == set(), "run make lock"
    exact = {requirement for requirement in asked if re.fullmatch(r"[\w-]+==[\w.]+", requirement)}
    assert exact <= pins(root / f"locks/{name}.txt"), "run make lock"


def collection_version(name: str) -> str:
    """Version of a collection inside the locked Ansible."""
    packages = [Path(folder) for folder in importlib.util.find_spec("ansible_collections").submodule_search_locations]
    [manifest] = [path for package in packages if (path := package / name.replace(".", "/") / "MANIFEST.json").exists()]
    return json.loads(manifest.read_text())["collection_info"]["version"]


def test_the_collections_are_those_inside_the_locked_ansible(root: Path):
    wanted = {
        item["name"]: item["version"] for item in yaml.safe_load((root / "requirements.yml").read_text())["collections"]
    }
    assert wanted == {name: collection_version(name) for name in wanted}


def test_every_collection_that_is_used_is_required(root: Path, project_texts: dict[Path, str]):
    pattern = re.compile(
        r"\b((?:kubernetes\.core|community\.[a-z]+|ansible\.(?:posix|utils|netcommon)|containers\.podman))\.[a-z]\w*"
    )
    used = {
        match
        for path, text in project_texts.items()
        if path.parts[0] in ("roles", "playbooks", "molecule") and path.suffix in (".yml", ".j2")
        for match in pattern.findall(text)
    }
    required = {item["name"] for item in yaml.safe_load((root / "requirements.yml").read_text())["collections"]}
    assert used == required
