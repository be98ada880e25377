"""Values of Kafka's options, checked against Kafka's own list."""

import pytest
from embedded_operator.model.kafka_options import is_managed, known_options, option_problem


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("num.io.threads", 4),
        ("num.io.threads", "4"),
        ("auto.create.topics.enable", False),
        ("log.cleanup.policy", "compact,delete"),
        ("compression.type", "zstd"),
        ("a.plugin.option", "anything"),
    ],
)
def test_values_that_kafka_takes(name, value):
    assert option_problem(name, value) is None


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("num.io.threads", "many", "which is not an int"),
        ("num.io.threads", 2**40, "which is not an int"),
        ("num.io.threads", 0, "minimum value 1"),
        ("log.retention.ms", "soon", "which is not a long"),
        ("auto.create.topics.enable", "perhaps", "which is not a boolean"),
        ("compression.type", "rar", "not one of the allowed values"),
        ("log.cleanup.policy", "compact,shred", "shred"),
    ],
)
def test_values_that_kafka_does_not_take(name, value, problem):
    assert problem in option_problem(name, value)


def test_the_list_is_kafkas_own():
    assert len(known_options()) > 300
    assert known_options()["message.max.bytes"] == {"type": "int", "valid": "[0,...]"}


def test_exceptions_of_managed_prefixes():
    assert is_managed("ssl.keystore.location") and is_managed("advertised.listeners") and is_managed("log.dirs")
    assert not is_managed("ssl.protocol") and not is_managed("log.retention.ms")
