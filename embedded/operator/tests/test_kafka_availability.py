"""Which brokers may be restarted: those without which enough replicas are in sync."""

import asyncio
from pathlib import Path

import pytest
from embedded_operator.certificates import Identity
from embedded_operator.kafka_clients import availability as kafka_availability
from embedded_operator.kafka_clients.availability import KafkaAvailability
from kafka.errors import KafkaConnectionError


def topic(name, *partitions):
    """A topic of partitions (replicas, in sync)."""
    described = [
        {"partition_index": index, "replica_nodes": replicas, "isr_nodes": in_sync}
        for index, (replicas, in_sync) in enumerate(partitions)
    ]
    return {"name": name, "partitions": described}


@pytest.fixture
def ask(monkeypatch, parse, kafka, full_pools):
    """`ask(topics, minimum)` -> why broker 3 is to be kept, as a Kafka with these topics has it."""
    availability = KafkaAvailability(parse(kafka, full_pools), Identity(b"key", b"certificate"), b"ca")

    class Context:
        def load_cert_chain(self, path):
            assert Path(path).read_bytes() == b"keycertificate"

    def context(cadata):
        assert cadata == "ca"
        return Context()

    monkeypatch.setattr(kafka_availability.ssl, "create_default_context", context)

    def answer(topics, minimum="2"):
        class Client:
            def __init__(self, **options):
                assert options["bootstrap_servers"] == "my-kafka-bootstrap.lab.svc:9091"

            def describe_topics(self):
                if isinstance(topics, Exception):
                    raise topics
                return topics

            def describe_configs(self, resources, config_filter):
                return {"topic": {each.name: {"min.insync.replicas": {"value": minimum}} for each in resources}}

            def close(self):
                pass

        monkeypatch.setattr(kafka_availability, "KafkaAdminClient", Client)
        return asyncio.run(availability.reason_to_keep(3))

    return answer


@pytest.mark.parametrize(
    ("replicas", "in_sync", "minimum"),
    [
        ([3, 4, 5], [3, 4, 5], "2"),
        ([3, 4, 5], [4, 5], "2"),
        ([3, 4, 5], [3, 4], "1"),
        ([3, 4, 5], [3, 4], "3"),
        ([3], [3], "1"),
        ([4, 5], [4], "1"),
    ],
    ids=["all in sync", "not on this one", "enough left", "never enough", "its only one", "not its own"],
)
def test_a_broker_that_can_be_spared(ask, replicas, in_sync, minimum):
    assert ask([topic("rhte", (replicas, in_sync))], minimum) is None


@pytest.mark.parametrize(("in_sync", "minimum"), [([3, 4], "2"), ([3], "1"), ([3], "2")])
def test_a_broker_that_is_needed(ask, in_sync, minimum):
    found = ask(
        [topic("calm", ([3, 4, 5], [3, 4, 5])), topic("rhte", ([3, 4, 5], [3, 4, 5]), ([3, 4, 5], in_sync))], minimum
    )
    assert found == "too few replicas are in sync without it: rhte-1"


def test_a_kafka_that_does_not_answer_decides_nothing(ask):
    with pytest.raises(KafkaConnectionError):
        ask(KafkaConnectionError("refused"))
