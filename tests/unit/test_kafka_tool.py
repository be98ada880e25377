"""How Kafka's own tools come to a Kafka: as nobody where it lets in everybody, else by the super user's certificate."""

from __future__ import annotations

import base64
import subprocess
from typing import Any

import pytest

PLAIN = {"name": "plain", "port": 9092, "type": "internal", "tls": False}
TLS = {"name": "tls", "port": 9093, "type": "internal", "tls": True, "authentication": {"type": "tls"}}
SCRAM = {"name": "scram", "port": 9096, "type": "internal", "tls": True, "authentication": {"type": "scram-sha-512"}}
EXTERNAL = {"name": "external", "port": 9094, "type": "nodeport", "tls": True, "authentication": {"type": "tls"}}


@pytest.fixture(scope="module")
def module(load_plugin):
    return load_plugin("module_utils/kafka_tool")


def kafka(*listeners: dict[str, Any], users: list[str] | None = None) -> dict[str, Any]:
    spec: dict[str, Any] = {"listeners": list(listeners)}
    if users is not None:
        spec["authorization"] = {"type": "simple", "superUsers": users}
    return {"metadata": {"namespace": "lab", "name": "rhte"}, "spec": {"kafka": spec}}


def test_the_listener_is_one_without_credentials_else_one_for_certificates(module) -> None:
    assert module.listener_of(kafka(TLS, SCRAM, PLAIN)) == PLAIN
    assert module.listener_of(kafka(EXTERNAL, SCRAM, TLS)) == TLS


def test_a_kafka_without_a_way_in_is_told(module) -> None:
    with pytest.raises(module.KafkaToolError, match="Kafka lab/rhte has no internal listener"):
        module.listener_of(kafka(SCRAM, EXTERNAL))


def test_the_user_is_the_first_super_user_with_a_certificate(module) -> None:
    assert module.super_user(kafka(TLS, users=["ANONYMOUS", "CN=instructor", "CN=other"])) == "instructor"
    with pytest.raises(module.KafkaToolError, match="lets nobody do everything by a certificate"):
        module.super_user(kafka(TLS))


def test_the_settings_reach_the_tool_as_a_file_and_hold_certificates_in_one_line(module) -> None:
    secret = {
        key: base64.b64encode(text.encode()).decode()
        for key, text in (("user.crt", "CRT\nü\n"), ("user.key", "KEY\n1\n"))
    }
    given = module.settings(secret, "CA\n1\n")
    command = module.command(["bash", "-c", 'echo "$*"; cat "${@: -1}"', "tool", "--list"], "here:9093", given)
    # The input goes on after the settings, as that of a pod's command does.
    result = subprocess.run(command, input=given + "more", capture_output=True, text=True, check=True)
    said, *lines = result.stdout.splitlines()
    assert said == "--list --bootstrap-server here:9093 --command-config /dev/stdin"
    assert "\n".join(lines) + "\n" == given
    assert "ssl.keystore.certificate.chain=CRT\\nü" in lines
    assert "ssl.truststore.certificates=CA\\n1" in lines


def test_without_settings_the_tool_runs_as_it_is(module) -> None:
    assert module.command(["tool", "--list"], "localhost:9092") == [
        "tool",
        "--list",
        "--bootstrap-server",
        "localhost:9092",
    ]
