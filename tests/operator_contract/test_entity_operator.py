"""The entity operator comes, changes and goes as its Kafka asks for it.

Sources: API reference, EntityOperatorSpec, KafkaSpec; "Deploying and Managing", deleting managed topics.
"""

from __future__ import annotations

from contract import manifests
from contract.kafka_cluster import KafkaCluster
from contract.operator_times import ENTITY_ANSWER
from contract.waiting import eventually

BROKER = "pooled-kafka-1"


def test_user_operator_comes_when_it_is_asked_for(changing: KafkaCluster):
    # API reference, EntityOperatorSpec, userOperator; KafkaUserAuthorizationSimple: of use only where Kafka authorizes
    changing.change({"spec": {"entityOperator": {"userOperator": {}}}})
    rule = manifests.acl("topic", "any", "Read")
    changing.kubernetes.create(manifests.user(changing.namespace, changing.name, "too-early", "scram-sha-512", rule))
    try:
        message = changing.users.wait_refused("too-early", "InvalidResourceException", changing.times.pods)
        assert "authorization" in message
        changing.users.change("too-early", authorization=None)
        changing.users.wait("too-early")
    finally:  # while its operator is there
        changing.users.delete("too-early")


def test_topics_are_not_held_where_finalizers_are_not_to_be_used(changing: KafkaCluster):
    # "Deploying and Managing", deleting managed topics: STRIMZI_USE_FINALIZERS in the topic operator's environment
    changing.kubernetes.create(manifests.topic(changing.namespace, changing.name, "held"))
    try:
        assert changing.topics.wait("held")["metadata"]["finalizers"]
        environment = {"env": [{"name": "STRIMZI_USE_FINALIZERS", "value": "false"}]}
        changing.change({"spec": {"entityOperator": {"template": {"topicOperatorContainer": environment}}}})
        changing.wait_ready()
        changing.topics.wait("held", lambda topic: not topic["metadata"].get("finalizers"), changing.times.pods)
    finally:
        changing.topics.delete("held")
    eventually(
        lambda: changing.run(BROKER, "bin/kafka-topics.sh", "--bootstrap-server", "localhost:9092", "--list").split(),
        lambda topics: "held" not in topics,
        "the topic gone after its resource",
        ENTITY_ANSWER,
    )


def test_entity_operator_goes_when_it_is_no_longer_asked_for(changing: KafkaCluster):
    # API reference, KafkaSpec, entityOperator: optional
    changing.change({"spec": {"entityOperator": None}})
    changing.wait_ready()
    eventually(
        lambda: changing.kubernetes.get("Deployment", changing.namespace, "pooled-entity-operator"),
        lambda found: found is None,
        "its Deployment gone",
        changing.times.answer,
    )
