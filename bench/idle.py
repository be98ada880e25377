"""Figures of the operators when there is nothing to do: processor time and resident memory."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable

import lab

NAMESPACE, CLUSTER = "rhte2019", "rhte-cluster"
PERIODIC_PASSES = 240  # seconds: two of them
CLUSTERS, AT_ONCE = 20, 4  # how many, how many of them start at a time
BOUND = "300s"  # until it is given up
ENTITY_OPERATOR = ("topic-operator", "user-operator")

Process = tuple[str, str, str]  # namespace, workload, container
CLUSTER_OPERATOR: Process = ("amq-streams", "deployment/strimzi-cluster-operator", "strimzi-cluster-operator")


def used(process: Process) -> tuple[float, int]:
    """Processor seconds that a container's first process has used, and its resident memory in KiB."""
    namespace, workload, container = process
    target = ["exec", f"--namespace={namespace}", workload, f"--container={container}", "--"]
    stat, status = (lab.kubectl_text(*target, "cat", f"/proc/1/{name}") for name in ("stat", "status"))
    user, system = stat.rpartition(")")[2].split()[11:13]
    resident = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK"), int(resident)


def entity_operator(namespace: str, cluster: str) -> list[Process]:
    """The processes of a cluster's entity operator; without users it has no user operator."""
    workload = f"deployment/{cluster}-entity-operator"
    found = lab.kubectl("get", f"--namespace={namespace}", workload)["spec"]["template"]["spec"]["containers"]
    names = {container["name"] for container in found}
    return [(namespace, workload, container) for container in ENTITY_OPERATOR if container in names]


def idle(groups: list[list[Process]]) -> list[tuple[float, float]]:
    """Of each group of processes, over two periodic passes: percent of a core, and MiB in the end."""

    def readings() -> list[list[tuple[float, int, float]]]:
        return [[(*used(process), time.monotonic()) for process in group] for group in groups]

    before = readings()
    time.sleep(PERIODIC_PASSES)
    figures = []
    for then, now in zip(before, readings(), strict=True):
        shares = [(n[0] - t[0]) / (n[2] - t[2]) for t, n in zip(then, now, strict=True)]
        figures.append((100 * sum(shares), sum(n[1] for n in now) / 1024))
    return figures


def operator_idle() -> str:
    """Processor time and resident memory of the operators, two periodic passes of a lab that nobody uses."""
    lab.make("lab")
    operator, entity = idle([[CLUSTER_OPERATOR], entity_operator(NAMESPACE, CLUSTER)])
    return "; ".join(
        f"{who} {share:.2f} % of a core, {memory:.0f} MiB"
        for who, (share, memory) in (("operator", operator), ("entity operator", entity))
    )


def small_cluster(namespace: str) -> dict:
    """A Kafka of one node, with both operators and a topic, that asks for as little as it can."""

    def resource(kind: str, name: str, spec: dict) -> dict:
        metadata = {"name": name, "namespace": namespace, "labels": {"strimzi.io/cluster": CLUSTER}}
        return {"apiVersion": "kafka.strimzi.io/v1", "kind": kind, "metadata": metadata, "spec": spec}

    little = {"resources": {"requests": {"cpu": "5m", "memory": "64Mi"}}}
    node = {
        "replicas": 1,
        "roles": ["controller", "broker"],
        "storage": {"type": "ephemeral"},
        "jvmOptions": {"-Xms": "256m", "-Xmx": "256m"},
        "resources": {"requests": {"cpu": "20m", "memory": "512Mi"}},
    }
    one = {f"{option}.replication.factor": 1 for option in ("offsets.topic", "transaction.state.log", "default")}
    kafka = {
        "kafka": {"listeners": [{"name": "plain", "port": 9092, "type": "internal", "tls": False}], "config": one},
        "entityOperator": {"topicOperator": little, "userOperator": little},
    }
    items = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": {"bench": "idle"}}},
        resource("KafkaNodePool", "dual-role", node),
        resource("Kafka", CLUSTER, kafka),
        resource("KafkaTopic", "rhte", {"partitions": 1, "replicas": 1}),
    ]
    return {"apiVersion": "v1", "kind": "List", "items": items}


def operators_idle_20() -> str:
    """The same with 20 clusters, each of one node and in a namespace of its own; entity operators: median and most."""
    lab.make("lab", "ARGS=--tags embedded_cluster,container_image,strimzi_operator")
    namespaces = [f"bench-idle-{number}" for number in range(CLUSTERS)]
    wait = ["wait", "--for=condition=Ready", f"--timeout={BOUND}"]
    try:
        for first in range(0, CLUSTERS, AT_ONCE):
            some = namespaces[first : first + AT_ONCE]
            for namespace in some:
                lab.kubectl_text("create", "--filename=-", document=json.dumps(small_cluster(namespace)))
            for namespace in some:
                for what in (f"kafka/{CLUSTER}", "kafkatopic/rhte"):
                    kind, name = what.split("/")
                    lab.kubectl_text(*wait, f"--namespace={namespace}", f"{kind}.kafka.strimzi.io/{name}")
            print(f"{first + len(some)} of {CLUSTERS} clusters Ready", flush=True)
        operator, *entities = idle([[CLUSTER_OPERATOR], *(entity_operator(n, CLUSTER) for n in namespaces)])
    finally:
        for kind in ("kafkatopic", "kafka"):
            for namespace in namespaces:
                target = [f"{kind}.kafka.strimzi.io", "--all", f"--namespace={namespace}", f"--timeout={BOUND}"]
                lab.kubectl_text("delete", *target)
        lab.kubectl_text("delete", "namespace", "--selector=bench=idle", f"--timeout={BOUND}")
    shares, memory = zip(*entities, strict=True)
    return (
        f"operator {operator[0]:.2f} % of a core, {operator[1]:.0f} MiB; entity operators "
        f"{statistics.median(shares):.2f} % ({max(shares):.2f} %), {statistics.median(memory):.0f} MiB "
        f"({max(memory):.0f} MiB)"
    )


FIGURES: dict[str, Callable[[], str]] = {f.__name__: f for f in (operator_idle, operators_idle_20)}
