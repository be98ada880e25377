"""Nodes that are lost, stopped or kept from starting: what was acknowledged stays, and the cluster mends itself.

The topics have three replicas, of which two acknowledge; the storage is ephemeral, so that a deleted pod takes its copy
along and a stopped one does not.
Sources: strimzi_observed.md, Time and behaviour (a deleted broker pod, a deleted object), What it answers to a mistake;
"Deploying and Managing", ephemeral storage, and rolling updates: a broker that does not start ends the update; API
reference, KafkaTopicSpec.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from kafka.errors import KafkaError

from contract import manifests
from contract.forwarding import Forwarder
from contract.kafka_access import Kafka
from contract.kafka_cluster import KafkaCluster
from contract.kubernetes_access import Kubernetes
from contract.operator_times import ENTITY_ANSWER
from contract.restoring import patch_to, restored
from contract.sender import Sender
from contract.waiting import eventually, meanwhile, outcome

NAMESPACE, NAME = "operator-contract-faults", "lasting"
RECORD = 512 * 1024  # bytes; two of them are what a broker fetches at once
VOLUME_LIMIT = 256  # MiB
BALLAST = "/var/lib/kafka/data-0/ballast"
ROLL = "strimzi.io/manual-rolling-update"
PODS = [f"{NAME}-dual-role-{number}" for number in range(3)]


@pytest.fixture(scope="session")
def forwarders(kubernetes: Kubernetes) -> Iterator[list[Forwarder]]:
    """A way to each of the three brokers."""
    made = [Forwarder(kubernetes, NAMESPACE, pod, 9092) for pod in PODS]
    yield made
    for forwarder in made:
        forwarder.close()


@pytest.fixture(scope="session")
def three_nodes(new_cluster: Callable[[str, str], KafkaCluster], forwarders: list[Forwarder]) -> KafkaCluster:
    """Three nodes with both roles: the fewest that can lose any one."""
    own = new_cluster(NAMESPACE, NAME)
    listener = manifests.forwarded("plain", 9092, {number: one.port for number, one in enumerate(forwarders)})
    volumes = [manifests.volume(0, kraftMetadata="shared", sizeLimit=f"{VOLUME_LIMIT}Mi")]
    own.make(
        manifests.kafka(own.namespace, own.name, [listener], config=manifests.REPLICATED),
        manifests.pool(own.namespace, own.name, "dual-role", ["controller", "broker"], replicas=3, volumes=volumes),
    )
    return own


@pytest.fixture
def lasting(three_nodes: KafkaCluster) -> Iterator[KafkaCluster]:
    """The same ones, to break; they are whole again after the check."""
    with restored(three_nodes):
        yield three_nodes


@pytest.fixture
def kafka(forwarders: list[Forwarder]) -> Iterator[Kafka]:
    """The three brokers as a client sees them."""
    client = Kafka(",".join(forwarder.address for forwarder in forwarders), security_protocol="PLAINTEXT")
    yield client
    client.close()


@pytest.fixture
def topic(lasting: KafkaCluster, kafka: Kafka, request: pytest.FixtureRequest) -> Iterator[str]:
    """A topic of its own for each test, its three replicas in sync."""
    name = request.node.name.replace("_", "-")
    lasting.kubernetes.create(manifests.topic(lasting.namespace, lasting.name, name, replicas=3))
    try:
        lasting.topics.wait(name)
        wait_in_sync(lasting, kafka, name)
        yield name
    finally:  # goes when its operator comes to it: the next one has another name
        lasting.topics.delete(name)


def wait_in_sync(lasting: KafkaCluster, kafka: Kafka, topic: str) -> None:
    """Wait until all three brokers have all of a topic."""
    kafka.close()  # an earlier connection may be to a broker that is gone, and would be waited for

    def brokers() -> set[int] | str:
        try:
            return kafka.in_sync(topic)
        except KafkaError as error:
            kafka.close()
            return type(error).__name__

    eventually(brokers, lambda found: found == {0, 1, 2}, f"three replicas of {topic} in sync", lasting.times.pods)


def wait_ready_anew(lasting: KafkaCluster, before: dict[str, Any], seen: Callable[[str], Any]) -> None:
    """Wait until all pods are Ready and what is `seen` of each is not what it was."""
    eventually(
        lambda: {pod: (lasting.ready_uid(pod) is not None, seen(pod)) for pod in before},
        lambda pods: all(ready and now not in (None, before[pod]) for pod, (ready, now) in pods.items()),
        f"Ready anew: {', '.join(before)}",
        lasting.times.pods,
    )


def wait_acknowledged(lasting: KafkaCluster, sender: Sender, more: int = 10) -> None:
    """Wait until that many more records are acknowledged."""
    goal = len(sender.acknowledged) + more
    what = f"{goal} records acknowledged"
    eventually(lambda: len(sender.acknowledged), lambda count: count >= goal, what, lasting.times.pods)


def missing(kafka: Kafka, topic: str, acknowledged: list[bytes]) -> set[bytes]:
    """What was acknowledged and is not there."""
    return set(acknowledged) - {record.value for record in kafka.records(topic)}


def restarts(lasting: KafkaCluster, pod: str) -> tuple[str, int] | None:
    """Which run of a node's container this is."""
    found = lasting.kubernetes.get("Pod", lasting.namespace, pod) or {}
    counts = [c["restartCount"] for c in found.get("status", {}).get("containerStatuses") or [] if c["name"] == "kafka"]
    return (found["metadata"]["uid"], counts[0]) if counts else None


def test_every_node_lost_in_turn(lasting: KafkaCluster, kafka: Kafka, topic: str):
    # Time and behaviour: a deleted broker pod; here it is a controller, too
    with Sender(kafka, topic) as sender:
        for pod in PODS:
            wait_acknowledged(lasting, sender)
            before = {pod: lasting.ready_uid(pod)}
            lasting.kubernetes.delete("Pod", lasting.namespace, pod)
            wait_ready_anew(lasting, before, lasting.ready_uid)
            wait_in_sync(lasting, kafka, topic)
        wait_acknowledged(lasting, sender)
    assert not missing(kafka, topic, sender.acknowledged)
    lasting.wait_ready()


def test_all_nodes_stopped_at_once(lasting: KafkaCluster, kafka: Kafka, topic: str):
    # Ephemeral storage: lives as long as its pod, whatever becomes of the container
    with Sender(kafka, topic) as sender:
        wait_acknowledged(lasting, sender)
        before = {pod: restarts(lasting, pod) for pod in PODS}
        for pod in PODS:
            lasting.run(pod, "sh", "-c", "kill 1")
        wait_ready_anew(lasting, before, lambda pod: restarts(lasting, pod))
        wait_acknowledged(lasting, sender)
    wait_in_sync(lasting, kafka, topic)
    assert not missing(kafka, topic, sender.acknowledged)
    lasting.wait_ready()


def test_node_whose_volume_is_full_begins_anew(lasting: KafkaCluster, kafka: Kafka, topic: str):
    # API reference, EphemeralStorage, sizeLimit: Kubernetes ends a pod that takes more, and its pod set makes it anew
    before = {PODS[1]: lasting.ready_uid(PODS[1])}
    with Sender(kafka, topic) as sender:
        wait_acknowledged(lasting, sender)
        fill = ["dd", "if=/dev/zero", f"of={BALLAST}", "bs=1M", f"count={VOLUME_LIMIT + 8}"]
        lasting.run(PODS[1], *fill)
        try:
            wait_ready_anew(lasting, before, lasting.ready_uid)
        finally:
            if lasting.ready_uid(PODS[1]) == before[PODS[1]]:
                lasting.run(PODS[1], "rm", "-f", BALLAST)
        wait_in_sync(lasting, kafka, topic)
        wait_acknowledged(lasting, sender)
    assert not missing(kafka, topic, sender.acknowledged)
    lasting.wait_ready()


def test_option_that_kafka_itself_refuses_stops_one_node(lasting: KafkaCluster, kafka: Kafka, topic: str):
    # Rolling updates: Kafka wants this option below replica.lag.time.max.ms, which only a node that starts finds out
    before = lasting.pod_uids()
    with Sender(kafka, topic) as sender:
        wait_acknowledged(lasting, sender)
        lasting.change({"spec": {"kafka": {"config": {"replica.fetch.wait.max.ms": 900000}}}})
        assert lasting.wait_failed()["message"]
        changed = [pod for pod, uid in lasting.pod_uids().items() if uid != before[pod]]
        assert len(changed) <= 1
        wait_acknowledged(lasting, sender)
        lasting.change({"spec": {"kafka": {"config": {"replica.fetch.wait.max.ms": None}}}})
        lasting.wait_ready()
        wait_all_ready(lasting)
        wait_acknowledged(lasting, sender)
    wait_in_sync(lasting, kafka, topic)
    assert not missing(kafka, topic, sender.acknowledged)


def wait_all_ready(lasting: KafkaCluster) -> None:
    """Wait until all three pods are Ready."""
    eventually(lambda: lasting.not_ready(set(PODS)), lambda left: not left, "all Ready", lasting.times.pods)


@contextmanager
def throttled(lasting: KafkaCluster, kafka: Kafka, rate: int) -> Iterator[None]:
    """Let replicas that are not in sync get there by so many bytes a second, and in the end as fast as they can."""

    def throttle(value: str | None) -> None:
        kafka.close()  # an earlier connection may take a broker for lost that is back
        for broker in range(3):
            kafka.set_broker_option(broker, "follower.replication.throttled.rate", value)

    try:
        throttle(str(rate))
        yield
    finally:
        eventually(
            lambda: outcome(lambda: throttle(None), KafkaError),
            lambda found: found == "well",
            "no limit any more",
            lasting.times.pods,
        )


def test_rolling_update_waits_for_replicas(lasting: KafkaCluster, kafka: Kafka, topic: str):
    # Rolling updates, also those that annotations of pods ask for: a broker is not restarted while others lack so much
    # that min.insync.replicas would not be met
    lasting.topics.change(topic, config={"follower.replication.throttled.replicas": "*"})
    lasting.topics.wait(topic)
    values = [os.urandom(RECORD) for _ in range(10)]
    with kafka.producer() as send:
        for value in values:
            send(topic, value)
    rolled, before = PODS[:2], {pod: lasting.ready_uid(pod) for pod in PODS}
    with throttled(lasting, kafka, 1024):
        for pod in rolled:
            lasting.kubernetes.merge("Pod", lasting.namespace, pod, {"metadata": {"annotations": {ROLL: "true"}}})
        (first, *_) = eventually(
            lambda: [pod for pod in PODS if lasting.ready_uid(pod) not in (None, before[pod])],
            bool,
            "one anew",
            lasting.times.pods,
        )
        kafka.close()

        def replaced_and_lacking() -> tuple[list[str], bool]:
            """Pods that are new or about to be, and, looked at after them, whether the first one's replica lacks."""
            pods = [pod["metadata"] for pod in lasting.kafka_pods().values()]
            kept = [pod["name"] for pod in pods if pod["uid"] == before[pod["name"]] and "deletionTimestamp" not in pod]
            return sorted(set(PODS) - set(kept)), PODS.index(first) not in kafka.in_sync(topic)

        meanwhile(
            replaced_and_lacking,
            lambda seen: seen == ([first], True),
            f"{first} alone replaced, and its replica out of sync",
            lasting.times.next_pod,
        )
    wait_ready_anew(lasting, {pod: before[pod] for pod in rolled}, lasting.ready_uid)
    assert not missing(kafka, topic, values)
    lasting.wait_ready()


@pytest.mark.parametrize(
    ("kind", "name", "part", "change"),
    [
        ("Service", f"{NAME}-kafka-bootstrap", "spec", {"selector": {"strimzi.io/broker-role": "false"}}),
        ("ConfigMap", PODS[0], "data", {"server.config": "process.roles=none"}),
    ],
    ids=["Service", "ConfigMap"],
)
def test_edited_object_is_mended(lasting: KafkaCluster, kind: str, name: str, part: str, change: dict[str, Any]):
    # Time and behaviour: an edited selector and an edited ConfigMap are back at the next periodic pass at the latest
    before = lasting.the(kind, name)[part]
    lasting.kubernetes.merge(kind, lasting.namespace, name, {part: change})
    try:
        eventually(
            lambda: {key: lasting.the(kind, name)[part][key] for key in change},
            lambda found: found == {key: before[key] for key in change},
            f"{kind} as it was",
            lasting.times.repair,
        )
    finally:
        if left := patch_to(before, lasting.the(kind, name)[part]):
            lasting.kubernetes.merge(kind, lasting.namespace, name, {part: left})
    wait_all_ready(lasting)
    lasting.wait_ready()


def test_all_pods_deleted_at_once(lasting: KafkaCluster, kafka: Kafka, topic: str):
    # Ephemeral storage: nothing of it is left, Kafka's metadata included; resources say how it is made anew
    before = {pod: lasting.ready_uid(pod) for pod in PODS}
    for pod in PODS:
        lasting.kubernetes.delete("Pod", lasting.namespace, pod, grace=0)
    wait_ready_anew(lasting, before, lasting.ready_uid)
    lasting.wait_ready()
    kafka.close()
    wait_in_sync(lasting, kafka, topic)
    eventually(
        lambda: outcome(lambda: kafka.send(topic, b"again"), KafkaError),
        lambda found: found == "well",
        "a record",
        ENTITY_ANSWER,
    )
    assert kafka.first_record(topic).value == b"again"
