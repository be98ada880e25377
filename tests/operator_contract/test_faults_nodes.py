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
from typing import Any

import pytest
from kafka.errors import KafkaError

from contract import manifests
from contract.forwarding import Forwarder
from contract.kafka_access import Kafka
from contract.kafka_cluster import KafkaCluster
from contract.kubernetes_access import Kubernetes
from contract.sender import Sender
from contract.waiting import LONG, eventually, outcome

NAMESPACE, NAME = "operator-contract-faults", "lasting"
RECORD = 512 * 1024  # bytes; two of them are what a broker fetches at once
VOLUME_LIMIT = 256  # MiB
PODS = [f"{NAME}-dual-role-{number}" for number in range(3)]


@pytest.fixture(scope="module")
def forwarders(kubernetes: Kubernetes) -> Iterator[list[Forwarder]]:
    """A way to each of the three brokers."""
    made = [Forwarder(kubernetes, NAMESPACE, pod, 9092) for pod in PODS]
    yield made
    for forwarder in made:
        forwarder.close()


@pytest.fixture(scope="module")
def lasting(new_cluster: Callable[[str, str], KafkaCluster], forwarders: list[Forwarder]) -> KafkaCluster:
    """Three nodes with both roles: the fewest that can lose any one."""
    own = new_cluster(NAMESPACE, NAME)
    listener = manifests.forwarded("plain", 9092, {number: one.port for number, one in enumerate(forwarders)})
    volumes = [manifests.volume(0, kraftMetadata="shared", sizeLimit=f"{VOLUME_LIMIT}Mi")]
    own.make(
        manifests.kafka(own.namespace, own.name, [listener], config=manifests.REPLICATED),
        manifests.pool(own.namespace, own.name, "dual-role", ["controller", "broker"], replicas=3, volumes=volumes),
    )
    return own


@pytest.fixture(scope="module")
def kafka(lasting: KafkaCluster, forwarders: list[Forwarder]) -> Iterator[Kafka]:
    """The three brokers as a client sees them."""
    client = Kafka(",".join(forwarder.address for forwarder in forwarders), security_protocol="PLAINTEXT")
    yield client
    client.close()


@pytest.fixture
def topic(lasting: KafkaCluster, kafka: Kafka, request: pytest.FixtureRequest) -> str:
    """A topic of its own for each test, its three replicas in sync."""
    name = request.node.name.replace("_", "-")
    lasting.kubernetes.create(manifests.topic(lasting.namespace, lasting.name, name, replicas=3))
    lasting.topics.wait(name)
    wait_in_sync(kafka, name)
    return name


def wait_in_sync(kafka: Kafka, topic: str) -> None:
    """Wait until all three brokers have all of a topic."""
    kafka.close()  # an earlier connection may be to a broker that is gone, and would be waited for

    def replicas() -> int | str:
        try:
            return kafka.in_sync(topic)
        except KafkaError as error:
            kafka.close()
            return type(error).__name__

    eventually(replicas, lambda found: found == 3, f"three replicas of {topic} in sync", LONG)


def wait_ready_anew(lasting: KafkaCluster, before: dict[str, Any], seen: Callable[[str], Any]) -> None:
    """Wait until all pods are Ready and what is `seen` of each is not what it was."""
    eventually(
        lambda: {pod: (lasting.ready_uid(pod) is not None, seen(pod)) for pod in before},
        lambda pods: all(ready and now not in (None, before[pod]) for pod, (ready, now) in pods.items()),
        f"Ready anew: {', '.join(before)}",
        LONG,
    )


def wait_acknowledged(sender: Sender, more: int = 10) -> None:
    """Wait until that many more records are acknowledged."""
    goal = len(sender.acknowledged) + more
    eventually(lambda: len(sender.acknowledged), lambda count: count >= goal, f"{goal} records acknowledged", LONG)


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
            wait_acknowledged(sender)
            before = {pod: lasting.ready_uid(pod)}
            lasting.kubernetes.delete("Pod", lasting.namespace, pod)
            wait_ready_anew(lasting, before, lasting.ready_uid)
            wait_in_sync(kafka, topic)
        wait_acknowledged(sender)
    assert not missing(kafka, topic, sender.acknowledged)
    lasting.wait_ready()


def test_all_nodes_stopped_at_once(lasting: KafkaCluster, kafka: Kafka, topic: str):
    # Ephemeral storage: lives as long as its pod, whatever becomes of the container
    with Sender(kafka, topic) as sender:
        wait_acknowledged(sender)
        before = {pod: restarts(lasting, pod) for pod in PODS}
        for pod in PODS:
            lasting.run(pod, "sh", "-c", "kill 1")
        wait_ready_anew(lasting, before, lambda pod: restarts(lasting, pod))
        wait_acknowledged(sender)
    wait_in_sync(kafka, topic)
    assert not missing(kafka, topic, sender.acknowledged)
    lasting.wait_ready()


def test_node_whose_volume_is_full_begins_anew(lasting: KafkaCluster, kafka: Kafka, topic: str):
    # API reference, EphemeralStorage, sizeLimit: Kubernetes ends a pod that takes more, and its pod set makes it anew
    before = {PODS[1]: lasting.ready_uid(PODS[1])}
    with Sender(kafka, topic) as sender:
        wait_acknowledged(sender)
        fill = ["dd", "if=/dev/zero", "of=/var/lib/kafka/data-0/ballast", "bs=1M", f"count={VOLUME_LIMIT + 8}"]
        lasting.run(PODS[1], *fill)
        wait_ready_anew(lasting, before, lasting.ready_uid)
        wait_in_sync(kafka, topic)
        wait_acknowledged(sender)
    assert not missing(kafka, topic, sender.acknowledged)
    lasting.wait_ready()


def test_option_that_kafka_itself_refuses_stops_one_node(lasting: KafkaCluster, kafka: Kafka, topic: str):
    # Rolling updates: Kafka wants this option below replica.lag.time.max.ms, which only a node that starts finds out
    before = lasting.pod_uids()
    with Sender(kafka, topic) as sender:
        wait_acknowledged(sender)
        lasting.change({"spec": {"kafka": {"config": {"replica.fetch.wait.max.ms": 900000}}}})
        assert lasting.wait_failed()["message"]
        changed = [pod for pod, uid in lasting.pod_uids().items() if uid != before[pod]]
        assert len(changed) <= 1
        wait_acknowledged(sender)
        lasting.change({"spec": {"kafka": {"config": {"replica.fetch.wait.max.ms": None}}}})
        lasting.wait_ready()
        eventually(lambda: [pod for pod in PODS if lasting.ready_uid(pod)], lambda ready: ready == PODS, "all Ready")
        wait_acknowledged(sender)
    wait_in_sync(kafka, topic)
    assert not missing(kafka, topic, sender.acknowledged)


def throttle(kafka: Kafka, rate: int | None) -> None:
    """Let replicas that are not in sync get there by so many bytes a second; None: as fast as they can."""
    kafka.close()  # an earlier connection may take a broker for lost that is back
    for broker in range(3):
        kafka.set_broker_option(broker, "follower.replication.throttled.rate", None if rate is None else str(rate))


def wait_for_a_reconciliation(lasting: KafkaCluster) -> None:
    """Wait until the cluster operator has looked at everything once more: until an edited Service is mended."""
    service = f"{NAME}-kafka-bootstrap"
    edited = {"spec": {"selector": {"strimzi.io/broker-role": "false"}}}
    lasting.kubernetes.merge("Service", lasting.namespace, service, edited)
    eventually(
        lambda: lasting.the("Service", service)["spec"]["selector"]["strimzi.io/broker-role"],
        lambda found: found == "true",
        "an edited Service mended",
        LONG,
    )


def test_rolling_update_waits_for_replicas(lasting: KafkaCluster, kafka: Kafka, topic: str):
    # Rolling updates: a broker is not restarted while others lack so much that min.insync.replicas would not be met
    lasting.topics.change(topic, config={"follower.replication.throttled.replicas": "*"})
    lasting.topics.wait(topic)
    values = [os.urandom(RECORD) for _ in range(10)]
    with kafka.producer() as send:
        for value in values:
            send(topic, value)
    before = {pod: lasting.ready_uid(pod) for pod in PODS}
    throttle(kafka, 1024)
    try:
        lasting.change({"spec": {"kafka": {"config": {"log.retention.hours": 7}}}})
        eventually(
            lambda: [pod for pod in PODS if lasting.ready_uid(pod) not in (None, before[pod])], bool, "one anew", LONG
        )
        for _ in range(2):  # the first one may still be at work
            wait_for_a_reconciliation(lasting)
        pods = [pod["metadata"] for pod in lasting.kafka_pods().values() if "deletionTimestamp" not in pod["metadata"]]
        assert len([pod for pod in pods if pod["uid"] == before[pod["name"]]]) == 2
    finally:
        throttle(kafka, None)
    wait_ready_anew(lasting, before, lasting.ready_uid)
    assert not missing(kafka, topic, values)
    lasting.wait_ready()


@pytest.mark.parametrize(
    ("kind", "name", "part", "change"),
    [
        ("Service", f"{NAME}-kafka-bootstrap", "spec", {"selector": {"strimzi.io/broker-role": "false"}}),
        ("Service", f"{NAME}-kafka-bootstrap", "spec", {"ports": [{"name": "tcp-clients", "port": 19092}]}),
        ("ConfigMap", PODS[0], "data", {"server.config": "process.roles=none"}),
        ("Secret", PODS[0], "data", {f"{PODS[0]}.crt": None}),
    ],
    ids=["Service-selector", "Service-ports", "ConfigMap", "Secret"],
)
def test_edited_object_is_mended(lasting: KafkaCluster, kind: str, name: str, part: str, change: dict[str, Any]):
    # Time and behaviour: a deleted object is back at the next periodic reconcile at the latest; edited ones are, too
    before = shape(lasting.the(kind, name)[part])
    lasting.kubernetes.merge(kind, lasting.namespace, name, {part: change})
    eventually(lambda: shape(lasting.the(kind, name)[part]), lambda found: found == before, f"{kind} as it was", LONG)
    eventually(lambda: [pod for pod in PODS if lasting.ready_uid(pod)], lambda ready: ready == PODS, "all Ready", LONG)
    lasting.wait_ready()


def shape(part: dict[str, Any]) -> dict[str, Any]:
    """What an edited part was and has to be again; a certificate may be another one."""
    if "ports" in part:
        ports = sorted((port["name"], port["port"], port["targetPort"]) for port in part["ports"])
        return {"ports": ports, "selector": part["selector"]}
    return {key: value if key == "server.config" else bool(value) for key, value in part.items()}


def test_all_pods_deleted_at_once(lasting: KafkaCluster, kafka: Kafka, topic: str):
    # Ephemeral storage: nothing of it is left, Kafka's metadata included; resources say how it is made anew
    before = {pod: lasting.ready_uid(pod) for pod in PODS}
    for pod in PODS:
        lasting.kubernetes.delete("Pod", lasting.namespace, pod, grace=0)
    wait_ready_anew(lasting, before, lasting.ready_uid)
    lasting.wait_ready()
    kafka.close()
    wait_in_sync(kafka, topic)
    eventually(
        lambda: outcome(lambda: kafka.send(topic, b"again"), KafkaError), lambda found: found == "well", "a record"
    )
    assert kafka.first_record(topic).value == b"again"
