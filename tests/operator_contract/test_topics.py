"""KafkaTopic: made, changed, refused, deleted.

Sources: "Deploying and Managing", using the Topic Operator to manage Kafka topics (naming conventions, deleting managed
topics, managing KafkaTopic resources without impacting Kafka topics); API reference, KafkaTopicSpec, KafkaTopicStatus;
strimzi_observed.md, Status, and What it answers to a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from kubernetes.client.exceptions import ApiException

from contract import manifests
from contract.conditions import conditions, has, is_current
from contract.kafka_access import Kafka
from contract.kafka_cluster import KafkaCluster
from contract.operator_times import ENTITY_ANSWER
from contract.waiting import eventually

NewTopic = Callable[..., str]
FINALIZER = "strimzi.io/topic-operator"


def wait_for_a_reconciliation(cluster: KafkaCluster, kafka: Kafka, new_topic: NewTopic) -> None:
    """Wait until all topics have been looked at once more: until a change made in Kafka is undone."""
    name = new_topic("clock", config={"retention.ms": 60000})
    cluster.topics.wait(name)
    kafka.set_topic_option(name, "retention.ms", "1")
    eventually(
        lambda: kafka.topic_config(name),
        lambda config: config == {"retention.ms": "60000"},
        "config as the KafkaTopic has it",
        ENTITY_ANSWER,
    )


def remove_from_kafka(kafka: Kafka, name: str) -> None:
    """Delete a topic in Kafka itself, where there is one, and wait until it is gone."""
    if kafka.topic(name):
        kafka.delete_topic(name)
    eventually(lambda: kafka.topic(name), lambda found: not found, f"no topic {name} in Kafka", ENTITY_ANSWER)


@pytest.fixture
def foreign_topic(kafka: Kafka) -> Iterator[str]:
    """A topic made in Kafka itself."""
    name = "Made_In_Kafka"
    kafka.create_topic(name)
    try:
        eventually(lambda: kafka.topic(name), bool, "a topic made in Kafka", ENTITY_ANSWER)
        yield name
    finally:
        remove_from_kafka(kafka, name)


def test_topic_is_made_as_asked_for(cluster: KafkaCluster, kafka: Kafka, new_topic: NewTopic):
    name = new_topic("made", partitions=3, config={"max.message.bytes": 10485760})
    status = cluster.topics.wait(name)["status"]
    found = kafka.topic(name)
    assert (status["topicName"], status["topicId"]) == (name, found["id"])
    assert (found["partitions"], found["replicas"]) == (3, 1)
    assert kafka.topic_config(name) == {"max.message.bytes": "10485760"}


def test_topic_has_kafkas_defaults_where_nothing_is_asked_for(cluster: KafkaCluster, kafka: Kafka, new_topic: NewTopic):
    # API reference, KafkaTopicSpec: partitions and replicas default to the broker's configuration
    name = new_topic("defaults", partitions=None, replicas=None)
    cluster.topics.wait(name)
    assert kafka.topic(name)["partitions"] == int(kafka.broker_option(0, "num.partitions"))


def test_topic_is_held_by_a_finalizer(cluster: KafkaCluster, new_topic: NewTopic):
    # Deleting managed topics
    assert FINALIZER in cluster.topics.wait(new_topic("held"))["metadata"]["finalizers"]


def test_config_is_set_and_reset(cluster: KafkaCluster, kafka: Kafka, new_topic: NewTopic):
    name = new_topic("configured", config={"retention.ms": 60000})
    cluster.topics.wait(name)
    cluster.topics.change(name, config={"retention.ms": 120000, "cleanup.policy": "compact"})
    cluster.topics.wait(name)
    assert kafka.topic_config(name) == {"retention.ms": "120000", "cleanup.policy": "compact"}
    cluster.topics.change(name, config={"retention.ms": None})
    cluster.topics.wait(name)
    assert kafka.topic_config(name) == {"cleanup.policy": "compact"}


def test_change_made_in_kafka_is_undone(cluster: KafkaCluster, kafka: Kafka, new_topic: NewTopic):
    # Using the Topic Operator: what is changed in Kafka is reverted at the next reconciliation
    wait_for_a_reconciliation(cluster, kafka, new_topic)


def test_partitions_are_added(cluster: KafkaCluster, kafka: Kafka, new_topic: NewTopic):
    name = new_topic("grown", partitions=1)
    topic_id = cluster.topics.wait(name)["status"]["topicId"]
    cluster.topics.change(name, partitions=4)
    assert cluster.topics.wait(name)["status"]["topicId"] == topic_id
    assert kafka.topic(name)["partitions"] == 4


def test_fewer_partitions_are_refused_until_mended(cluster: KafkaCluster, kafka: Kafka, new_topic: NewTopic):
    # Mistakes, fewer partitions
    name = new_topic("shrunk", partitions=3)
    cluster.topics.wait(name)
    cluster.topics.change(name, partitions=2)
    assert "Decreasing partitions not supported" in cluster.topics.wait_refused(name, "NotSupported")
    assert kafka.topic(name)["partitions"] == 3
    cluster.topics.change(name, partitions=3)
    cluster.topics.wait(name)


def test_other_replicas_are_refused(cluster: KafkaCluster, kafka: Kafka, new_topic: NewTopic):
    # Mistakes, other replicas: message names the partitions
    name = new_topic("replicated", partitions=2)
    cluster.topics.wait(name)
    cluster.topics.change(name, replicas=2)
    assert "[0, 1]" in cluster.topics.wait_refused(name, "NotSupported")
    assert kafka.topic(name)["replicas"] == 1


@pytest.mark.parametrize(
    ("name", "spec", "said"),
    [
        ("too-many-replicas", {"replicas": 5}, "replication"),
        ("unreadable-option", {"config": {"retention.ms": "soon"}}, "retention.ms"),
    ],
)
def test_what_kafka_refuses_is_told_in_its_words(
    cluster: KafkaCluster, kafka: Kafka, new_topic: NewTopic, name: str, spec: dict, said: str
):
    # Mistakes: KafkaError, with Kafka's own exception text
    message = cluster.topics.wait_refused(new_topic(name, **spec), "KafkaError")
    assert "org.apache.kafka.common.errors." in message
    assert said in message.lower()
    assert kafka.topic(name) is None


def test_schema_refuses_no_partitions(new_topic: NewTopic):
    # Mistakes, partitions: 0
    with pytest.raises(ApiException) as refused:
        new_topic("nothing", partitions=0)
    assert refused.value.status == 422


def test_name_in_kafka_may_differ_and_stays(cluster: KafkaCluster, kafka: Kafka, new_topic: NewTopic):
    # Naming conventions: spec.topicName, which cannot be changed later
    name = new_topic("named", topicName="Named.Otherwise_1")
    assert cluster.topics.wait(name)["status"]["topicName"] == "Named.Otherwise_1"
    assert kafka.topic("Named.Otherwise_1") and not kafka.topic("named")
    cluster.topics.change(name, topicName="Another")
    cluster.topics.wait_refused(name, "NotSupported")
    wait_for_a_reconciliation(cluster, kafka, new_topic)
    cluster.topics.wait_refused(name, "NotSupported")
    assert kafka.topic("Named.Otherwise_1") and not kafka.topic("Another")
    cluster.topics.change(name, topicName="Named.Otherwise_1")
    cluster.topics.wait(name)


def test_of_two_resources_for_a_topic_the_earlier_has_it(cluster: KafkaCluster, kafka: Kafka, new_topic: NewTopic):
    # Naming conventions: the first one manages it; Mistakes: ResourceConflict, message names the earlier one
    cluster.topics.wait(new_topic("first", topicName="shared"))
    message = cluster.topics.wait_refused(new_topic("second", topicName="shared", partitions=5), "ResourceConflict")
    assert "first" in message
    assert kafka.topic("shared")["partitions"] == 1


def test_deleted_topic_is_gone_from_kafka(cluster: KafkaCluster, kafka: Kafka, new_topic: NewTopic):
    # Deleting managed topics
    name = new_topic("deleted")
    cluster.topics.wait(name)
    cluster.topics.delete(name)
    cluster.topics.wait_gone(name)
    assert kafka.topic(name) is None


def test_unmanaged_topic_is_left_alone(cluster: KafkaCluster, kafka: Kafka, new_topic: NewTopic):
    # Managing KafkaTopic resources without impacting Kafka topics
    name = new_topic("kept", config={"retention.ms": 60000})
    cluster.topics.wait(name)
    try:
        cluster.topics.merge(name, {"metadata": {"annotations": {manifests.MANAGED: "false"}}})
        cluster.topics.change(name, config={"retention.ms": 1})
        cluster.topics.wait(name, is_current)
        assert kafka.topic_config(name) == {"retention.ms": "60000"}
        cluster.topics.delete(name)
        cluster.topics.wait_gone(name)
        assert kafka.topic(name)
    finally:
        remove_from_kafka(kafka, name)


def test_paused_topic_waits_for_the_end_of_its_pause(cluster: KafkaCluster, kafka: Kafka, new_topic: NewTopic):
    # "Deploying and Managing", pausing reconciliation of custom resources
    name = new_topic("paused")
    cluster.topics.wait(name)
    annotate = {"metadata": {"annotations": {manifests.PAUSE: "true"}}, "spec": {"partitions": 2}}
    cluster.topics.merge(name, annotate)
    cluster.topics.wait(name, lambda topic: has(topic, "ReconciliationPaused", "True"))
    assert kafka.topic(name)["partitions"] == 1
    annotate["metadata"]["annotations"][manifests.PAUSE] = "false"
    cluster.topics.merge(name, annotate)
    cluster.topics.wait(name)
    assert kafka.topic(name)["partitions"] == 2


def test_topic_made_in_kafka_can_be_taken_over(
    cluster: KafkaCluster, kafka: Kafka, foreign_topic: str, new_topic: NewTopic
):
    # "Deploying and Managing", enabling topic management for existing Kafka topics
    topic_id = kafka.topic(foreign_topic)["id"]
    name = new_topic("taken-over", topicName=foreign_topic, config={"retention.ms": 60000})
    assert cluster.topics.wait(name)["status"]["topicId"] == topic_id
    assert kafka.topic_config(foreign_topic) == {"retention.ms": "60000"}


def test_topic_made_in_kafka_is_left_alone(
    cluster: KafkaCluster, kafka: Kafka, foreign_topic: str, new_topic: NewTopic
):
    # Using the Topic Operator, unidirectional: topics without a resource are not managed, nor resources made for them
    cluster.topics.wait(new_topic("beside"))
    names = {topic["spec"].get("topicName") or topic["metadata"]["name"] for topic in cluster.list("KafkaTopic")}
    assert foreign_topic not in names
    assert kafka.topic(foreign_topic)


def test_topic_of_a_cluster_that_is_not_there_gets_no_answer(cluster: KafkaCluster, new_topic: NewTopic):
    # Mistakes: empty status, nobody watches it; naming conventions: the Topic Operator does not see it
    cluster.kubernetes.create(manifests.topic(cluster.namespace, "no-such-cluster", "orphan"))
    try:
        cluster.topics.wait(new_topic("after-it"))  # what came later is answered
        orphan = cluster.the("KafkaTopic", "orphan")
        assert not conditions(orphan, "Ready") and not orphan["metadata"].get("finalizers")
    finally:
        cluster.topics.delete("orphan")
