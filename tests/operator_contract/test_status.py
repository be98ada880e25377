"""Status of Kafka and KafkaNodePool.

Sources: strimzi_observed.md, Status; API reference, KafkaStatus and KafkaNodePoolStatus; "Deploying and Managing",
finding the status of a custom resource.
"""

from __future__ import annotations

from datetime import datetime

from contract.conditions import conditions, has, is_ready
from contract.kafka_access import Kafka
from contract.kafka_cluster import KafkaCluster


def test_kafka_is_ready_in_its_present_form(cluster: KafkaCluster):
    kafka = cluster.kafka()
    assert is_ready(kafka)
    assert not conditions(kafka, "NotReady")


def test_conditions_say_since_when(cluster: KafkaCluster):
    # API reference, Condition, lastTransitionTime: ISO 8601
    for condition in cluster.kafka()["status"]["conditions"]:
        assert datetime.fromisoformat(condition["lastTransitionTime"]).tzinfo is not None


def test_storage_that_loses_messages_is_warned_of(cluster: KafkaCluster):
    # Status: a warning beside Ready, type Warning, reason KafkaStorage
    assert has(cluster.kafka(), "Warning", "True", "KafkaStorage")


def test_cluster_id_is_kafkas_own(cluster: KafkaCluster, kafka: Kafka):
    assert cluster.kafka()["status"]["clusterId"] == kafka.cluster_id()


def test_versions_are_reported(cluster: KafkaCluster):
    status = cluster.kafka()["status"]
    version, metadata = status["kafkaVersion"], status["kafkaMetadataVersion"]
    assert metadata.startswith(".".join(version.split(".")[:2]))
    assert status["operatorLastSuccessfulVersion"]


def test_security_within_the_cluster_is_reported(cluster: KafkaCluster):
    # Status, clusterSecurity
    security = cluster.kafka()["status"]["clusterSecurity"]
    assert (security["authentication"]["type"], security["encryption"]["type"]) == ("strimzi-mtls", "strimzi-tls")


def test_pools_are_named(cluster: KafkaCluster):
    assert cluster.kafka()["status"]["kafkaNodePools"] == [{"name": "dual-role"}]


def test_node_pool_says_what_it_holds(cluster: KafkaCluster):
    pool = cluster.the("KafkaNodePool", "dual-role")
    status = pool["status"]
    assert status["clusterId"] == cluster.kafka()["status"]["clusterId"]
    assert (status["nodeIds"], status["replicas"]) == ([0], 1)
    assert sorted(status["roles"]) == ["broker", "controller"]
    assert status["observedGeneration"] == pool["metadata"]["generation"]
    assert not conditions(pool, "Ready")


def test_node_pools_selector_selects_its_pods(cluster: KafkaCluster):
    # API reference, KafkaNodePoolStatus, labelSelector: what the scale subresource goes by
    selector = cluster.the("KafkaNodePool", "dual-role")["status"]["labelSelector"]
    found = cluster.kubernetes.list("Pod", cluster.namespace, selector)
    assert [pod["metadata"]["name"] for pod in found] == ["contract-dual-role-0"]
