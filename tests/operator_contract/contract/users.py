"""Clients that say who they are, by what a KafkaUser's Secret holds, at the listeners that ask for it."""

from pathlib import Path
from typing import Any

from kafka.errors import KafkaError

from .forwarding import Forwarder
from .kafka_access import Kafka
from .kafka_cluster import KafkaCluster
from .operator_times import ENTITY_ANSWER
from .waiting import eventually, outcome


class Clients:
    """Makes Kafka clients of a cluster's users; their keys lie in `folder`."""

    def __init__(self, cluster: KafkaCluster, forwarders: dict[str, Forwarder], authority: Path, folder: Path) -> None:
        self._cluster, self._forwarders, self._folder = cluster, forwarders, folder
        # The certificate is for names inside the cluster, and this machine comes by one of its own.
        self._trust: dict[str, Any] = {"ssl_cafile": str(authority), "ssl_check_hostname": False}

    def of(self, name: str, how: str) -> Kafka:
        """A client with the credentials that a user's Secret has now; `how`: tls or scram-sha-512."""
        secret = self._cluster.kubernetes.secret(self._cluster.namespace, name)
        if how == "tls":
            certificate, key = self._folder / f"{name}.crt", self._folder / f"{name}.key"
            certificate.write_bytes(secret["user.crt"])
            key.write_bytes(secret["user.key"])
            return self._client(how, ssl_certfile=str(certificate), ssl_keyfile=str(key))
        return self._client(how, **_password(name, secret["password"].decode()))

    def nobody(self, how: str) -> Kafka:
        """A client that has no certificate, or a password that nobody has."""
        return self._client(how) if how == "tls" else self._client(how, **_password("nobody", "guessed"))

    def _client(self, how: str, **options: Any) -> Kafka:
        protocol = "SSL" if how == "tls" else "SASL_SSL"
        return Kafka(self._forwarders[how].address, security_protocol=protocol, **self._trust, **options)

    def wait_let_in(self, name: str, how: str) -> None:
        """Wait until a user is let in with the credentials that its Secret has by then."""
        eventually(
            lambda: outcome(self.of(name, how).knock, KafkaError),
            lambda found: found == "well",
            f"{name} let in",
            ENTITY_ANSWER,
        )

    def wait_shut_out(self, client: Kafka) -> None:
        """Wait until a client is not let in."""
        eventually(
            lambda: outcome(client.knock, KafkaError), lambda found: found != "well", "a client shut out", ENTITY_ANSWER
        )


def _password(name: str, password: str) -> dict[str, str]:
    return {"sasl_mechanism": "SCRAM-SHA-512", "sasl_plain_username": name, "sasl_plain_password": password}
