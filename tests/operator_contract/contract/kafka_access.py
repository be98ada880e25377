"""Kafka as its clients see it: who they are is up to the options they are given."""

import base64
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import (
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    AlterConfigOp,
    ConfigResource,
    ConfigResourceType,
    ResourcePatternFilter,
    ResourceType,
)

UNKNOWN_TOPIC = 3
TIMEOUT_MS = 30_000
BLOCKED_MS = 10_000  # until a client gives up a broker that does not answer, or a topic that it may not see
KNOCK_MS = 3_000  # for a client that only wants to know whether it is let in: nobody is told why not
LARGEST = 16 * 1024 * 1024  # bytes of a request


class Kafka:
    """One Kafka cluster; `security`: options of kafka-python's clients, such as security_protocol, ssl_cafile."""

    def __init__(self, bootstrap_servers: str, **security: Any) -> None:
        self._options = {
            "bootstrap_servers": bootstrap_servers.split(","),
            "request_timeout_ms": BLOCKED_MS,
            "bootstrap_timeout_ms": BLOCKED_MS,
            **security,
        }

    @cached_property
    def _admin(self) -> KafkaAdminClient:
        return KafkaAdminClient(**self._options)

    def close(self) -> None:
        """End the connection; the next question opens another one."""
        if admin := self.__dict__.pop("_admin", None):
            admin.close()

    def knock(self) -> None:
        """Ask something that everybody may know who is let in at all. Raises KafkaError."""
        with closing(KafkaAdminClient(**self._options | {"bootstrap_timeout_ms": KNOCK_MS})) as admin:
            admin.describe_cluster()

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

    def set_broker_option(self, broker: int, option: str, value: str | None) -> None:
        """Set an option of a running broker in Kafka itself; None takes it back."""
        operations = {option: (AlterConfigOp.DELETE, None) if value is None else (AlterConfigOp.SET, value)}
        resource = ConfigResource(ConfigResourceType.BROKER, str(broker), configs=operations)
        self._admin.alter_configs([resource], raise_on_unknown=False, incremental=True)

    def in_sync(self, topic: str) -> set[int]:
        """Brokers that are in sync with all partitions of a topic."""
        (found,) = self._admin.describe_topics([topic])
        each = [set(partition["isr_nodes"]) for partition in found["partitions"]]
        return set.intersection(*each) if each else set()

    def acls(self, username: str) -> set[tuple[str, str, str]]:
        """What a user is allowed or refused: resource type, resource name, operation."""
        any_resource = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
        wanted = ACLFilter(f"User:{username}", None, ACLOperation.ANY, ACLPermissionType.ANY, any_resource)
        found, _ = self._admin.describe_acls(wanted)
        patterns = [(acl.resource_pattern, acl.operation.name) for acl in found]
        return {(pattern.resource_type.name, pattern.resource_name, operation) for pattern, operation in patterns}

    @contextmanager
    def producer(self) -> Iterator[Callable[..., None]]:
        """`send(topic, value, headers)`, waiting until the record is acknowledged. Raises KafkaError."""
        with closing(
            KafkaProducer(
                **self._options,
                acks="all",
                enable_idempotence=False,  # it would ask for a right of its own
                max_block_ms=BLOCKED_MS,
                delivery_timeout_ms=TIMEOUT_MS,
                max_request_size=LARGEST,
            )
        ) as producer:

            def send(topic: str, value: bytes, headers: list[tuple[str, bytes]] | None = None) -> None:
                producer.send(topic, value=value, headers=headers).get(timeout=2 * TIMEOUT_MS / 1000)

            yield send

    def send(self, topic: str, value: bytes, headers: list[tuple[str, bytes]] | None = None) -> None:
        """Send one record and wait until it is acknowledged. Raises KafkaError."""
        with self.producer() as send:
            send(topic, value, headers)

    def records(self, topic: str, partitions: int = 1, most: int | None = None) -> Iterator[Any]:
        """All records that a topic has now, or the first ones. Raises KafkaError."""
        with closing(KafkaConsumer(**self._options, consumer_timeout_ms=TIMEOUT_MS)) as consumer:
            assigned = [TopicPartition(topic, number) for number in range(partitions)]
            consumer.assign(assigned)
            consumer.seek_to_beginning(*assigned)
            left = {partition: end for partition, end in consumer.end_offsets(assigned).items() if end > 0}
            for count, record in enumerate(consumer if left else (), 1):
                yield record
                partition = TopicPartition(record.topic, record.partition)
                if record.offset + 1 >= left.get(partition, 0):
                    left.pop(partition, None)
                if not left or count == most:
                    return

    def first_record(self, topic: str) -> Any:
        """The first record of partition 0, None where there is none. Raises KafkaError."""
        return next(self.records(topic, most=1), None)

    def group_position(self, group: str, topic: str) -> int | None:
        """How far a consumer group has read partition 0, None where it has not. Raises KafkaError."""
        with closing(KafkaConsumer(**self._options, group_id=group)) as consumer:
            return consumer.committed(TopicPartition(topic, 0))
