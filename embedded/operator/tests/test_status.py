"""Status as Strimzi writes it, and when it is written."""

from embedded_operator import conditions
from embedded_operator.clusters.status import (
    kafka_creating,
    kafka_failure,
    kafka_ready,
    listener_statuses,
    pool_status,
    warnings,
)
from embedded_operator.errors import InvalidResourceError, NotSupportedError


def resource(generation):
    return {"metadata": {"generation": generation}}


def types(conditions):
    return [(c["type"], c["status"], c.get("reason")) for c in conditions]


def test_a_new_kafka_has_no_observed_generation():
    assert "observedGeneration" not in kafka_creating()


def test_a_failure_leaves_the_other_fields_alone():
    new = kafka_failure(resource(7), InvalidResourceError("wrong"))
    assert set(new) == {"conditions", "observedGeneration"} and new["observedGeneration"] == 7
    assert types(new["conditions"]) == [("NotReady", "True", "InvalidResourceException")]


def test_a_ready_kafka(parse, kafka, compact_pools):
    cluster = parse(kafka, compact_pools)
    ports = {"my-kafka-external-bootstrap": 30092}
    listeners = listener_statuses(cluster, b"PEM", ports, {})
    new = kafka_ready(cluster, listeners)
    assert types(new["conditions"])[-1] == ("Ready", "True", None)
    assert ("Warning", "True", "KafkaStorage") in types(new["conditions"])
    assert listeners[0] == {
        "name": "plain",
        "addresses": [{"host": "my-kafka-bootstrap.lab.svc", "port": 9092}],
        "bootstrapServers": "my-kafka-bootstrap.lab.svc:9092",
    }
    assert listeners[2]["bootstrapServers"] == "127.0.0.1:30092" and listeners[2]["certificates"] == ["PEM"]
    assert {part: entry["type"] for part, entry in new["clusterSecurity"].items()} == {
        "authentication": "strimzi-mtls",
        "encryption": "strimzi-tls",
    }
    assert (new["kafkaVersion"], new["kafkaMetadataVersion"]) == ("4.3.1", "4.3-IV0")


def test_persistent_storage_loses_nothing_that_is_warned_of(parse, kafka, compact_pools):
    compact_pools[0]["spec"]["storage"] = {"type": "persistent-claim", "size": "1Gi"}
    assert warnings(parse(kafka, compact_pools)) == []


def test_a_pool_has_no_ready_condition(parse, kafka, full_pools):
    cluster = parse(kafka, full_pools)
    new = pool_status(cluster, cluster.pools[1])
    assert (new["conditions"], new["nodeIds"], new["replicas"], new["roles"]) == ([], [3, 4, 5], 3, ["broker"])


def test_a_refusal_has_its_reason():
    new = conditions.new_status(resource(2), conditions.ready(NotSupportedError("no")), topicName="rhte")
    assert types(new["conditions"]) == [("Ready", "False", "NotSupported")]
    assert (new["topicName"], new["observedGeneration"]) == ("rhte", 2)


def test_what_an_answer_does_not_name_stays_and_what_is_none_goes():
    old = conditions.new_status(resource(1), conditions.ready(), username="alice", secret="alice")
    assert conditions.status_patch(conditions.new_status(resource(1), conditions.ready()), old) is None
    assert conditions.status_patch(conditions.new_status(resource(1), conditions.ready(), secret=None), old) == {
        "secret": None
    }


def test_an_unchanged_status_is_not_written_again():
    old = conditions.new_status(resource(1), conditions.ready(), topicName="rhte")
    old["conditions"][0]["lastTransitionTime"] = "2026-01-01T00:00:00Z"
    assert (
        conditions.status_patch(conditions.new_status(resource(1), conditions.ready(), topicName="rhte"), old) is None
    )
    newer = conditions.new_status(resource(2), conditions.ready(), topicName="rhte")
    assert conditions.status_patch(newer, old) == {"observedGeneration": 2}
