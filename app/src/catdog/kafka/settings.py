"""Where Kafka is and how to talk to it, from the environment that the notebook's pod is given."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catdog.errors import InputError
from catdog.limits import MAX_MESSAGE_BYTES

# Kafka's own default is 1 MiB. A batch of one record is larger than its value, by keys, headers and its own.
MAX_FETCH_BYTES = MAX_MESSAGE_BYTES + 1024 * 1024
PROTOCOLS = ("PLAINTEXT", "SSL")
CERTIFICATE, KEY = "KAFKA_SSL_CERTFILE", "KAFKA_SSL_KEYFILE"


@dataclass(frozen=True)
class KafkaSettings:
    """Bootstrap servers (host:port), topic, security protocol (PLAINTEXT or SSL) and the file of the CA certificate.

    certificate_file, key_file: the client's own, for brokers that let nobody in without one.
    """

    bootstrap_servers: tuple[str, ...]
    topic: str
    security_protocol: str = "PLAINTEXT"
    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, topic: str | None = None) -> KafkaSettings:
        """Settings from KAFKA_BOOTSTRAP_SERVERS, KAFKA_TOPIC, KAFKA_SECURITY_PROTOCOL, KAFKA_SSL_CAFILE,
        KAFKA_SSL_CERTFILE and KAFKA_SSL_KEYFILE. topic: in place of KAFKA_TOPIC.

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
        certificate_file, key_file = (given.get(name, "").strip() or None for name in (CERTIFICATE, KEY))
        _check_certificate(protocol, certificate_file, key_file)
        topic = topic or _required(given, "KAFKA_TOPIC")
        return cls(servers, topic, protocol, ca_file, certificate_file, key_file)

    def client_options(self) -> dict[str, Any]:
        """Options that every kafka-python client takes."""
        options: dict[str, Any] = {
            "bootstrap_servers": list(self.bootstrap_servers),
            "security_protocol": self.security_protocol,
            "client_id": "catdog",
        }
        if self.security_protocol == "SSL" and self.ca_file is not None:
            options["ssl_cafile"] = self.ca_file
        if self.security_protocol == "SSL" and self.certificate_file is not None:
            options |= {"ssl_certfile": self.certificate_file, "ssl_keyfile": self.key_file}
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


def _check_certificate(protocol: str, certificate_file: str | None, key_file: str | None) -> None:
    """Both files or none, only for TLS, and fit for each other: the client would try unfit ones until time is up."""
    files = {CERTIFICATE: certificate_file, KEY: key_file}
    given = [name for name, file in files.items() if file is not None]
    if not given:
        return
    if protocol != "SSL":
        raise InputError(f"{given[0]} is set, and is for TLS only: set KAFKA_SECURITY_PROTOCOL=SSL, or leave it out")
    for name, file in files.items():
        if file is None:
            raise InputError(f"{name} is not set, and {given[0]} is: set both, or none")
        if not Path(file).is_file():
            raise InputError(
                f"{name} names {file}, which is no file: mount the client's certificate and key, or set none"
            )
    try:
        # The empty passphrase keeps OpenSSL from asking for one at the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate_file, key_file, password="")
    except ssl.SSLError as error:
        if "KEY_VALUES_MISMATCH" in str(error):
            raise InputError(
                f"{KEY} names {key_file}, which is the key of another certificate than {CERTIFICATE}: "
                f"{certificate_file}; set the two that were made together"
            ) from error
        raise InputError(
            f"{CERTIFICATE} and {KEY} name {certificate_file} and {key_file}, which are no "
            f"certificate and key in PEM format (the key without a passphrase): {error}"
        ) from error
    except OSError as error:
        raise InputError(
            f"{CERTIFICATE} or {KEY} cannot be read ({certificate_file}, {key_file}): {error.strerror}; "
            "let this user read both"
        ) from error
