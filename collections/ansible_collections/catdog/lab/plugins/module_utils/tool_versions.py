"""The tools that run the lab, in the versions that it was tried with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from importlib import import_module, metadata
from pathlib import Path

import yaml

from ansible_collections.catdog.lab.plugins.module_utils.check_lines import OK, WARNING, Line, line

PACKAGES = ("ansible-core", "kubernetes")


def wanted_versions(checkout: Path) -> dict[str, str]:
    """Packages of the lock and the collections of requirements.yml, each with its version."""
    lock, requirements = checkout / "locks" / "lab.txt", checkout / "requirements.yml"
    if not (lock.is_file() and requirements.is_file()):
        return {}
    pins = dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", lock.read_text(), re.MULTILINE))
    collections = yaml.safe_load(requirements.read_text())["collections"]
    return {name: pins[name] for name in PACKAGES if name in pins} | {
        entry["name"]: str(entry["version"]) for entry in collections
    }


def found_version(name: str) -> str:
    """Version of a package, or of a collection, whose name has a dot; empty if it is not there."""
    try:
        if "." not in name:
            return metadata.version(name)
        [folder, *_] = import_module(f"ansible_collections.{name}").__path__
        return json.loads((Path(folder) / "MANIFEST.json").read_text())["collection_info"]["version"]
    except (ImportError, OSError, ValueError, KeyError):  # PackageNotFoundError is an ImportError
        return ""


def found_versions(wanted: Iterable[str]) -> dict[str, str]:
    """The version of each."""
    return {name: found_version(name) for name in wanted}


def tool_lines(found: Mapping[str, str], wanted: Mapping[str, str]) -> list[Line]:
    """Tools of other versions than the lab's, or none."""
    others = [f"{name} is {found.get(name) or 'not there'}, not {version}" for name, version in wanted.items()]
    others = [told for name, told in zip(wanted, others, strict=True) if found.get(name) != wanted[name]]
    if others:
        told = f"the lab was tried with other versions: {'; '.join(others)}."
        return [line("tools", WARNING, told, "Run `make setup`, and the lab by make.")]
    return [line("tools", OK, ", ".join(f"{name} {version}" for name, version in wanted.items()) or "not compared")]
