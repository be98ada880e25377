"""What is done about a topic, and what is refused."""

import pytest
from embedded_operator.errors import InvalidResourceError, NotSupportedError, ResourceConflictError
from embedded_operator.kafka_clients.admin import refusal
from embedded_operator.topics.admin import encoded_id
from embedded_operator.topics.state import ChangeTopic, CreateTopic, TopicState, check, plan


def topic(name="rhte", uid="1", created="2026-01-01T00:00:00Z", **spec):
    metadata = {"name": name, "namespace": "lab", "uid": uid, "creationTimestamp": created}
    return {"metadata": metadata, "spec": {"partitions": 2, "replicas": 1, **spec}}


def state(partitions=2, replicas=1, **config):
    return TopicState("id", dict.fromkeys(range(partitions), replicas), config)


def test_a_missing_topic_is_created():
    wish = topic(config={"max.message.bytes": 10485760, "unclean.leader.election.enable": False})
    expected = {"max.message.bytes": "10485760", "unclean.leader.election.enable": "false"}
    assert plan(wish, None) == CreateTopic(2, 1, expected)


def test_without_numbers_the_brokers_defaults_hold():
    wish = topic()
    wish["spec"] = {}
    assert plan(wish, None) == CreateTopic(-1, -1, {})
    assert plan(wish, state(5, 3)) == ChangeTopic()


def test_a_topic_that_is_as_it_should_be_is_left_alone():
    assert plan(topic(config={"retention.ms": 5}), state(**{"retention.ms": "5"})) == ChangeTopic()


def test_config_is_set_and_reset():
    steps = plan(topic(config={"retention.ms": 5}), state(**{"retention.ms": "4", "segment.ms": "9"}))
    assert steps == ChangeTopic({"retention.ms": "5"}, ("segment.ms",))


def test_partitions_go_up():
    assert plan(topic(partitions=4), state()).partitions == 4


def test_partitions_do_not_go_down_and_config_is_changed_all_the_same():
    steps = plan(topic(partitions=1, config={"retention.ms": 5}), state())
    assert steps.partitions is None and steps.set_config == {"retention.ms": "5"}
    assert isinstance(steps.refused, NotSupportedError)
    assert str(steps.refused) == "Decreasing partitions not supported"


def test_other_replicas_are_refused_with_the_partitions():
    refused = plan(topic(replicas=3), state()).refused
    assert str(refused) == "Replication factor change not supported, but required for partitions [0, 1]"
    assert refused.reason == "NotSupported"


def test_the_earlier_of_two_resources_has_the_topic():
    first, second = topic(), topic("other", "2", "2026-01-01T00:00:01Z", topicName="rhte")
    check(first, [first, second])
    with pytest.raises(ResourceConflictError) as caught:
        check(second, [first, second])
    assert str(caught.value) == "Managed by Ref{namespace='lab', name='rhte'}"


def test_an_unmanaged_resource_claims_nothing():
    first, second = topic(), topic("other", "2", "2026-01-01T00:00:01Z", topicName="rhte")
    first["metadata"]["annotations"] = {"strimzi.io/managed": "false"}
    check(second, [first, second])


def test_another_topic_name_is_refused():
    renamed = topic(topicName="new") | {"status": {"topicName": "rhte"}}
    with pytest.raises(NotSupportedError, match=r"Changing spec\.topicName is not supported"):
        check(renamed, [])


def test_an_unknown_field_is_refused():
    with pytest.raises(InvalidResourceError, match=r"spec\.colour"):
        check(topic(colour="red"), [])


def test_a_refusal_of_kafka_is_in_its_own_words():
    error = refusal("InvalidReplicationFactorError", "Replication factor: 5 larger than available brokers: 2.")
    assert error.reason == "KafkaError"
    assert str(error) == (
        "org.apache.kafka.common.errors.InvalidReplicationFactorException: "
        "Replication factor: 5 larger than available brokers: 2."
    )


def test_topic_ids_are_printed_as_kafka_prints_them():
    assert encoded_id("6a0c4b7e-9f5d-4a0e-8a6e-0c1d2e3f4a5b") == "agxLfp9dSg6KbgwdLj9KWw"
