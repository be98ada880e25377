"""Calls to Kafka about topics, over mutual TLS. They block: run them in a thread."""

import base64
import re
import uuid
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient
from kafka import errors as kafka_errors
from kafka.admin import AlterConfigOp, ConfigResource, ConfigResourceType

from .errors import KafkaRequestError
from .settings import TopicOperatorSettings
from .topic_state import TopicState

NO_ERROR, UNKNOWN_TOPIC, UNKNOWN_TOPIC_ID = 0, 3, 100
REQUEST_TIMEOUT_MS = 20_000
ALTER_ANSWER = re.compile(r"(?:\[Error \d+\] )?(?P<error>\w+Error)(?:: (?P<message>.*))?", re.DOTALL)


def refusal(error_name: str, message: str | None) -> KafkaRequestError:
    """Kafka's refusal in the words of its own exception, such as `…InvalidReplicationFactorException: …`."""
    exception = re.sub("Error$", "Exception", error_name)
    return KafkaRequestError(f"org.apache.kafka.common.errors.{exception}: {message or 'no message'}")


def _check(entry: dict[str, Any]) -> None:
    if entry["error_code"] != NO_ERROR:
        raise refusal(kafka_errors.for_code(entry["error_code"]).__name__, entry.get("error_message"))


class TopicAdmin:
    """One connection to the brokers' replication listener, opened at the first call. Raises KafkaError."""

    def __init__(self, settings: TopicOperatorSettings) -> None:
        self._settings = settings
        self._client: KafkaAdminClient | None = None

    @property
    def client(self) -> KafkaAdminClient:
        """The client, connected."""
        if self._client is None:
            folder = Path(self._settings.certificates)
            self._client = KafkaAdminClient(
                bootstrap_servers=self._settings.bootstrap_servers,
                client_id=f"{self._settings.cluster}-topic-operator",
                security_protocol="SSL",
                ssl_cafile=str(folder / "trusted" / "cluster-ca.crt"),
                ssl_certfile=str(folder / "client" / "entity-operator.crt"),
                ssl_keyfile=str(folder / "client" / "entity-operator.key"),
                request_timeout_ms=REQUEST_TIMEOUT_MS,
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

    def describe(self, name: str) -> TopicState | None:
        """The topic as it is, None where there is none."""
        (topic,) = self.client.describe_topics([name])
        if topic["error_code"] in (UNKNOWN_TOPIC, UNKNOWN_TOPIC_ID):
            return None
        _check(topic)
        resource = ConfigResource(ConfigResourceType.TOPIC, name)
        config = self.client.describe_configs([resource], config_filter="modified")["topic"][name]
        return TopicState(
            topic_id=encoded_id(topic["topic_id"]),
            replicas={p["partition_index"]: len(p["replica_nodes"]) for p in topic["partitions"]},
            config={key: entry["value"] for key, entry in config.items()},
        )

    def create(self, name: str, partitions: int, replicas: int, config: dict[str, str]) -> str:
        """Create a topic and return its id. Raises KafkaRequestError."""
        wish = {name: {"num_partitions": partitions, "replication_factor": replicas, "configs": config}}
        (answer,) = self.client.create_topics(wish, raise_errors=False)["topics"]
        _check(answer)
        return encoded_id(answer["topic_id"])

    def change_config(self, name: str, to_set: dict[str, str], to_reset: tuple[str, ...]) -> None:
        """Set and reset configuration of a topic, all or nothing. Raises KafkaRequestError."""
        operations: dict[str, Any] = {key: (AlterConfigOp.SET, value) for key, value in to_set.items()}
        operations |= {key: (AlterConfigOp.DELETE, None) for key in to_reset}
        resource = ConfigResource(ConfigResourceType.TOPIC, name, configs=operations)
        answer = self.client.alter_configs([resource], raise_on_unknown=False, incremental=True)["topic"][name]
        if answer != "OK":
            found = ALTER_ANSWER.match(answer)
            raise refusal(found["error"], found["message"]) if found else KafkaRequestError(answer)

    def add_partitions(self, name: str, count: int) -> None:
        """Raise the number of partitions to `count`. Raises KafkaRequestError."""
        (answer,) = self.client.create_partitions({name: count}, raise_errors=False).to_dict()["results"]
        _check(answer)

    def delete(self, name: str) -> None:
        """Delete a topic; one that is gone already is well. Raises KafkaRequestError."""
        (answer,) = self.client.delete_topics([name], raise_errors=False)["topics"]
        if answer["error_code"] not in (UNKNOWN_TOPIC, UNKNOWN_TOPIC_ID):
            _check(answer)


def encoded_id(topic_id: Any) -> str:
    """A topic's id as Kafka prints it: 22 characters of URL-safe base64."""
    return base64.urlsafe_b64encode(uuid.UUID(str(topic_id)).bytes).decode().rstrip("=")
