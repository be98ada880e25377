"""Kafka's own tools, run in a broker's pod: where they connect to, and as whom."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

# Reads the settings from its input, so many bytes ($1), and gives them to the tool as a file: they are nowhere on disk.
WITH_SETTINGS = 'size=$1; shift; head -c "$size" | "$@" --command-config /dev/stdin'


class KafkaToolError(Exception):
    """Kafka cannot be asked, and why."""


def listener_of(kafka: Mapping[str, Any]) -> Mapping[str, Any]:
    """The listener that tools use: an internal one without credentials, else one for certificates, from the spec.

    Raises KafkaToolError where there is neither.
    """
    listeners = [entry for entry in kafka["spec"]["kafka"]["listeners"] if entry["type"] == "internal"]
    for wanted in (None, "tls"):
        for entry in listeners:
            if entry.get("authentication", {}).get("type") == wanted and (wanted or not entry["tls"]):
                return entry
    name = "/".join(kafka["metadata"][key] for key in ("namespace", "name"))
    raise KafkaToolError(
        f"Kafka {name} has no internal listener without TLS and credentials, and none for certificates, "
        "so that its tools could not connect."
    )


def super_user(kafka: Mapping[str, Any]) -> str:
    """Name of the first user who may do everything. Raises KafkaToolError where there is none."""
    users = (kafka["spec"]["kafka"].get("authorization") or {}).get("superUsers") or []
    found = next((user.removeprefix("CN=") for user in users if user.startswith("CN=")), None)
    if found is None:
        raise KafkaToolError(
            f"Kafka {kafka['metadata']['name']} lets nobody do everything by a certificate "
            "(spec.kafka.authorization.superUsers), so that its tools could not ask."
        )
    return found


def settings(secret: Mapping[str, str], authority: str) -> str:
    """A client's properties, from the user's Secret (its data: user.crt and user.key) and the brokers' CA (PEM)."""
    values = {
        "security.protocol": "SSL",
        "ssl.truststore.type": "PEM",
        "ssl.truststore.certificates": authority,
        "ssl.keystore.type": "PEM",
        "ssl.keystore.certificate.chain": _text(secret["user.crt"]),
        "ssl.keystore.key": _text(secret["user.key"]),
    }
    return "".join(f"{name}={_line(value)}\n" for name, value in values.items())


def command(tool: Sequence[str], address: str, given: str = "") -> list[str]:
    """The command in the pod; `given` is what its input will be, where the tool needs settings."""
    whole = [*tool, "--bootstrap-server", address]
    return ["bash", "-c", WITH_SETTINGS, "kafka-tool", str(len(given.encode())), *whole] if given else whole


def _text(encoded: str) -> str:
    return base64.b64decode(encoded).decode()


def _line(text: str) -> str:
    return "\\n".join(text.strip().splitlines())
