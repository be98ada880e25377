"""How many labs a cluster carries, and what limits them: their pods' requests against what nodes have free.

Memory is in MiB, processors in thousandths of one. A seat is a lab of one attendee. A cluster that is there and a
machine that has yet to get one are judged by the same requests: of the cluster's own pods (seen, or known beforehand),
of those that the class has once, and of each lab's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any, NamedTuple

from ansible_collections.catdog.lab.plugins.module_utils.check_lines import (
    FAILURE,
    OK,
    WARNING,
    Line,
    line,
    unseen_line,
)
from ansible_collections.catdog.lab.plugins.module_utils.cluster_look import bounds

RESOURCES = ("memory", "cpu", "pods")
WORDS = {"memory": "memory", "cpu": "processors", "pods": "pods"}
MOST_SEATS = 1000  # no look goes further
# Source of the least: the kubelet's default, to which Kubernetes is tested. A pod of a lab needs 560 MiB of memory and
# more (profile full: 4500 MiB, 8 pods), so that one for each 500 MiB is never what limits. The most: the node's own
# network, a /24, has 253 addresses.
LEAST_PODS, MOST_PODS, POD_MEMORY = 110, 250, 500


class Seats(NamedTuple):
    """How many, and which of `memory`, `processors` and `pods` ends them (several where none does alone)."""

    count: int
    limit: str


def max_pods(memory: Mapping[str, int]) -> int:
    """How many pods the node of a machine with this memory (`total`, MiB) takes."""
    return min(max(LEAST_PODS, memory["total"] // POD_MEMORY), MOST_PODS)


def kafka_pods(shape: Mapping[str, Any], requests: Mapping[str, Mapping[str, int]]) -> list[dict[str, int]]:
    """What each pod of a Kafka requests; none without brokers. `shape`, `requests`: as lab_pods takes them."""
    counts = {
        "broker": shape.get("brokers", 0),
        "controller": shape.get("controllers", 0),
        "entity_operator": 1 if shape.get("brokers") else 0,
    }
    return [requests[kind] | {"pods": 1} for kind, count in counts.items() for _ in range(count)]


def lab_pods(shape: Mapping[str, Any], requests: Mapping[str, Mapping[str, int]]) -> list[dict[str, int]]:
    """What each pod of a lab requests. `shape`: controllers, brokers and classifiers; `requests`: by kind of pod."""
    alone = ["notebook"] + ["classifier"] * shape.get("classifiers", 0)
    return largest_first([*kafka_pods(shape, requests), *(requests[kind] | {"pods": 1} for kind in alone)])


def class_pods(
    alone: Mapping[str, Mapping[str, int]], shape: Mapping[str, Any], requests: Mapping[str, Mapping[str, int]]
) -> list[dict[str, int]]:
    """What each pod requests that a class has once, beside its labs.

    `alone`: by its name; `shape`: that of a Kafka that the class shares, or empty.
    """
    return largest_first([*(pod | {"pods": 1} for pod in alone.values()), *kafka_pods(shape, requests)])


def largest_first(pods: Iterable[dict[str, int]]) -> list[dict[str, int]]:
    """In the order in which they find room best."""
    return sorted(pods, key=lambda pod: -pod["memory"])


def usable(nodes: Iterable[Mapping[str, Any]]) -> list[dict[str, int]]:
    """What the nodes that take pods have free: ready, not cordoned, without a taint that keeps a lab away."""
    return [
        {resource: node["allocatable"][resource] - node["requested"][resource] for resource in RESOURCES}
        for node in nodes
        if node["ready"] and not node["closed"]
    ]


def _place(pods: Sequence[Mapping[str, int]], free: list[dict[str, int]]) -> str:
    """Put a lab's pods on the emptiest nodes, as the scheduler does; what limits, in words, where one finds no room."""
    for pod in pods:
        fitting = [node for node in free if all(node[resource] >= pod[resource] for resource in RESOURCES)]
        if not fitting:
            lacks = [resource for resource in RESOURCES if all(node[resource] < pod[resource] for node in free)]
            return " and ".join(WORDS[resource] for resource in lacks or RESOURCES)
        emptiest = max(fitting, key=lambda node: (node["memory"], node["cpu"]))
        for resource in RESOURCES:
            emptiest[resource] -= pod[resource]
    return ""


def packed_seats(
    labs: Iterable[Sequence[Mapping[str, int]]],
    free: Iterable[Mapping[str, int]],
    before: Sequence[Mapping[str, int]] = (),
) -> Seats:
    """How many of the labs, each a list of pods, find room one after the other on nodes with so much free.

    `before`: pods that take theirs before any lab.
    """
    room, count = [dict(node) for node in free], 0
    if limit := _place(before, room):
        return Seats(0, limit)
    for pods in labs:
        if count == MOST_SEATS or (limit := _place(pods, room)):
            return Seats(count, limit if count < MOST_SEATS else "")
        count += 1
    return Seats(count, "")


def memory_seats(labs: Iterable[int], room: int) -> Seats:
    """How many of the labs, each by the memory that it takes at work, find room in so much memory."""
    count = 0
    for memory in labs:
        room -= memory
        if room < 0 or count == MOST_SEATS:
            break
        count += 1
    return Seats(count, WORDS["memory"])


def _labs(attendees: Sequence[Mapping[str, Any]], profiles: Mapping[str, Mapping[str, Any]]) -> Iterator[Any]:
    """Profile and memory of each attendee's lab, then again and again of the last one's; unknown profiles count not."""
    known = [(entry["profile"], entry["memory"]) for entry in attendees if entry["profile"] in profiles]
    smallest = min(profiles, key=lambda name: profiles[name]["memory"])
    more = known[-1][0] if known else smallest
    return chain(known, repeat((more, profiles[more]["memory"])))


def cluster_seats(
    nodes: Iterable[Mapping[str, Any]],
    attendees: Sequence[Mapping[str, Any]],
    profiles: Mapping[str, Mapping[str, Any]],
    requests: Mapping[str, Mapping[str, int]],
    shared: Sequence[Mapping[str, int]] = (),
) -> Seats:
    """Seats of a cluster, by what its `nodes` (module cluster_capacity_info) have beside the pods of class and labs.

    `shared`: pods that the class has once, by class_pods.
    """
    pods = {name: lab_pods(shape, requests) for name, shape in profiles.items()}
    return packed_seats((pods[profile] for profile, _ in _labs(attendees, profiles)), usable(nodes), shared)


def machine_seats(
    machine: Mapping[str, Any],
    attendees: Sequence[Mapping[str, Any]],
    profiles: Mapping[str, Mapping[str, Any]],
    needs: Mapping[str, int],
    running: bool = False,
) -> Seats:
    """Seats of a machine by the memory that labs take at work, as memory_failures judges it.

    `machine`: the answer of module machine_info; `needs`: MiB of the `machine` itself and of the `cluster`.
    """
    memory = machine["memory"]
    room = memory["total"] - needs["machine"]
    if not running:
        room = min(room, memory["available"])
    return memory_seats((memory for _, memory in _labs(attendees, profiles)), room - needs["cluster"])


def coming_node(machine: Mapping[str, Any], own: Mapping[str, int]) -> dict[str, Any]:
    """The node that a machine without a cluster will be; `own`: what the cluster's own pods request together."""
    allocatable = {
        "memory": machine["memory"]["total"],
        "cpu": 1000 * machine["processors"],
        "pods": max_pods(machine["memory"]),
    }
    return {"name": "", "ready": True, "closed": "", "allocatable": allocatable, "requested": own}


def lab_seats(
    nodes: Sequence[Mapping[str, Any]] | None,
    machine: Mapping[str, Any] | None,
    lab: Mapping[str, Any],
    needs: Mapping[str, Any],
    running: bool = False,
) -> dict[str, Any]:
    """How many seats there are, `count`, and what ends them, `limit`; empty where neither can be seen.

    `nodes`: of a cluster that answers; `machine`: the one that carries the cluster, or will, where it is embedded;
    `lab`: `attendees`, `profiles`, `requests` of each kind of pod, and `class_pods`; `needs`: MiB that the machine
    itself (`machine`) and the cluster with what the class shares (`cluster`) take at work, and what the cluster's own
    pods request together (`own`).
    """
    shapes = (lab["attendees"], lab["profiles"])
    if not lab["profiles"] or not (nodes or machine):
        return {}
    bounds = [machine_seats(machine, *shapes, needs, running)] if machine else []
    if not nodes:
        nodes = [coming_node(machine, needs["own"])]
    bounds.append(cluster_seats(nodes, *shapes, lab["requests"], lab["class_pods"]))
    return min(bounds, key=lambda seats: seats.count)._asdict()


def seats_text(seats: Mapping[str, Any], attendees: Sequence[Any], is_there: bool) -> str:
    """The answer to how many seats there are, in a sentence. `is_there`: whether there is a cluster yet."""
    carrier = "This cluster carries" if is_there else "A cluster on this machine carries"
    if not seats:
        return f"How many seats this cluster carries cannot be seen; {_counted(attendees)} asked for."
    limit = f" (limited by {seats['limit']})" if seats["limit"] else ""
    plural = "s" * (seats["count"] != 1)
    return f"{carrier} {seats['count']} seat{plural}{limit}; {_counted(attendees)} asked for."


def _counted(attendees: Sequence[Mapping[str, Any]]) -> str:
    """How many seats are asked for, and of which profiles: `3 compact are`."""
    counts = Counter(entry["profile"] for entry in attendees)
    told = " and ".join(f"{count} {profile}" for profile, count in counts.items()) or "none"
    return f"{told} {'are' if len(attendees) > 1 else 'is'}"


def seats_lines(seats: Mapping[str, Any], attendees: Sequence[Any], told: Sequence[str] = ()) -> list[Line]:
    """Whether there is a seat for every attendee. `told`: failures that say already what is too little."""
    if not seats:
        return []
    count, limit, wanted = seats["count"], seats["limit"], len(attendees)
    found = f"{count} for {wanted} attendee{'s' * (wanted != 1)}{f', limited by {limit}' if limit else ''}"
    if count >= wanted:
        return [line("seats", OK, found)]
    fix = "Have fewer attendees, set lab_kafka_profile to compact, end what uses the cluster, or enlarge it."
    return [line("seats", WARNING if told else FAILURE, f"too few seats: {found}.", fix)]


def node_lines(nodes: Iterable[Mapping[str, Any]], unseen: Mapping[str, str]) -> list[Line]:
    """Nodes that take no pods of a lab, and why."""
    if why := unseen.get("nodes"):
        return [unseen_line("nodes", why)]
    nodes = list(nodes)
    shut = [node for node in nodes if node["closed"] or not node["ready"]]
    named = ", ".join(f"{node['name']} ({node['closed'] or 'not ready'})" for node in shut)
    if len(shut) == len(nodes):
        fix = "Let one take pods (kubectl uncordon, kubectl taint), or add one."
        return [line("nodes", FAILURE, f"no node takes pods: {named or 'there is none'}.", fix)]
    left_out = f"; left out: {named}" if named else ""
    return [line("nodes", OK, f"{len(nodes) - len(shut)} of {len(nodes)} take pods{left_out}")]


def _beyond(
    hard: Mapping[str, int],
    profile: str,
    profiles: Mapping[str, Mapping[str, Any]],
    requests: Mapping[str, Mapping[str, int]],
) -> str:
    """What a lab of the profile requests beyond a quota's bounds, in words; empty where it fits."""
    pods = lab_pods(profiles.get(profile, {}), requests)
    total = {resource: sum(pod[resource] for pod in pods) for resource in RESOURCES}
    return ", ".join(f"{WORDS[name]} {total[name]} of {most}" for name, most in hard.items() if total[name] > most)


def own_quota_failures(
    attendees: Iterable[Mapping[str, Any]],
    profiles: Mapping[str, Mapping[str, Any]],
    requests: Mapping[str, Mapping[str, int]],
) -> list[str]:
    """Quotas of the inventory's (`quota` of attendees, in Kubernetes' words) that labs do not fit into."""
    failures = []
    for entry in attendees:
        try:
            hard = bounds({"spec": {"hard": entry.get("quota") or {}}})
        except (TypeError, ValueError) as error:
            failures.append(f"lab_quota of {entry['name']} cannot be read: {error}. Give it as a ResourceQuota has it.")
            continue
        if short := _beyond(hard, entry["profile"], profiles, requests):
            failures.append(
                f"lab_quota of {entry['name']} is too small for a lab of profile {entry['profile']}, which requests "
                f"{short} (MiB, thousandths of a processor). Raise it, or leave it out for the default."
            )
    return failures


def quota_lines(
    quotas: Iterable[Mapping[str, Any]],
    attendees: Iterable[Mapping[str, Any]],
    profiles: Mapping[str, Mapping[str, Any]],
    requests: Mapping[str, Mapping[str, int]],
    unseen: Mapping[str, str],
) -> list[Line]:
    """ResourceQuotas of attendees' namespaces that a lab does not fit into."""
    if why := unseen.get("quotas"):
        return [unseen_line("quota", why)]
    limits: dict[str, list[Mapping[str, Any]]] = {}
    for quota in quotas:
        limits.setdefault(quota["namespace"], []).append(quota)
    lines = []
    for entry in attendees:
        for quota in limits.get(entry["namespace"], []):
            if short := _beyond(quota["hard"], entry["profile"], profiles, requests):
                found = (
                    f"the ResourceQuota {quota['name']} of namespace {entry['namespace']} is too small for a lab of "
                    f"profile {entry['profile']}, which requests {short} (MiB, thousandths of a processor)."
                )
                lines.append(line("quota", FAILURE, found, "Have it raised, or set lab_kafka_profile to compact."))
    return lines or [line("quota", OK, "none" if not limits else f"roomy enough in {', '.join(sorted(limits))}")]
