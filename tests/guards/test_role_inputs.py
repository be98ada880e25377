"""Defaults, argument specification and README of a role name the same inputs, the first two with the same values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROLES = sorted(path.parent.parent for path in (Path(__file__).parents[2] / "roles").glob("*/tasks/main.yml"))
pytestmark = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)


def defaults_of(role: Path) -> dict:
    path = role / "defaults" / "main.yml"
    return yaml.safe_load(path.read_text()) or {} if path.exists() else {}


def required_of(role: Path) -> set[str]:
    """Inputs without a default stand in defaults/main.yml commented out."""
    path = role / "defaults" / "main.yml"
    return set(re.findall(rf"^# ({role.name}_\w+):", path.read_text(), re.MULTILINE)) if path.exists() else set()


def specification_of(role: Path) -> dict:
    """Options of all entry points together; the same input has to be described the same everywhere."""
    path = role / "meta" / "argument_specs.yml"
    assert path.exists(), f"{role.name} has no meta/argument_specs.yml"
    options: dict = {}
    for point, specification in yaml.safe_load(path.read_text())["argument_specs"].items():
        for name, option in (specification.get("options") or {}).items():
            same = options.setdefault(name, option)
            assert same.get("default") == option.get("default"), f"{name} has another default in entry point {point}"
    return options


def test_the_specification_names_the_inputs_of_the_defaults(role: Path):
    assert set(specification_of(role)) == set(defaults_of(role)) | required_of(role)


def test_the_specification_has_the_values_of_the_defaults(role: Path):
    defaults = defaults_of(role)
    specified = {name: option.get("default") for name, option in specification_of(role).items() if name in defaults}
    assert specified == defaults


def test_an_input_without_default_is_not_given_one_by_the_specification(role: Path):
    options = specification_of(role)
    assert [name for name in required_of(role) if "default" in options.get(name, {})] == []


def test_inputs_carry_the_name_of_their_role(role: Path):
    assert [name for name in defaults_of(role) if not name.startswith(f"{role.name}_")] == []


def test_the_readme_lists_the_inputs(role: Path):
    readme = role / "README.md"
    assert readme.exists(), f"{role.name} has no README.md"
    listed = set(re.findall(rf"^\| `({role.name}_\w+)`", readme.read_text(), re.MULTILINE))
    assert listed == set(defaults_of(role)) | required_of(role)


def test_every_input_is_commented_in_the_defaults(role: Path):
    path = role / "defaults" / "main.yml"
    lines = path.read_text().splitlines() if path.exists() else []
    bare, commented = [], False
    for line in lines:
        if re.match(r"^[a-z]\w*:", line):
            if not commented:
                bare.append(line)
        elif not line.strip():
            commented = False
        elif line.startswith("#"):
            commented = True
    assert bare == []
