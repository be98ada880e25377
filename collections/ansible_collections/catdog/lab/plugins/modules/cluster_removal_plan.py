#!/usr/bin/python
"""Decides which embedded clusters of this machine a clean-up removes: those of its own checkout."""

from __future__ import annotations

DOCUMENTATION = """
module: cluster_removal_plan
short_description: Which embedded clusters of this machine are to be removed, and which are left
description:
  - Changes nothing. A clean-up means the cluster that it names and those of the tests.
  - One of these is removed if the checkout made it. If another checkout made it, it is left.
  - Where that checkout is there no more, or the cluster's mark names none, nobody can be asked. Then it is removed if
    it is the one that is named, and left if it is one of the tests.
options:
  folder:
    description: Folder that holds a folder of state for each cluster. It need not exist.
    type: path
    required: true
  mark:
    description: Name of the file in each that says whose it is, in a line C(checkout:) and a path.
    type: str
    required: true
  checkout:
    description: Folder of the checkout that cleans up.
    type: path
    required: true
  name:
    description: Name of the cluster that is meant. Empty, only the tests' ones are.
    type: str
    default: ""
  tests:
    description: How names of the tests' clusters begin.
    type: str
    required: true
  others:
    description: Remove those that are meant whoever made them.
    type: bool
    default: false
attributes:
  check_mode: {support: full}
author: ["catdog-lab"]
"""

RETURN = """
remove: {description: Names of the clusters to remove, returned: always, type: list, elements: str}
lines: {description: What goes and what stays and why, returned: always, type: list, elements: str}
"""

from dataclasses import dataclass
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

OWNER = "checkout: "
HOW = "ARGS='-e lab_embedded_clean_others=true'"


@dataclass(frozen=True)
class Cluster:
    """A cluster by its folder of state; `owner` is the checkout that made it, empty where the mark names none."""

    name: str
    marked: bool = True
    owner: str = ""
    owner_exists: bool = False


def read_clusters(folder: Path, mark: str) -> list[Cluster]:
    """The clusters that have a folder of state."""
    clusters = []
    for state in sorted(path for path in folder.glob("*") if path.is_dir()):
        if not (state / mark).is_file():
            clusters.append(Cluster(state.name, marked=False))
            continue
        lines = (state / mark).read_text(errors="replace").splitlines()
        owner = next((line.removeprefix(OWNER) for line in lines if line.startswith(OWNER)), "")
        is_there = bool(owner) and (Path(owner) / "playbooks" / "clean.yml").is_file()
        clusters.append(Cluster(state.name, True, owner, is_there))
    return clusters


def plan(clusters: list[Cluster], checkout: str, name: str, tests: str, others: bool) -> tuple[list[str], list[str]]:
    """The names to remove, and a line for each cluster."""
    remove, going, staying = [], [], []
    for cluster in clusters:
        goes, why = judged(cluster, checkout, name, tests, others)
        if goes:
            remove.append(cluster.name)
        (going if goes else staying).append(f"{cluster.name} {'goes' if goes else 'stays'}: {why}")
    return remove, [*going, *staying] or ["No cluster is there to remove."]


def judged(cluster: Cluster, checkout: str, name: str, tests: str, others: bool) -> tuple[bool, str]:
    """Whether a cluster is removed, and why, in words."""
    is_named = cluster.name == name
    if not cluster.marked:
        return False, "its folder was not made by this bundle. Look into it, and remove it yourself."
    whose = f"the checkout {cluster.owner} made it" if cluster.owner else "its mark does not say which checkout made it"
    if cluster.owner == checkout:
        whose = "this checkout made it"
    elif cluster.owner and not cluster.owner_exists:
        whose += ", which is there no more"
    if not is_named and not cluster.name.startswith(tests):
        how = f" It goes with ARGS='-e lab_embedded_cluster_name={cluster.name}'."
        is_others = cluster.owner_exists and cluster.owner != checkout
        return False, f"{whose}, and it is not named.{'' if is_others else how}"
    if cluster.owner == checkout or others:
        return True, f"{whose}."
    if is_named and not cluster.owner_exists:
        return True, f"it is named, and {whose}."
    where = "`make clean` there removes it, or" if cluster.owner_exists else "It goes with"
    return False, f"{whose}. {where} {HOW}{' here' if cluster.owner_exists else ''}."


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            "folder": {"type": "path", "required": True},
            "mark": {"type": "str", "required": True},
            "checkout": {"type": "path", "required": True},
            "name": {"type": "str", "default": ""},
            "tests": {"type": "str", "required": True},
            "others": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    given = module.params
    clusters = read_clusters(Path(given["folder"]), given["mark"])
    remove, lines = plan(clusters, given["checkout"], given["name"], given["tests"], given["others"])
    module.exit_json(changed=False, remove=remove, lines=lines)


if __name__ == "__main__":
    main()
