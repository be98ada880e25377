"""Changes that stay: an option, another broker, larger volumes.

They cannot be taken back (no claim gets smaller, and the embedded operator takes no broker away), or not without a
restart of every node, so these checks have a cluster of their own, and each goes on from what it finds.
Sources: strimzi_observed.md, Time and behaviour; "Deploying and Managing", node pools (adding nodes), resizing
persistent volumes; API reference, KafkaClusterSpec (config), PersistentClaimStorage, KafkaNodePoolStatus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from contract import manifests
from contract.conditions import conditions
from contract.kafka_cluster import KafkaCluster
from contract.kubernetes_access import Kubernetes
from contract.restoring import settle
from contract.waiting import eventually

GROWING_CLASS = "operator-contract-growing"
BROKER = "growing-kafka-1"


@pytest.fixture(scope="session")
def growing_class(kubernetes: Kubernetes) -> Iterator[str | None]:
    """A storage class like the default one, but with volumes that may grow; None where there is no default one."""
    default = kubernetes.default_storage_class()
    if default is None:
        yield None
        return
    kubernetes.delete("StorageClass", None, GROWING_CLASS)  # of a run that was killed
    kubernetes.create(manifests.growing_class(GROWING_CLASS, default))
    yield GROWING_CLASS
    kubernetes.delete("StorageClass", None, GROWING_CLASS)


@pytest.fixture(scope="session")
def growable(new_cluster: Callable[[str, str], KafkaCluster], growing_class: str | None) -> KafkaCluster:
    """A controller and a broker; where there can be claims, the broker has two, of which the second may grow."""
    own = new_cluster("operator-contract-growth", "growing")
    volumes = [manifests.volume(0)]
    if growing_class:
        volumes = [manifests.volume(0, "1Gi"), manifests.volume(1, "1Gi", **{"class": growing_class})]
    own.make(
        manifests.kafka(own.namespace, own.name, [manifests.PLAIN], operators=()),
        manifests.pool(own.namespace, own.name, "kafka", ["broker"], volumes=volumes),
        manifests.pool(own.namespace, own.name, "controller", ["controller"]),
    )
    return own


@pytest.fixture
def growing(growable: KafkaCluster) -> KafkaCluster:
    """The same one, as it is once what an earlier check did to it is over."""
    settle(growable)
    return growable


def test_changed_option_reaches_the_brokers(growing: KafkaCluster):
    # API reference, KafkaClusterSpec, config
    found = growing.kafka()
    hours = found["spec"]["kafka"]["config"].get("log.retention.hours", 168) + 1  # Kafka's default
    growing.change({"spec": {"kafka": {"config": {"log.retention.hours": hours}}}})
    assert growing.wait_ready()["status"]["observedGeneration"] > found["metadata"]["generation"]
    entity = ["--entity-type", "brokers", "--entity-name", BROKER.rsplit("-", 1)[1], "--all"]
    options = growing.run(BROKER, "bin/kafka-configs.sh", "--bootstrap-server", "localhost:9092", "--describe", *entity)
    assert f"log.retention.hours={hours} " in options


def test_broker_is_added_and_the_others_run_on(growing: KafkaCluster):
    # Time and behaviour: a scaled pool; node pools: a new node takes the lowest free id
    pods, ids = growing.pod_uids(), growing.pool("kafka")["status"]["nodeIds"]
    taken = {int(pod.rsplit("-", 1)[1]) for pod in pods}
    new = next(number for number in count() if number not in taken)
    growing.change_pool("kafka", replicas=len(ids) + 1)
    eventually(lambda: growing.ready_uid(f"growing-kafka-{new}"), bool, "another broker Ready", growing.times.pods)
    pool = eventually(
        lambda: growing.pool("kafka"),
        lambda found: found["status"]["observedGeneration"] == found["metadata"]["generation"],
        "the pool's status in its present form",
        growing.times.pods,
    )
    assert (pool["status"]["nodeIds"], pool["status"]["replicas"]) == (sorted([*ids, new]), len(ids) + 1)
    settle(growing)
    assert {name: uid for name, uid in growing.pod_uids().items() if name in pods} == pods


def size(cluster: KafkaCluster, number: int) -> str:
    """What the claim of a broker's volume asks for."""
    return cluster.the("PersistentVolumeClaim", f"data-{number}-{BROKER}")["spec"]["resources"]["requests"]["storage"]


def test_volume_grows_where_its_class_lets_it_and_is_warned_of_elsewhere(
    growing: KafkaCluster, growing_class: str | None
):
    # "Deploying and Managing", resizing persistent volumes: by storage classes with allowVolumeExpansion
    if growing_class is None:
        pytest.skip("the cluster has no default storage class")
    pods, before = growing.pod_uids(), [size(growing, number) for number in range(2)]
    larger = f"{1 + max(int(each.removesuffix('Gi')) for each in before)}Gi"
    can_grow = growing.kubernetes.default_storage_class().get("allowVolumeExpansion")
    volumes = growing.pool("kafka")["spec"]["storage"]["volumes"]
    growing.change_pool("kafka", storage={"volumes": [{**volume, "size": larger} for volume in volumes]})
    eventually(lambda: size(growing, 1), lambda found: found == larger, "the claim grown", growing.times.answer)
    if not can_grow:
        eventually(
            growing.kafka,
            lambda kafka: any(
                f"PVC data-0-{BROKER} cannot be resized" in c["message"] for c in conditions(kafka, "Warning")
            ),
            "the Kafka warned of a claim that cannot grow",
            growing.times.answer,
        )
    assert size(growing, 0) == (larger if can_grow else before[0])
    growing.wait_ready()
    assert growing.pod_uids() == pods
