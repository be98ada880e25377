"""What keeps a machine from carrying the lab, in words: what was found and what to do.

Each function judges one thing that modules machine_info and kind_cluster_info measured, and returns a list of messages
that is empty where all is well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

# Ansible hands paths of its working files to shells unquoted. scripts/setup refuses the same characters.
SHELL_CHARACTERS = re.compile(r"""[\s'"`&;|<>()$\\]""")


def path_failures(paths: Mapping[str, str]) -> list[str]:
    """Folders, by what each is, whose path Ansible cannot work in."""
    return [
        f"the path of the {what} is {path}, and Ansible cannot work below a folder whose name has a blank or one of "
        "' \" ` & ; | < > ( ) $ \\. Move it, or rename the folder."
        for what, path in paths.items()
        if SHELL_CHARACTERS.search(path)
    ]


def user_failures(user: Mapping[str, Any]) -> list[str]:
    """The cluster's containers need root."""
    if user["id"] == 0:
        return []
    return [
        f"this is user {user['name']} (id {user['id']}), and the embedded cluster needs root to run containers. "
        "Run it as root, e.g. sudo make lab, or use inventories/kubernetes with a cluster of your own."
    ]


def system_failures(
    system: Mapping[str, str], systems: Mapping[str, Sequence[str]], architectures: Sequence[str]
) -> list[str]:
    """`systems`: the supported versions by the system's name."""
    failures = []
    if system["version"] not in systems.get(system["name"], []):
        supported = ", ".join(f"{name} {' or '.join(versions)}" for name, versions in systems.items())
        failures.append(f"{system['name']} {system['version']} is not supported. Use {supported}.")
    if system["architecture"] not in architectures:
        failures.append(
            f"a processor of architecture {system['architecture']} is not supported. Use {' or '.join(architectures)}."
        )
    return failures


def memory_failures(
    memory: Mapping[str, int],
    attendees: Sequence[Mapping[str, Any]],
    needs: Mapping[str, int],
    profiles: Mapping[str, Mapping[str, Any]],
    running: bool = False,
) -> list[str]:
    """All labs together must fit.

    Sizes are in MiB. `needs`: of the `machine` itself and of the `cluster` with its operator. A cluster that is running
    has some of its memory already, so that only the machine's total counts.
    """
    free = needs["cluster"] + sum(entry["memory"] for entry in attendees)
    total = needs["machine"] + free
    if memory["total"] >= total and (running or memory["available"] >= free):
        return []
    counts = Counter(entry["profile"] for entry in attendees)
    labs = (
        f"a lab of profile {attendees[0]['profile']} needs"
        if len(attendees) == 1
        else f"{len(attendees)} labs ({', '.join(f'{count} {profile}' for profile, count in counts.items())}) need"
    )
    smallest = min(profiles, key=lambda name: profiles[name]["memory"], default="")
    smaller = any(entry["memory"] > profiles[smallest]["memory"] for entry in attendees)
    return [
        f"too little memory: {labs} {total} MiB with {free} MiB of it free, and this machine has {memory['total']} MiB "
        f"with {memory['available']} MiB free. {f'Set lab_kafka_profile to {smallest}, end' if smaller else 'End'} "
        f"what uses memory, {'have fewer attendees, ' if len(attendees) > 1 else ''}or take a larger machine."
    ]


def disk_failures(disks: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every file system must have room for all of its folders."""
    return [
        f"too little disk: {' and '.join(disk['folders'])} (file system {disk['mount']}) need {disk['needed']} MiB, "
        f"and {disk['free']} MiB are free. Free some, or set CATDOG_LAB_CACHE to a folder on a larger disk."
        for disk in disks
        if disk["free"] < disk["needed"]
    ]


def port_failures(
    taken: Iterable[Mapping[str, Any]],
    attendees: Iterable[Mapping[str, Any]] = (),
    others: Mapping[str, Any] | None = None,
) -> list[str]:
    """Ports that some other process of this machine listens on. `others`: those of no attendee, by their variables."""
    askers = {int(port): f" ({variable})" for variable, port in (others or {}).items()} | {
        entry["port"]: f" ({entry['variable']} of {host['name']})" for host in attendees for entry in host["ports"]
    }
    return [
        f"port {entry['port']}{askers.get(entry['port'], '')} is taken by "
        f"{entry['holder'] or 'a process that cannot be seen'}. End it, or choose another port in the inventory "
        "(lab_notebook_node_port, lab_kafka_bootstrap_node_port, lab_kafka_broker_node_port_base, "
        "lab_router_https_port, lab_router_http_port, lab_embedded_api_port)."
        for entry in taken
    ]


def port_mappings(node_ports: Iterable[Any], mappings: Iterable[Mapping[str, Any]]) -> list[dict[str, int]]:
    """Ports of this machine and the NodePorts that they lead to, each {port, node_port} once.

    `node_ports` are published by their own numbers, `mappings` have the same form as the answer.
    """
    own = [{"port": int(port), "node_port": int(port)} for port in node_ports]
    given = [{key: int(entry[key]) for key in ("port", "node_port")} for entry in mappings]
    return [dict(entry) for entry in dict.fromkeys(tuple(entry.items()) for entry in own + given)]


def published_ports(container: dict[str, Any]) -> list[int]:
    """Ports of a container as podman lists it, where neighbouring ports are one entry: the first, and how many."""
    ports = container.get("Ports") or []
    return sorted(entry["host_port"] + step for entry in ports for step in range(entry["range"]))


def published_port_failures(asked: Iterable[int], published: Collection[int], cluster: str) -> list[str]:
    """Ports that a cluster which is there lacks: it got its ports when it was made."""
    lacking = sorted({int(port) for port in asked} - set(published))
    if not lacking:
        return []
    return [
        f"the cluster {cluster} does not publish {', '.join(map(str, lacking))}: ports are fixed when it is made. Ask "
        f"for those that it has ({', '.join(map(str, sorted(published)))}), or remove it first (make clean). "
        "lab_embedded_spare_ports has a new cluster publish more than its attendees ask for."
    ]


def foreign_cluster_failures(foreign: Iterable[Mapping[str, Any]], cluster: str) -> list[str]:
    """A kind cluster of the lab's name in one of the machine's own container engines."""
    return [
        f"a kind cluster '{cluster}' that this bundle did not make is on this machine "
        f"({entry['engine']}: {', '.join(entry['containers'])}). Remove it (kind delete cluster --name {cluster}), "
        "or set lab_embedded_cluster_name to another name."
        for entry in foreign
    ]


def registry_failures(answers: Mapping[str, Mapping[str, Any]], unbuilt: Sequence[str]) -> list[str]:
    """Package registries that did not answer. `answers`: results of commands, by the registry's name."""
    settings = {"Python": "pip (PIP_INDEX_URL, pip.conf)", "Debian": "/etc/apt"}
    failures = []
    for registry, answer in answers.items():
        if answer.get("rc", 0) == 0:
            continue
        lines = [line for line in (answer.get("stderr") or "").splitlines() if line.strip()]
        failures.append(
            f"no {registry} package registry answers, and {len(unbuilt)} image(s) have yet to be built: "
            f"{lines[-1] if lines else 'no answer'}. Check network and proxy, or set up a mirror in "
            f"{settings[registry]}."
        )
    return failures


def cluster_failures(answer: Mapping[str, Any], kubeconfig: str) -> list[str]:
    """A cluster that is not embedded must answer. `answer`: the result of module k8s_cluster_info."""
    if not answer.get("failed") and "version" in answer:
        return []
    said = (str(answer.get("msg") or "no answer").splitlines())[0].rstrip(".")
    fix = "Set KUBECONFIG or lab_kubeconfig to one that does."
    if "401 Unauthorized" in said:
        fix = (
            "Its login has ended, or is wrong: log in anew (oc login, make login, or as your cluster's provider says)."
        )
    return [f"no cluster answers by the kubeconfig {kubeconfig or '(none given)'}: {said}. {fix}"]
