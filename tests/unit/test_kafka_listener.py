"""Where a Kafka is reached, by its status."""

from __future__ import annotations

import pytest

KAFKA = {
    "status": {
        "listeners": [
            {
                "name": "plain",
                "addresses": [{"host": "rhte-cluster-kafka-bootstrap.rhte2019.svc", "port": 9092}],
                "bootstrapServers": "rhte-cluster-kafka-bootstrap.rhte2019.svc:9092",
            },
            {
                "name": "external",
                "addresses": [{"host": "node1", "port": 30092}, {"host": "node2", "port": 30092}],
                "bootstrapServers": "node1:30092,node2:30092",
                "certificates": ["CA\n", "older CA\n"],
            },
            {"name": "pending", "addresses": []},
        ]
    }
}


@pytest.fixture
def kafka_listener(load_plugin):
    return load_plugin("filter/kafka_listener").kafka_listener


def test_a_listener_is_read_from_the_status(kafka_listener):
    assert kafka_listener([KAFKA], "external") == {
        "bootstrap_servers": "node1:30092,node2:30092",
        "ca": "CA\nolder CA",
    }


def test_a_listener_without_tls_has_no_ca(kafka_listener):
    assert kafka_listener([KAFKA], "plain")["ca"] == ""


@pytest.mark.parametrize(
    "kafkas",
    [[], [{}], [{"status": {}}], [{"status": {"listeners": []}}], [KAFKA]],
    ids=["no Kafka", "no status", "no listeners yet", "none of them", "no address yet"],
)
def test_what_has_no_address_is_empty(kafka_listener, kafkas):
    assert kafka_listener(kafkas, "pending") == {}
