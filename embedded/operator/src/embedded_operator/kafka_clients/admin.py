"""The admin client of an entity operator, over mutual TLS, and Kafka's errors under its own names."""

import re
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient
from kafka import errors as kafka_errors

from ..errors import KafkaRequestError
from ..settings import EntityOperatorSettings

NO_ERROR = 0
REQUEST_TIMEOUT_MS = 20_000
# Calls wait for each other: with the client's own 30 s, many resources would be told late that nobody answers.
BOOTSTRAP_TIMEOUT_MS = 10_000
# The client's own 30 s would have it sleep while Kafka gets ready.
RECONNECT_MAX_MS = 1_000


def kafka_error(error_name: str, message: str | None) -> KafkaRequestError:
    """Kafka's error, as its Java clients print it, such as `…InvalidReplicationFactorException: …`."""
    exception = re.sub("Error$", "Exception", error_name)
    return KafkaRequestError(f"org.apache.kafka.common.errors.{exception}: {message or 'no message'}")


def raise_for_error(entry: dict[str, Any]) -> None:
    """Raise KafkaRequestError where a part of a response has an error code."""
    if entry["error_code"] != NO_ERROR:
        raise kafka_error(kafka_errors.for_code(entry["error_code"]).__name__, entry.get("error_message"))


class KafkaAdmin:
    """One connection to the brokers' replication listener, opened at the first call. Raises KafkaError.

    Its calls block: run them in a thread.
    """

    def __init__(self, settings: EntityOperatorSettings, client_id: str) -> None:
        self._settings, self._client_id = settings, client_id
        self._client: KafkaAdminClient | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Where Kafka is looked for."""
        return self._settings.bootstrap_servers

    @property
    def client(self) -> KafkaAdminClient:
        """The client, connected."""
        if self._client is None:
            folder = Path(self._settings.certificates)
            self._client = KafkaAdminClient(
                bootstrap_servers=self._settings.bootstrap_servers,
                client_id=self._client_id,
                security_protocol="SSL",
                ssl_cafile=str(folder / "trusted" / "cluster-ca.crt"),
                ssl_certfile=str(folder / "client" / "entity-operator.crt"),
                ssl_keyfile=str(folder / "client" / "entity-operator.key"),
                request_timeout_ms=REQUEST_TIMEOUT_MS,
                bootstrap_timeout_ms=BOOTSTRAP_TIMEOUT_MS,
                reconnect_backoff_max_ms=RECONNECT_MAX_MS,
            )
        return self._client

    def close(self) -> None:
        """End the connection; the next call opens a new one."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def cluster_is_reachable(self) -> bool:
        """Whether brokers answer."""
        return bool(self.client.describe_cluster()["brokers"])
