"""Settings from the environment, and what is said about wrong ones."""

import pytest
from embedded_operator.settings import ClusterOperatorSettings, TopicOperatorSettings

ENVIRONMENT = {
    "STRIMZI_NAMESPACE": "*",
    "STRIMZI_KAFKA_IMAGES": "4.3.1=kafka:1\n",
    "STRIMZI_DEFAULT_TOPIC_OPERATOR_IMAGE": "operator:1",
    "STRIMZI_DEFAULT_USER_OPERATOR_IMAGE": "operator:1",
}


def test_all_namespaces_and_defaults():
    settings = ClusterOperatorSettings.from_environment(ENVIRONMENT)
    assert (settings.namespaces, settings.kafka_images) == ((), {"4.3.1": "kafka:1"})
    assert (settings.reconciliation_interval, settings.operation_timeout) == (120, 300)


def test_some_namespaces():
    settings = ClusterOperatorSettings.from_environment({**ENVIRONMENT, "STRIMZI_NAMESPACE": "a,b"})
    assert settings.namespaces == ("a", "b")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STRIMZI_KAFKA_IMAGES", ""),
        ("STRIMZI_KAFKA_IMAGES", "kafka:1"),
        ("STRIMZI_DEFAULT_TOPIC_OPERATOR_IMAGE", ""),
        ("STRIMZI_DEFAULT_USER_OPERATOR_IMAGE", ""),
        ("STRIMZI_OPERATION_TIMEOUT_MS", "soon"),
        ("STRIMZI_FULL_RECONCILIATION_INTERVAL_MS", "0"),
    ],
)
def test_a_wrong_value_is_named(name, value):
    with pytest.raises(ValueError, match=name):
        ClusterOperatorSettings.from_environment({**ENVIRONMENT, name: value})


@pytest.mark.parametrize(("value", "expected"), [(None, True), ("true", True), ("false", False)])
def test_finalizers_are_used_unless_they_are_not_to_be(value, expected):
    environment = {
        "STRIMZI_NAMESPACE": "lab",
        "STRIMZI_RESOURCE_LABELS": "strimzi.io/cluster=my",
        "STRIMZI_KAFKA_BOOTSTRAP_SERVERS": "kafka:9091",
        "STRIMZI_CERTIFICATES": "/etc/topic-operator",
    }
    asked = {"STRIMZI_USE_FINALIZERS": value} if value else {}
    assert TopicOperatorSettings.from_environment(environment | asked).use_finalizers is expected
