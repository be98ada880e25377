"""The roles' manuals are as `make manuals` makes them, and inputs carry the name of their role."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from role_manuals.entry_points import read_calls
from role_manuals.inputs import read_inputs

ROLES = sorted(path.parent.parent for path in (Path(__file__).parents[2] / "roles").glob("*/tasks/main.yml"))


def check(folder: Path) -> subprocess.CompletedProcess:
    """`make manuals ARGS=--check` for another checkout."""
    return subprocess.run(
        [sys.executable, "-m", "role_manuals", "--check", folder],
        cwd=Path(__file__).parents[2] / "scripts",
        capture_output=True,
        text=True,
    )


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    """A copy of what the manuals are made from."""
    for folder in ("roles", "playbooks", "molecule"):
        shutil.copytree(root / folder, tmp_path / folder)
    return tmp_path


@pytest.fixture(scope="module")
def calls(root: Path) -> dict[str, set[str]]:
    """The entry points that the project names, by role."""
    return read_calls(root)


def test_the_manuals_are_as_they_are_generated(root: Path):
    found = check(root)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


@pytest.mark.parametrize("file", ["meta/argument_specs.yml", "README.md"])
def test_a_manual_that_was_changed_by_hand_is_told(checkout: Path, file: str):
    path = checkout / "roles" / "kafka_topic" / file
    path.write_text(path.read_text().replace("Name of the topic", "The topic's name"))
    found = check(checkout)
    assert (found.returncode, found.stderr.count("\n")) == (1, 1)
    assert f"{path} is not what defaults/main.yml and the task files say: run `make manuals`." in found.stderr


@pytest.mark.parametrize("mark", ["", "# Type: str\n"])
def test_an_input_without_comment_is_told(checkout: Path, mark: str):
    path = checkout / "roles" / "kafka_topic" / "defaults" / "main.yml"
    path.write_text(path.read_text() + f"{mark}kafka_topic_owner: alice\n")
    found = check(checkout)
    assert found.returncode == 2
    assert "kafka_topic_owner has no comment of its own" in found.stderr


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_inputs_carry_the_name_of_their_role(role: Path):
    assert [name for name in read_inputs(role) if not name.startswith(f"{role.name}_")] == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_entry_point_that_is_called_is_specified(role: Path, calls: dict[str, set[str]]):
    """By the name that is called: Ansible checks no inputs for `tasks_from: remove.yml` where it knows `remove`."""
    points = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())["argument_specs"]
    called = {name for name in calls.get(role.name, set()) if re.fullmatch(r"[\w.]+", name)}
    assert called - set(points) == set()
