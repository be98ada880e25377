"""Playbooks name every role where it belongs, and say how the cluster is reached wherever a module asks for it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
GROUP = "group/catdog.lab.kubernetes"
REMOVING = ["playbooks/teardown.yml", "playbooks/reset.yml", "molecule/shared/playbooks/cleanup.yml"]
PATTERNS = ("playbooks/*.yml", "molecule/*/*.yml", "molecule/shared/playbooks/*.yml")
PLAYS = [
    (path, play)
    for pattern in PATTERNS
    for path in sorted(ROOT.glob(pattern))
    for play in yaml.safe_load(path.read_text()) or []
    if isinstance(play, dict) and "hosts" in play
]


def mappings(value: Any) -> list[dict]:
    """Every mapping in a YAML document, at any depth."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return ([value] if isinstance(value, dict) else []) + [mapping for part in inner for mapping in mappings(part)]


def roles_of(play: Any, folder: Path) -> set[str]:
    """The roles that a play names, in `roles`, in its tasks, in a loop over their names or in files that it imports."""
    names = {role if isinstance(role, str) else role["role"] for role in play.get("roles", [])}
    for task in mappings(play):
        if file := task.get("ansible.builtin.import_tasks"):
            names |= roles_of({"tasks": yaml.safe_load((folder / file).read_text())}, folder)
        for call in filter(None, (task.get(f"ansible.builtin.{verb}_role") for verb in ("include", "import"))):
            names |= set(task.get("loop", [])) if "{{" in call["name"] else {call["name"]}
    return names


def modules_of(content: Any, folder: Path) -> set[str]:
    """The modules that tasks use, with those of the task files and roles that they include."""
    found: set[str] = set()
    for task in mappings(content):
        found |= {key for key in task if key.count(".") == 2}
        for file in filter(None, (task.get(f"ansible.builtin.{verb}_tasks") for verb in ("include", "import"))):
            found |= modules_of(yaml.safe_load((folder / file).read_text()), (folder / file).parent)
    for role in roles_of(content, folder) if isinstance(content, dict) else ():
        for path in ROOT.glob(f"roles/{role}/tasks/**/*.yml"):
            found |= {key for task in mappings(yaml.safe_load(path.read_text())) for key in task if key.count(".") == 2}
    return found


def of_the_group(module: str) -> bool:
    """Whether a module talks to the cluster."""
    runtime = yaml.safe_load((ROOT / "collections/ansible_collections/catdog/lab/meta/runtime.yml").read_text())
    own = {f"catdog.lab.{name}" for name in runtime["action_groups"]["kubernetes"] if isinstance(name, str)}
    return module in own or module.startswith("kubernetes.core.")


@pytest.mark.parametrize(("path", "play"), PLAYS, ids=[play["name"] for _, play in PLAYS])
def test_a_play_says_how_the_cluster_is_reached(path: Path, play: dict):
    asking = sorted(module for module in modules_of(play, path.parent) if of_the_group(module))
    assert not asking or "kubeconfig" in play.get("module_defaults", {}).get(GROUP, {}), f"{play['name']} uses {asking}"


@pytest.mark.parametrize("playbook", REMOVING)
def test_what_an_attendee_gets_is_removed(playbook: str):
    site = [(path, play) for path, play in PLAYS if path.match("playbooks/site.yml") and play["hosts"] == "attendees"]
    given = set().union(*(roles_of(play, path.parent) for path, play in site))
    removable = {role for role in given if (ROOT / f"roles/{role}/tasks/remove.yml").exists()}
    named = set().union(*(roles_of(play, path.parent) for path, play in PLAYS if path == ROOT / playbook))
    assert removable, "site.yml gives attendees nothing that can be removed"
    assert removable - named == set()


def test_all_roles_have_metadata_or_none(roles: list[Path]):
    assert {(role / "meta" / "main.yml").exists() for role in roles} in ({True}, {False})


@pytest.mark.parametrize("verb", ["site", "verify", "reset", "teardown"])
def test_a_verb_works_on_attendees_in_one_play_of_its_own(verb: str) -> None:
    """Their record (callback class_record) ends with it; what comes before and after is in files that it imports."""
    plays = yaml.safe_load((ROOT / f"playbooks/{verb}.yml").read_text())
    assert len([play for play in plays if play.get("hosts") == "attendees"]) == 1


def test_a_wait_looks_each_second():
    """Each of kubernetes.core's looks is one request; its own five seconds between two add up over a class."""
    waits = [
        (path.relative_to(ROOT), task)
        for pattern in ("roles/**/*.yml", "playbooks/**/*.yml", "molecule/**/*.yml")
        for path in sorted(ROOT.glob(pattern))
        for task in mappings(yaml.safe_load(path.read_text()))
        if task.get("wait") is True
    ]
    assert len(waits) > 20
    assert [f"{path}: {task}" for path, task in waits if task.get("wait_sleep") != 1] == []


def test_a_template_is_rendered_without_a_copy_of_every_variable():
    """docs/decisions/0022."""
    files = [
        file for folder in ("roles", "molecule", "playbooks", "inventories") for file in ROOT.glob(f"{folder}/**/*.yml")
    ]
    copying = re.compile(r"(?:lookup|query)\(\s*['\"](?:ansible\.(?:builtin|legacy)\.)?template['\"]")
    assert not [str(file.relative_to(ROOT)) for file in files if copying.search(file.read_text())]
