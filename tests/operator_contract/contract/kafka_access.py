"""Kafka as its clients see it, through the listener for clients outside."""

import base64
import uuid
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import AlterConfigOp, ConfigResource, ConfigResourceType

UNKNOWN_TOPIC = 3
TIMEOUT_MS = 30_000


class Kafka:
    """One Kafka cluster, reached over TLS with the authority that its status names."""

    def __init__(self, bootstrap_servers: str, authority: str) -> None:
        self._security: dict[str, Any] = {
            "bootstrap_servers": bootstrap_servers.split(","),
            "security_protocol": "SSL",
            "ssl_cafile": authority,
            "request_timeout_ms": TIMEOUT_MS,
        }
        self._admin = KafkaAdminClient(**self._security)

    def close(self) -> None:
        """End the connection."""
        self._admin.close()

    def cluster_id(self) -> str:
        """Kafka's own id of the cluster."""
        return self._admin.describe_cluster()["cluster_id"]

    def topic(self, name: str) -> dict[str, Any] | None:
        """A topic's id, partitions and replicas, None where there is none."""
        (found,) = self._admin.describe_topics([name])
        if found["error_code"] == UNKNOWN_TOPIC:
            return None
        partitions = found["partitions"]
        topic_id = base64.urlsafe_b64encode(uuid.UUID(str(found["topic_id"])).bytes).decode().rstrip("=")
        return {"id": topic_id, "partitions": len(partitions), "replicas": len(partitions[0]["replica_nodes"])}

    def topic_config(self, name: str) -> dict[str, str]:
        """What is set on the topic itself."""
        resource = ConfigResource(ConfigResourceType.TOPIC, name)
        found = self._admin.describe_configs([resource], config_filter="modified")["topic"][name]
        return {key: entry["value"] for key, entry in found.items()}

    def broker_option(self, broker: int, option: str) -> str:
        """The value that a broker goes by."""
        resource = ConfigResource(ConfigResourceType.BROKER, str(broker))
        found = self._admin.describe_configs([resource], config_filter="all")["broker"][str(broker)]
        return found[option]["value"]

    def create_topic(self, name: str) -> None:
        """Create a topic in Kafka itself, past the operator."""
        self._admin.create_topics({name: {"num_partitions": 1, "replication_factor": 1}})

    def delete_topic(self, name: str) -> None:
        """Delete a topic in Kafka itself, past the operator."""
        self._admin.delete_topics([name])

    def set_topic_option(self, name: str, option: str, value: str) -> None:
        """Set an option of a topic in Kafka itself, past the operator."""
        operations = {option: (AlterConfigOp.SET, value)}
        self._admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, name, configs=operations)], incremental=True
        )

    def send(self, topic: str, value: bytes, headers: list[tuple[str, bytes]]) -> None:
        """Send one record and wait until it is acknowledged."""
        producer = KafkaProducer(**self._security, acks="all", max_request_size=2 * len(value))
        try:
            producer.send(topic, value=value, headers=headers).get(timeout=TIMEOUT_MS / 1000)
        finally:
            producer.close()

    def first_record(self, topic: str) -> Any:
        """The first record of partition 0, None where none comes in time."""
        consumer = KafkaConsumer(**self._security, consumer_timeout_ms=TIMEOUT_MS)
        try:
            partition = TopicPartition(topic, 0)
            consumer.assign([partition])
            consumer.seek_to_beginning(partition)
            return next(iter(consumer), None)
        finally:
            consumer.close()
