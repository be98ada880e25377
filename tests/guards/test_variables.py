"""Names flow one way: `lab_*` variables stand in inventories, roles read them through defaults of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Environment, nodes

from role_manuals.inputs import read_inputs

ROOT = Path(__file__).parents[2]
ROLES = sorted(path.parent.parent for path in ROOT.glob("roles/*/tasks/main.yml"))
INVENTORIES = sorted(path.parent for path in ROOT.glob("inventories/*/hosts.yml"))
PLUGINS = ROOT / "collections/ansible_collections/catdog/lab/plugins/inventory"
# Inventories that make the cluster and its images on this machine.
EMBEDDED = ("embedded", "classroom")

# What Ansible itself gives to every role.
ANSIBLE = {"inventory_hostname", "lookup", "playbook_dir", "role_path", "ansible_playbook_python"}
# Variables that only those need.
EMBEDDED_ONLY = r"lab_embedded_\w+|lab_image_archives|lab_operator|lab_operator_prepare"
# Who makes a kind of exposure, and by which variable it is asked for; others read addresses where it has put them.
EXPOSED_BY = {
    "kafka_cluster": "lab_kafka_exposure",
    "notebook": "lab_notebook_exposure",
    "object_store": "lab_object_store_exposure",
}
# Variables for what an embedded cluster has not: an OLM of its own, and a registry that images are pulled from.
CONNECTED_ONLY = r"lab_operator_(package|channel|csv|catalog|catalog_namespace)|lab_registry\w*|lab_pull_secret"
# Variables for OpenShift's own login, and its builds.
OPENSHIFT_ONLY = r"lab_openshift_\w+|lab_image_(project|project_registry|pullers)"
# Variables for a router of the lab's own, which a platform with one of its own refuses.
ROUTER_ONLY = r"lab_router(_\w+)?"
# Files whose words count as reads. A module of the collection is no variable.
READERS = (
    "roles/**/*.yml",
    "roles/**/*.j2",
    "playbooks/*.yml",
    "molecule/shared/**/*.yml",
    "collections/ansible_collections/catdog/lab/plugins/lookup/*.py",
)
VARIABLE = re.compile(r"(?<!catdog\.lab\.)\blab_\w+")


def variables_of(inventory: Path) -> set[str]:
    """The variables that an inventory sets, itself or by a plugin of ours, or shows commented out."""
    text = "\n".join(path.read_text() for path in inventory.glob("**/*.yml"))
    plugins = [PLUGINS / f"{name}.py" for name in re.findall(r"^plugin: catdog\.lab\.(\w+)", text, re.MULTILINE)]
    made = {name for plugin in plugins for name in re.findall(r'"(lab_\w+)"', plugin.read_text())}
    return made | set(re.findall(r"^(?:# )?(\w+):", text, re.MULTILINE))


def named(files: Iterable[Path]) -> set[str]:
    """The `lab_*` variables that files name."""
    return {name for path in files for name in VARIABLE.findall(path.read_text())}


def missing(read: set[str], inventory: Path) -> set[str]:
    """The variables that the inventory has to name and does not: all that it or others read and that apply to it."""
    read = read | named(inventory.glob("**/*.yml"))
    others = CONNECTED_ONLY if inventory.name in EMBEDDED else EMBEDDED_ONLY
    if inventory.name == "openshift":
        others += f"|{ROUTER_ONLY}"
    else:
        others += f"|{OPENSHIFT_ONLY}"
    needed = {name for name in read if not re.fullmatch(others, name)}
    return needed - variables_of(inventory)


def templates(value: Any) -> list[str]:
    """Every text in a value, at any depth."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] if isinstance(value, str) else [text for part in inner for text in templates(part)]


def foreign(role: str, defaults: dict[str, Any]) -> set[str]:
    """What defaults of a role read that is neither an input of its own nor of an inventory, nor Ansible's."""
    parsed = [Environment().parse(text) for text in templates(defaults)]
    read = {name.name for template in parsed for name in template.find_all(nodes.Name)}
    return {name for name in read if not name.startswith((f"{role}_", f"__{role}_", "lab_"))} - ANSIBLE


@pytest.fixture(scope="module")
def read() -> set[str]:
    """Every `lab_*` variable that roles, playbooks, scenarios or lookups read."""
    return named(path for pattern in READERS for path in ROOT.glob(pattern))


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_defaults_read_their_own_inputs_and_inventories(role: Path):
    defaults = {name: entry.default for name, entry in read_inputs(role).items() if entry.has_default}
    assert foreign(role.name, defaults) == set()


def test_another_roles_input_is_told():
    assert foreign("report", {"report_host": "{{ notebook_host | default(lab_host) }}"}) == {"notebook_host"}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_how_something_is_exposed_is_known_to_who_exposes_it_alone(role: Path):
    if role.name == "preflight":
        return  # says beforehand what the platform cannot do
    files = [path for pattern in ("defaults/*.yml", "vars/*.yml", "templates/**/*.j2") for path in role.glob(pattern)]
    known = {name for name in named(files) if name.endswith("_exposure")}
    assert known <= {EXPOSED_BY.get(role.name, "")}


@pytest.mark.parametrize("inventory", INVENTORIES, ids=lambda inventory: inventory.name)
def test_an_inventory_names_every_variable_that_applies_to_it(inventory: Path, read: set[str]):
    assert missing(read, inventory) == set()


def test_a_variable_that_no_inventory_names_is_told():
    assert missing({"lab_topic", "lab_embedded_new", "lab_new"}, ROOT / "inventories" / "kubernetes") == {"lab_new"}


@pytest.mark.parametrize("inventory", INVENTORIES, ids=lambda inventory: inventory.name)
def test_an_inventorys_variables_do_not_look_like_a_roles(inventory: Path):
    roles = tuple(f"{role.name}_" for role in ROLES)
    assert {name for name in variables_of(inventory) if name.startswith(roles)} == set()


def values_of(key: str, tasks: Any) -> Iterable[Any]:
    """What tasks, and those in their blocks, have under this key."""
    for task in tasks or ():
        yield from [task[key]] if key in task else ()
        for part in ("block", "rescue", "always"):
            yield from values_of(key, task.get(part))


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_what_a_task_registers_hides_no_variable_of_another_task(role: Path):
    files = [yaml.safe_load(path.read_text()) for path in role.glob("tasks/**/*.yml")]
    registered = {name for tasks in files for name in values_of("register", tasks)}
    given = {name for tasks in files for variables in values_of("vars", tasks) for name in variables}
    assert not registered & given, "Ansible takes what is registered, wherever the variable is set"
