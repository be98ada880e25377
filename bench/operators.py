"""Figures of the operators: what they use when there is nothing to do, and how fast they work when there is much."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable

import lab

NAMESPACE = "rhte2019"
CLUSTER = "rhte-cluster"
PERIODIC_PASSES = 240  # seconds: two of them
TOPICS, BOUND = 200, 300  # how many, and seconds after which it is given up
# Namespace, workload and container of each process; the entity operator is two of them.
PROCESSES = {
    "operator": [("amq-streams", "deployment/strimzi-cluster-operator", "strimzi-cluster-operator")],
    "entity operator": [
        (NAMESPACE, f"deployment/{CLUSTER}-entity-operator", container)
        for container in ("topic-operator", "user-operator")
    ],
}


def process(namespace: str, workload: str, container: str) -> tuple[float, int]:
    """Processor seconds that a container's first process has used, and its resident memory in KiB."""
    target = ["exec", f"--namespace={namespace}", workload, f"--container={container}", "--"]
    stat, status = (lab.kubectl_text(*target, "cat", f"/proc/1/{name}") for name in ("stat", "status"))
    user, system = stat.rpartition(")")[2].split()[11:13]
    resident = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK"), int(resident)


def containers(namespace: str, workload: str) -> set[str]:
    """Names of a workload's containers."""
    found = lab.kubectl("get", f"--namespace={namespace}", workload)
    return {container["name"] for container in found["spec"]["template"]["spec"]["containers"]}


def operator_idle() -> str:
    """Processor time and resident memory of the operators, two periodic passes of a lab that nobody uses."""
    lab.make("lab")
    # A lab without users has no user operator.
    running = {
        who: [entry for entry in entries if entry[2] in containers(*entry[:2])] for who, entries in PROCESSES.items()
    }

    def readings() -> dict[str, list[tuple[float, int]]]:
        return {who: [process(*entry) for entry in entries] for who, entries in running.items()}

    before, started = readings(), time.monotonic()
    time.sleep(PERIODIC_PASSES)
    after, seconds = readings(), time.monotonic() - started
    texts = []
    for who in running:
        used = sum(now[0] - then[0] for now, then in zip(after[who], before[who], strict=True))
        resident = sum(now[1] for now in after[who]) / 1024
        texts.append(f"{who} {100 * used / seconds:.2f} % of a core, {resident:.0f} MiB")
    return "; ".join(texts)


def topics_200() -> str:
    """Profile full: 200 topics with three replicas, created at once, until the last is Ready (bound 30 s)."""
    lab.full_kafka()
    names = [f"bench-{number}" for number in range(TOPICS)]
    labels = {"strimzi.io/cluster": CLUSTER, "bench": "topics"}
    items = [
        {
            "apiVersion": "kafka.strimzi.io/v1",
            "kind": "KafkaTopic",
            "metadata": {"name": name, "labels": labels},
            "spec": {"partitions": 1, "replicas": 3},
        }
        for name in names
    ]
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    target = ["kafkatopic.kafka.strimzi.io", f"--namespace={NAMESPACE}", "--selector=bench=topics"]
    deadline = time.monotonic() + BOUND
    try:
        lab.kubectl_text("create", f"--namespace={NAMESPACE}", "--filename=-", document=document)
        while True:
            found = lab.kubectl("get", *target)["items"]
            ends = [lab.ready_since(item) for item in found]
            if len(ends) == TOPICS and None not in ends:
                break
            if time.monotonic() > deadline:
                sys.exit(f"{ends.count(None)} topics are not Ready after {BOUND} s: nothing was measured.")
            time.sleep(1)
    finally:
        lab.kubectl_text("delete", *target)
    begin = min(lab.moment(item["metadata"]["creationTimestamp"]) for item in found)
    return f"{(max(end for end in ends if end) - begin).total_seconds():.0f} s"


FIGURES: dict[str, Callable[[], str]] = {f.__name__: f for f in (operator_idle, topics_200)}
