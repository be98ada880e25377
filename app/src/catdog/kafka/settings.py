"""Where Kafka is and how to talk to it, from the environment that the notebook's pod is given."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catdog.errors import InputError
from catdog.limits import MAX_MESSAGE_BYTES

# Kafka's own default is 1 MiB. A batch of one record is larger than its value, by keys, headers and its own.
MAX_FETCH_BYTES = MAX_MESSAGE_BYTES + 1024 * 1024
PROTOCOLS = ("PLAINTEXT", "SSL")


@dataclass(frozen=True)
class KafkaSettings:
    """Bootstrap servers (host:port), topic, security protocol (PLAINTEXT or SSL) and the file of the CA certificate."""

    bootstrap_servers: tuple[str, ...]
    topic: str
    security_protocol: str = "PLAINTEXT"
    ca_file: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> KafkaSettings:
        """Settings from KAFKA_BOOTSTRAP_SERVERS, KAFKA_TOPIC, KAFKA_SECURITY_PROTOCOL and KAFKA_SSL_CAFILE.

        Raises InputError that names the variable which is missing or wrong.
        """
        given = os.environ if environment is None else environment
        servers = tuple(part.strip() for part in _required(given, "KAFKA_BOOTSTRAP_SERVERS").split(",") if part.strip())
        for server in servers:
            _check_address("KAFKA_BOOTSTRAP_SERVERS", server)
        protocol = given.get("KAFKA_SECURITY_PROTOCOL", "").strip().upper() or "PLAINTEXT"
        if protocol not in PROTOCOLS:
            raise InputError(f"KAFKA_SECURITY_PROTOCOL is {protocol!r}: it must be one of {', '.join(PROTOCOLS)}")
        ca_file = given.get("KAFKA_SSL_CAFILE", "").strip() or None
        if protocol == "SSL" and ca_file is not None and not Path(ca_file).is_file():
            raise InputError(f"KAFKA_SSL_CAFILE names {ca_file}, which is no file: mount the cluster's ca.crt there")
        return cls(servers, _required(given, "KAFKA_TOPIC"), protocol, ca_file)

    def client_options(self) -> dict[str, Any]:
        """Options that every kafka-python client takes."""
        options: dict[str, Any] = {
            "bootstrap_servers": list(self.bootstrap_servers),
            "security_protocol": self.security_protocol,
            "client_id": "catdog",
        }
        if self.security_protocol == "SSL" and self.ca_file is not None:
            options["ssl_cafile"] = self.ca_file
        return options

    def __str__(self) -> str:
        return f"topic {self.topic} at {','.join(self.bootstrap_servers)} ({self.security_protocol})"


def _required(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "").strip()
    if not value:
        raise InputError(
            f"{name} is not set: the lab's notebook has it; elsewhere set it, with its companions "
            "KAFKA_TOPIC, KAFKA_SECURITY_PROTOCOL and KAFKA_SSL_CAFILE"
        )
    return value


def _check_address(name: str, server: str) -> None:
    host, _, port = server.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise InputError(f"{name} has {server!r}: give host:port, with commas between several")
