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


TLS = {**RIGHT, "KAFKA_SECURITY_PROTOCOL": "SSL"}


def test_comes_with_a_client_certificate(anna):
    settings = KafkaSettings.from_environment(
        {**TLS, "KAFKA_SSL_CERTFILE": str(anna.certificate), "KAFKA_SSL_KEYFILE": str(anna.key)}
    )

    assert (settings.certificate_file, settings.key_file) == (str(anna.certificate), str(anna.key))
    options = settings.client_options()
    assert (options["ssl_certfile"], options["ssl_keyfile"]) == (str(anna.certificate), str(anna.key))


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SSL"])
def test_empty_names_of_files_are_no_client_certificate(protocol):
    settings = KafkaSettings.from_environment(
        {**RIGHT, "KAFKA_SECURITY_PROTOCOL": protocol, "KAFKA_SSL_CERTFILE": "", "KAFKA_SSL_KEYFILE": " "}
    )

    assert (settings.certificate_file, settings.key_file) == (None, None)
    assert not {"ssl_certfile", "ssl_keyfile"} & set(settings.client_options())


@pytest.mark.parametrize(
    ("certificate", "key", "protocol", "message"),
    [
        ("certificate", "", "SSL", "KAFKA_SSL_KEYFILE is not set, and KAFKA_SSL_CERTFILE is: set both"),
        ("", "key", "SSL", "KAFKA_SSL_CERTFILE is not set, and KAFKA_SSL_KEYFILE is: set both"),
        ("none.crt", "key", "SSL", r"KAFKA_SSL_CERTFILE names \S+none.crt, which is no file: mount"),
        ("certificate", "none.key", "SSL", r"KAFKA_SSL_KEYFILE names \S+none.key, which is no file: mount"),
        ("certificate", "key", "PLAINTEXT", "KAFKA_SSL_CERTFILE is set, and is for TLS only: set KAFKA_SECURITY_PRO"),
        ("certificate", "certificate", "SSL", "which are no certificate and key in PEM format"),
        ("certificate", "locked", "SSL", "the key without a passphrase"),
    ],
)
def test_names_what_is_wrong_with_the_client_certificate(anna, certificate, key, protocol, message):
    def file(name):
        return name and str(getattr(anna, name, anna.key.with_name(name)))

    given = {**RIGHT, "KAFKA_SECURITY_PROTOCOL": protocol}
    with pytest.raises(InputError, match=message):
        KafkaSettings.from_environment(
            {**given, "KAFKA_SSL_CERTFILE": file(certificate), "KAFKA_SSL_KEYFILE": file(key)}
        )


def test_names_a_key_of_another_certificate(anna, bert):
    with pytest.raises(InputError, match=r"KAFKA_SSL_KEYFILE names .*, which is the key of another certificate"):
        KafkaSettings.from_environment(
            {**TLS, "KAFKA_SSL_CERTFILE": str(anna.certificate), "KAFKA_SSL_KEYFILE": str(bert.key)}
        )
