"""What is done about a topic, and what is refused."""

import pytest
from embedded_operator.conditions import PAUSE
from embedded_operator.errors import InvalidResourceError, NotSupportedError, ResourceConflictError
from embedded_operator.kafka_clients.admin import kafka_error
from embedded_operator.topics.admin import encoded_id
from embedded_operator.topics.decision import (
    Change,
    Create,
    Delete,
    Ignore,
    Inspect,
    Pause,
    Refuse,
    Release,
    TopicState,
    Unmanage,
    decide,
)
from embedded_operator.topics.resource import FINALIZER, MANAGED_ANNOTATION

CREATED, LATER = "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"
UNMANAGED, PAUSED = {MANAGED_ANNOTATION: "false"}, {PAUSE: "true"}
HELD = {"finalizers": [FINALIZER]}
ENDING = {"deletionTimestamp": "now", **HELD}


def topic(name="rhte", uid="1", created=CREATED, metadata=None, annotations=None, status=None, **spec):
    own = {"name": name, "namespace": "lab", "uid": uid, "creationTimestamp": created}
    return {
        "metadata": {**own, "annotations": annotations or {}, **(metadata or {})},
        "spec": {"partitions": 2, "replicas": 1, **spec},
        "status": status or {},
    }


def state(partitions=2, replicas=1, **config):
    return TopicState("id", dict.fromkeys(range(partitions), replicas), config)


OLDER = topic("older", "0", "2025-01-01T00:00:00Z", topicName="rhte")


@pytest.mark.parametrize(
    ("resource", "others", "decision"),
    [
        pytest.param(topic(), [], Inspect("rhte", finalizer=True), id="a topic to be had"),
        pytest.param(topic(metadata=HELD), [], Inspect("rhte", finalizer=True), id="one that is held already"),
        pytest.param(topic(topicName="My_Pictures.v1"), [], Inspect("My_Pictures.v1", True), id="by another name"),
        pytest.param(topic(annotations=PAUSED), [], Pause(), id="paused"),
        pytest.param(topic(annotations=PAUSED, colour="red"), [], Pause(), id="paused and wrong"),
        pytest.param(topic(annotations=UNMANAGED), [], Unmanage(), id="unmanaged"),
        pytest.param(topic(annotations={**UNMANAGED, **PAUSED}), [], Pause(), id="unmanaged and paused"),
        pytest.param(topic(metadata=ENDING), [], Delete("rhte"), id="deleted"),
        pytest.param(topic(metadata=ENDING, annotations=PAUSED), [], Delete("rhte"), id="deleted in a pause"),
        pytest.param(topic(metadata=ENDING, annotations=UNMANAGED), [], Release(), id="unmanaged, deleted"),
        pytest.param(topic(metadata=ENDING), [OLDER], Release(), id="another's topic, deleted"),
        pytest.param(topic(metadata=ENDING, colour="red"), [], Release(), id="wrong, deleted"),
        pytest.param(topic(metadata={"deletionTimestamp": "now"}), [], Ignore(), id="deleted, held by others"),
    ],
)
def test_the_next_step(resource, others, decision):
    assert decide(resource, others) == decision


@pytest.mark.parametrize(
    ("resource", "others", "use_finalizers", "decision"),
    [
        pytest.param(topic(), [], False, Delete("rhte"), id="its topic goes after it"),
        pytest.param(topic(annotations=PAUSED), [], False, Delete("rhte"), id="in a pause, too"),
        pytest.param(topic(), [], True, Ignore(), id="its topic has gone before it"),
        pytest.param(topic(annotations=UNMANAGED), [], False, Ignore(), id="unmanaged"),
        pytest.param(topic(), [OLDER], False, Ignore(), id="another's topic"),
        pytest.param(topic(), [topic(uid="2", created=LATER)], False, Delete("rhte"), id="made again meanwhile"),
    ],
)
def test_a_resource_that_is_gone(resource, others, use_finalizers, decision):
    assert decide(resource, others, gone=True, use_finalizers=use_finalizers) == decision


def test_without_finalizers_a_resource_is_not_held():
    assert decide(topic(), [], use_finalizers=False) == Inspect("rhte", finalizer=False)


def test_a_missing_topic_is_created():
    wish = topic(config={"max.message.bytes": 10485760, "unclean.leader.election.enable": False})
    expected = {"max.message.bytes": "10485760", "unclean.leader.election.enable": "false"}
    assert decide(wish, [], None) == Create("rhte", 2, 1, expected)


def test_without_numbers_the_brokers_defaults_hold():
    wish = topic()
    wish["spec"] = {}
    assert decide(wish, [], None) == Create("rhte", -1, -1, {})
    assert decide(wish, [], state(5, 3)) == Change("rhte")


@pytest.mark.parametrize(
    ("spec", "found", "change"),
    [
        pytest.param({"config": {"retention.ms": 5}}, {"retention.ms": "5"}, Change("rhte"), id="as it should be"),
        pytest.param(
            {"config": {"retention.ms": 5}},
            {"retention.ms": "4", "segment.ms": "9"},
            Change("rhte", {"retention.ms": "5"}, ("segment.ms",)),
            id="config is set and reset",
        ),
        pytest.param({"partitions": 4}, {}, Change("rhte", partitions=4), id="partitions go up"),
    ],
)
def test_a_change(spec, found, change):
    assert decide(topic(**spec), [], state(**found)) == change


def test_partitions_do_not_go_down_and_config_is_changed_all_the_same():
    step = decide(topic(partitions=1, config={"retention.ms": 5}), [], state())
    assert step.partitions is None and step.set_config == {"retention.ms": "5"}
    assert isinstance(step.refused, NotSupportedError)
    assert str(step.refused) == "Decreasing partitions not supported"


def test_other_replicas_are_refused_with_the_partitions():
    refused = decide(topic(replicas=3), [], state()).refused
    assert str(refused) == "Replication factor change not supported, but required for partitions [0, 1]"
    assert refused.reason == "NotSupported"


@pytest.mark.parametrize(
    ("resource", "others", "error", "message"),
    [
        pytest.param(
            topic(), [OLDER], ResourceConflictError, "Managed by Ref{namespace='lab', name='older'}", id="another's"
        ),
        pytest.param(
            topic("b", topicName="rhte"),
            [topic("a", "2", topicName="rhte")],
            ResourceConflictError,
            "Managed by Ref{namespace='lab', name='a'}",
            id="made in the same second",
        ),
        pytest.param(
            topic(topicName="new", status={"topicName": "rhte"}),
            [],
            NotSupportedError,
            "Changing spec.topicName is not supported",
            id="another name",
        ),
    ],
)
def test_a_refusal(resource, others, error, message):
    step = decide(resource, others)
    assert isinstance(step, Refuse) and type(step.error) is error and str(step.error) == message


def test_an_unknown_field_is_refused_by_its_path():
    step = decide(topic(colour="red"), [])
    assert isinstance(step.error, InvalidResourceError) and "spec.colour" in str(step.error)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(topic("younger", "2", LATER, topicName="rhte"), id="younger"),
        pytest.param({**OLDER, "metadata": {**OLDER["metadata"], "annotations": UNMANAGED}}, id="unmanaged"),
        pytest.param(topic("older", "0", "2025-01-01T00:00:00Z"), id="of another topic"),
    ],
)
def test_another_resource_that_takes_nothing_away(other):
    assert decide(topic(), [other]) == Inspect("rhte", finalizer=True)


def test_a_refusal_of_kafka_has_its_exceptions_name():
    error = kafka_error("InvalidReplicationFactorError", "Replication factor: 5 larger than available brokers: 2.")
    assert error.reason == "KafkaError"
    assert str(error) == (
        "org.apache.kafka.common.errors.InvalidReplicationFactorException: "
        "Replication factor: 5 larger than available brokers: 2."
    )


def test_topic_ids_are_printed_as_kafka_prints_them():
    assert encoded_id("6a0c4b7e-9f5d-4a0e-8a6e-0c1d2e3f4a5b") == "agxLfp9dSg6KbgwdLj9KWw"
