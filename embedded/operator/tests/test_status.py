"""Status as Strimzi writes it, and when it is written."""

from embedded_operator import status
from embedded_operator.errors import InvalidResourceError, NotSupportedError


def types(conditions):
    return [(c["type"], c["status"], c.get("reason")) for c in conditions]


def test_a_new_kafka_has_no_observed_generation():
    assert "observedGeneration" not in status.kafka_creating()


def test_a_failure_leaves_the_other_fields_alone():
    new = status.kafka_failure(InvalidResourceError("wrong"), 7)
    assert set(new) == {"conditions", "observedGeneration"} and new["observedGeneration"] == 7
    assert types(new["conditions"]) == [("NotReady", "True", "InvalidResourceException")]


def test_a_ready_kafka(parse, kafka, compact_pools):
    cluster = parse(kafka, compact_pools)
    ports = {"my-kafka-external-bootstrap": 30092}
    listeners = status.listener_statuses(cluster, b"PEM", ports, {})
    new = status.kafka_ready(cluster, listeners)
    assert types(new["conditions"])[-1] == ("Ready", "True", None)
    assert ("Warning", "True", "KafkaStorage") in types(new["conditions"])
    assert listeners[0] == {
        "name": "plain",
        "addresses": [{"host": "my-kafka-bootstrap.lab.svc", "port": 9092}],
        "bootstrapServers": "my-kafka-bootstrap.lab.svc:9092",
    }
    assert listeners[2]["bootstrapServers"] == "127.0.0.1:30092" and listeners[2]["certificates"] == ["PEM"]
    assert (new["kafkaVersion"], new["kafkaMetadataVersion"]) == ("4.3.1", "4.3-IV0")


def test_persistent_storage_loses_nothing_that_is_warned_of(parse, kafka, compact_pools):
    compact_pools[0]["spec"]["storage"] = {"type": "persistent-claim", "size": "1Gi"}
    assert status.warnings(parse(kafka, compact_pools)) == []


def test_a_pool_has_no_ready_condition(parse, kafka, full_pools):
    cluster = parse(kafka, full_pools)
    new = status.pool_status(cluster, cluster.pools[1])
    assert (new["conditions"], new["nodeIds"], new["replicas"], new["roles"]) == ([], [3, 4, 5], 3, ["broker"])


def test_a_topics_refusal():
    new = status.topic_status(2, "rhte", "id", NotSupportedError("no"))
    assert types(new["conditions"]) == [("Ready", "False", "NotSupported")]
    assert (new["topicName"], new["topicId"], new["observedGeneration"]) == ("rhte", "id", 2)


def test_a_refused_user_keeps_the_rest_of_its_status():
    new = status.user_status(2, "CN=alice", None, InvalidResourceError("no"))
    assert set(new) == {"conditions", "observedGeneration"}
    assert types(new["conditions"]) == [("Ready", "False", "InvalidResourceException")]


def test_a_user_that_lost_its_secret_loses_it_in_the_status():
    old = status.user_status(1, "alice", "alice", None)
    assert status.change(status.user_status(1, "alice", None, None), old) == {"secret": None}


def test_an_unchanged_status_is_not_written_again():
    old = status.topic_status(1, "rhte", "id", None)
    old["conditions"][0]["lastTransitionTime"] = "2026-01-01T00:00:00Z"
    assert status.change(status.topic_status(1, "rhte", "id", None), old) is None
    assert status.change(status.topic_status(2, "rhte", "id", None), old) == {"observedGeneration": 2}
