"""Mistakes in a Kafka and its pools: NotReady with Strimzi's reason, nothing else touched, and well again when mended.

Sources: strimzi_observed.md, What it answers to a mistake; API reference, KafkaClusterSpec and GenericKafkaListener.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kubernetes.client.exceptions import ApiException

from contract import manifests
from contract.conditions import kafka_refuses
from contract.kafka_access import Kafka
from contract.kafka_cluster import KafkaCluster
from contract.restoring import restored
from contract.waiting import eventually


@pytest.fixture
def mistaken(cluster: KafkaCluster) -> Iterator[KafkaCluster]:
    """A cluster to make a mistake in: it is put right after the check, and has the same pods then."""
    pods = cluster.pod_uids()
    with restored(cluster):
        yield cluster
    assert cluster.pod_uids() == pods


@pytest.fixture(scope="session")
def refused(new_cluster: Callable[[str, str], KafkaCluster]) -> KafkaCluster:
    """A namespace for Kafkas that are refused from the beginning."""
    return new_cluster("operator-contract-mistakes", "refused")


def refusal(place: KafkaCluster, kafka: dict[str, Any], reason: str, *pools: dict[str, Any]) -> str:
    """Create a Kafka, wait until it is refused, remove it with its pools; returns the message."""
    kubernetes, name = place.kubernetes, kafka["metadata"]["name"]
    for manifest in (*pools, kafka):
        kubernetes.create(manifest)
    try:
        wanted = KafkaCluster(kubernetes, place.namespace, name, place.times)
        message = wanted.wait_refused(reason)
        assert wanted.kafka_pods() == {}
        return message
    finally:
        for manifest in (kafka, *pools):
            kubernetes.delete(manifest["kind"], place.namespace, manifest["metadata"]["name"])


def test_option_that_cannot_be_read_is_named_and_brokers_run_on(mistaken: KafkaCluster, kafka: Kafka):
    # Mistakes, num.io.threads: many
    pods = mistaken.pod_uids()
    mistaken.change({"spec": {"kafka": {"config": {"num.io.threads": "many"}}}})
    message = mistaken.wait_refused("InvalidResourceException")
    assert "num.io.threads" in message and "many" in message
    assert mistaken.pod_uids() == pods
    assert kafka.cluster_id()


def test_option_that_the_operator_manages_is_left_out(mistaken: KafkaCluster, kafka: Kafka):
    # Mistakes, log.dirs; API reference, KafkaClusterSpec: options that cannot be set are left out
    mistaken.change({"spec": {"kafka": {"config": {"log.dirs": "/elsewhere"}}}})
    mistaken.wait_ready()
    assert "/elsewhere" not in kafka.broker_option(0, "log.dirs")


def test_version_that_is_not_there_is_refused(mistaken: KafkaCluster):
    # Mistakes, version 3.9.0: message lists the supported ones
    supported = mistaken.kafka()["status"]["kafkaVersion"]
    mistaken.change({"spec": {"kafka": {"version": "3.9.0"}}})
    message = mistaken.wait_refused("UnsupportedKafkaVersionException")
    assert "3.9.0" in message and supported in message


def test_two_listeners_on_one_port_are_refused(mistaken: KafkaCluster):
    # API reference, GenericKafkaListener: name and port are unique within a cluster
    listeners = mistaken.kafka()["spec"]["kafka"]["listeners"]
    mistaken.change({"spec": {"kafka": {"listeners": [*listeners, {**manifests.TLS, "name": "again"}]}}})
    assert "port" in mistaken.wait_refused("InvalidResourceException")


def test_kafka_without_pools_is_refused(refused: KafkaCluster):
    # Mistakes, Kafka without node pools
    kafka = manifests.kafka(refused.namespace, "nopools", [manifests.PLAIN])
    message = refusal(refused, kafka, "InvalidConfigurationException")
    assert "No KafkaNodePools found for Kafka cluster nopools" in message


@pytest.mark.parametrize("role", ["broker", "controller"])
def test_kafka_without_one_of_the_roles_is_refused(refused: KafkaCluster, role: str):
    # "Deploying and Managing", node pools: a KRaft cluster needs at least one pool of each role
    name = f"only-{role}"
    kafka = manifests.kafka(refused.namespace, name, [manifests.PLAIN])
    pool = manifests.pool(refused.namespace, name, "pool", [role])
    missing = {"broker": "controller", "controller": "broker"}[role]
    assert missing in refusal(refused, kafka, "InvalidResourceException", pool)


def test_kafka_is_refused_until_its_pool_comes(refused: KafkaCluster):
    # Mistakes: the answer follows the resources; a pool that comes later is seen without touching the Kafka
    own = KafkaCluster(refused.kubernetes, refused.namespace, "late", refused.times)
    kafka = manifests.kafka(own.namespace, own.name, [manifests.PLAIN])
    pool = manifests.pool(own.namespace, own.name, "brokers-only", ["broker"])
    refused.kubernetes.create(kafka)
    try:
        own.wait_refused("InvalidConfigurationException")
        refused.kubernetes.create(pool)
        eventually(
            own.kafka,
            lambda seen: kafka_refuses(seen, "InvalidResourceException"),
            "the new pool looked at",
            own.times.answer,
        )
    finally:
        for manifest in (kafka, pool):
            refused.kubernetes.delete(manifest["kind"], own.namespace, manifest["metadata"]["name"])


@pytest.mark.parametrize(
    "spec",
    [{"replicas": -1}, {"roles": ["bystander"]}, {"storage": {"type": "paper"}}],
    ids=["replicas", "roles", "storage"],
)
def test_schema_refuses_what_no_pool_can_be(refused: KafkaCluster, spec: dict[str, Any]):
    # API reference, KafkaNodePoolSpec: ranges and enumerations of the CRD
    pool = manifests.pool(refused.namespace, "none", "impossible", ["broker"])
    pool["spec"] |= spec
    with pytest.raises(ApiException) as answer:
        refused.kubernetes.create(pool)
    assert answer.value.status == 422
