"""Inputs of every entry point, as each inventory gives them, pass the role's specification; wrong ones do not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

# What an inventory leaves to its user.
GIVEN = {
    "embedded": {},
    "kubernetes": {
        "lab_external_host": "node.example.org",
        "lab_notebook_image": "registry.example.org/notebook:1",
    },
    "openshift": {"lab_notebook_image": "registry.example.org/notebook:1"},
}


@pytest.fixture
def playbook(roles: list[Path], tmp_path: Path) -> Path:
    """All entry points of all roles. With `--tags always` nothing runs but Ansible's check of their inputs."""
    given = {"container_image_name": "kafka"}
    tasks = [
        {"ansible.builtin.import_role": {"name": role.name, "tasks_from": point}, "vars": given}
        for role in roles
        for point in yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())["argument_specs"]
    ]
    path = tmp_path / "playbook.yml"
    path.write_text(yaml.safe_dump([{"hosts": "attendees", "gather_facts": False, "tasks": tasks}]))
    return path


def check(root: Path, playbook: Path, inventory: str, **inputs: object) -> subprocess.CompletedProcess:
    """Lets Ansible check the inputs of all entry points."""
    return subprocess.run(
        [
            Path(sys.executable).parent / "ansible-playbook",
            f"--inventory={root / 'inventories' / inventory}",
            "--tags=always",
            f"--extra-vars={json.dumps(GIVEN[inventory] | inputs)}",
            playbook,
        ],
        cwd=root,
        env={**os.environ, "ANSIBLE_CONFIG": str(root / "ansible.cfg"), "ANSIBLE_ROLES_PATH": str(root / "roles")},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("inventory", sorted(GIVEN))
def test_an_inventory_passes(root: Path, playbook: Path, inventory: str):
    found = check(root, playbook, inventory)
    assert found.returncode == 0, found.stdout + found.stderr
    assert f"ok={len(yaml.safe_load(playbook.read_text())[0]['tasks'])} " in found.stdout


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"attendee_namespace_pod_security": "lax"}, "must be one of: restricted, baseline, privileged, got: lax"),
        ({"kafka_topic_timeout": "soon"}, "'kafka_topic_timeout' is of type str and we were unable to convert"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_input_does_not(root: Path, playbook: Path, inputs: dict, said: str):
    found = check(root, playbook, "embedded", **inputs)
    assert found.returncode == 2
    assert said in " ".join((found.stdout + found.stderr).split())
