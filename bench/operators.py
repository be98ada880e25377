"""Figures of the operators: how fast they work."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable

import lab

NAMESPACE = "rhte2019"
CLUSTER = "rhte-cluster"
TOPICS, ONE_BY_ONE = 200, 20  # how many at once, how many one after the other
BOUND = 300  # seconds after which something is given up
TOPICS_OF_BENCH = ["kafkatopic.kafka.strimzi.io", f"--namespace={NAMESPACE}", "--selector=bench=topics"]


def topic(name: str) -> dict:
    """A KafkaTopic with three replicas, marked as the figures' own."""
    return {
        "apiVersion": "kafka.strimzi.io/v1",
        "kind": "KafkaTopic",
        "metadata": {"name": name, "labels": {"strimzi.io/cluster": CLUSTER, "bench": "topics"}},
        "spec": {"partitions": 1, "replicas": 3},
    }


def topics_200() -> str:
    """Profile full: 200 topics with three replicas, created at once, until the last is Ready (bound 30 s)."""
    lab.full_kafka()
    items = [topic(f"bench-{number}") for number in range(TOPICS)]
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    deadline = time.monotonic() + BOUND
    try:
        lab.kubectl_text("create", f"--namespace={NAMESPACE}", "--filename=-", document=document)
        while True:
            found = lab.kubectl("get", *TOPICS_OF_BENCH)["items"]
            ends = [lab.ready_since(item) for item in found]
            if len(ends) == TOPICS and None not in ends:
                break
            if time.monotonic() > deadline:
                sys.exit(f"{ends.count(None)} topics are not Ready after {BOUND} s: nothing was measured.")
            time.sleep(1)
    finally:
        lab.kubectl_text("delete", *TOPICS_OF_BENCH)
    begin = min(lab.moment(item["metadata"]["creationTimestamp"]) for item in found)
    return f"{(max(end for end in ends if end) - begin).total_seconds():.0f} s"


def topic_ready() -> str:
    """Profile full: from the creation of a topic with three replicas until it is Ready, one after the other."""
    lab.full_kafka()
    seconds = []
    for number in range(ONE_BY_ONE):
        document = json.dumps(topic(f"bench-{number}"))
        started = time.monotonic()
        lab.kubectl_text("create", f"--namespace={NAMESPACE}", "--filename=-", document=document)
        wait = ["wait", "--for=condition=Ready", f"--timeout={BOUND}s", f"--namespace={NAMESPACE}"]
        lab.kubectl_text(*wait, f"kafkatopic.kafka.strimzi.io/bench-{number}")
        seconds.append(time.monotonic() - started)
    lab.kubectl_text("delete", *TOPICS_OF_BENCH)
    return f"median {statistics.median(seconds):.2f} s, most {max(seconds):.2f} s of {ONE_BY_ONE}"


def removal() -> str:
    """Profile full with two users: topic, users, cluster and namespace removed in this order, nothing left."""
    users = {"lab_kafka_users": [{"name": name, "authentication": name} for name in ("tls", "scram-sha-512")]}
    lab.full_kafka(f"-e '{json.dumps(users)}'")
    started, steps = time.monotonic(), []
    for kinds in ("kafkatopic", "kafkauser", "kafka,kafkanodepool"):
        step = time.monotonic()
        target = [f"{kind}.kafka.strimzi.io" for kind in kinds.split(",")]
        lab.kubectl_text("delete", ",".join(target), "--all", f"--namespace={NAMESPACE}", f"--timeout={BOUND}s")
        steps.append(f"{kinds} {time.monotonic() - step:.0f}")
    step = time.monotonic()
    selector = f"strimzi.io/cluster={CLUSTER}"
    everything = "pods,services,secrets,configmaps,deployments,networkpolicies,poddisruptionbudgets,serviceaccounts"
    while left := lab.kubectl("get", everything, f"--namespace={NAMESPACE}", f"--selector={selector}")["items"]:
        if time.monotonic() - step > BOUND:
            sys.exit(f"{len(left)} objects are left after {BOUND} s: nothing was measured.")
        time.sleep(0.5)
    steps.append(f"what they made {time.monotonic() - step:.0f}")
    step = time.monotonic()
    lab.kubectl_text("delete", "namespace", NAMESPACE, f"--timeout={BOUND}s")
    steps.append(f"namespace {time.monotonic() - step:.0f}")
    return f"{time.monotonic() - started:.0f} s ({', '.join(steps)})"


FIGURES: dict[str, Callable[[], str]] = {f.__name__: f for f in (topic_ready, topics_200, removal)}
