"""Kafka's settings from the environment: right, or an error that names the variable."""

import pytest

from catdog.errors import InputError
from catdog.kafka.settings import KafkaSettings

RIGHT = {"KAFKA_BOOTSTRAP_SERVERS": "b0:9093, b1:9093", "KAFKA_TOPIC": "rhte"}


def test_reads_the_environment(tmp_path):
    ca = tmp_path / "ca.crt"
    ca.write_text("certificate")
    settings = KafkaSettings.from_environment({**RIGHT, "KAFKA_SECURITY_PROTOCOL": "ssl", "KAFKA_SSL_CAFILE": str(ca)})

    assert settings == KafkaSettings(("b0:9093", "b1:9093"), "rhte", "SSL", str(ca))
    assert settings.client_options()["ssl_cafile"] == str(ca)


def test_plaintext_is_the_default():
    options = KafkaSettings.from_environment(RIGHT).client_options()

    assert options["security_protocol"] == "PLAINTEXT"
    assert "ssl_cafile" not in options


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"KAFKA_BOOTSTRAP_SERVERS": ""}, "KAFKA_BOOTSTRAP_SERVERS is not set"),
        ({"KAFKA_TOPIC": " "}, "KAFKA_TOPIC is not set"),
        ({"KAFKA_BOOTSTRAP_SERVERS": "broker"}, "KAFKA_BOOTSTRAP_SERVERS has 'broker': give host:port"),
        ({"KAFKA_BOOTSTRAP_SERVERS": "b:0"}, "'b:0'"),
        ({"KAFKA_BOOTSTRAP_SERVERS": "b:70000"}, "'b:70000'"),
        ({"KAFKA_SECURITY_PROTOCOL": "TLS"}, "'TLS': it must be one of PLAINTEXT, SSL"),
        ({"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_SSL_CAFILE": "/none"}, "KAFKA_SSL_CAFILE names /none"),
    ],
)
def test_names_the_variable_that_is_wrong(change, message):
    with pytest.raises(InputError, match=message):
        KafkaSettings.from_environment({**RIGHT, **change})
