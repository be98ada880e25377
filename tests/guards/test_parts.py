"""What belongs to a part: a role its place in the whole lab, an image its build and its name, a scenario its files."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PLAYS = yaml.safe_load((ROOT / "playbooks/site.yml").read_text())
IMPORT = "ansible.builtin.import_role"
# Of the cluster, then of each attendee: the role's name, and the entry that has its tags.
CLUSTER = [(entry["role"], entry) for play in PLAYS for entry in play.get("roles", [])]
ATTENDEE = [
    (entry[IMPORT]["name"], entry) for play in PLAYS for task in play.get("tasks", []) for entry in task["block"]
]
# Roles of one verb alone, each with its playbook.
OF_A_VERB = {
    "kafka_client": "send",
    "openshift_login": "login",
    "progress": "progress",
    "reset": "reset",
    "supplies": "supplies",
}
FILES = ("molecule.yml", "converge.yml", "verify.yml", "cleanup.yml")
SCENARIOS = sorted(path for path in ROOT.glob("molecule/*/") if path.name != "shared")
SHARED_SETTINGS = yaml.safe_load((ROOT / ".config/molecule/config.yml").read_text())
# Built and loaded by role embedded_cluster: there is no cluster yet that an image could be loaded into.
NODE = "node"


def test_a_role_is_in_the_whole_lab_by_a_tag_of_its_name(roles: list[Path]):
    assert {role.name for role in roles} - set(OF_A_VERB) == {role for role, _ in CLUSTER + ATTENDEE}
    assert [role for role, verb in OF_A_VERB.items() if role not in (ROOT / f"playbooks/{verb}.yml").read_text()] == []
    assert [role for role, entry in CLUSTER + ATTENDEE if entry.get("tags") != [role]] == []


def test_an_image_that_is_defined_is_built_and_named():
    folders = [*ROOT.glob("embedded/images/*/"), ROOT / "app", ROOT / "app/clients"]
    assert [path for path in folders if not ((path / "image.yml").exists() and (path / "Containerfile").exists())] == []
    defined = {yaml.safe_load((folder / "image.yml").read_text())["name"] for folder in folders}
    built = {entry["vars"]["container_image_name"] for role, entry in CLUSTER if role == "container_image"}
    inventory = yaml.safe_load((ROOT / "inventories/embedded/group_vars/all/images.yml").read_text())
    assert built == defined - {NODE}, "each has an entry in playbooks/site.yml"
    assert set(inventory["lab_images"]) == built, "each is named in lab_images, by which preflight knows it"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_a_scenario_prepares_again_in_a_checkout_where_it_was_prepared(scenario: Path):
    own = yaml.safe_load((scenario / "molecule.yml").read_text())["scenario"]
    sequence = own.get("test_sequence", SHARED_SETTINGS["scenario"]["test_sequence"])
    if (scenario / "prepare.yml").exists():
        assert sequence.index("destroy") < sequence.index("prepare")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_a_scenario_is_whole(scenario: Path):
    assert [name for name in FILES if not (scenario / name).exists()] == []
