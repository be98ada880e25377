"""Calls to Kafka about topics. They block: run them in a thread."""

import base64
import re
import uuid
from typing import Any

from kafka.admin import AlterConfigOp, ConfigResource, ConfigResourceType

from ..errors import KafkaRequestError
from ..kafka_clients.admin import KafkaAdmin, kafka_error, raise_for_error
from ..settings import EntityOperatorSettings
from .decision import TopicState

UNKNOWN_TOPIC, UNKNOWN_TOPIC_ID = 3, 100
ALTER_RESPONSE = re.compile(r"(?:\[Error \d+\] )?(?P<error>\w+Error)(?:: (?P<message>.*))?", re.DOTALL)


class TopicAdmin(KafkaAdmin):
    """What Kafka knows and does about topics. Raises KafkaError."""

    def __init__(self, settings: EntityOperatorSettings) -> None:
        super().__init__(settings, f"{settings.cluster}-topic-operator")

    def describe(self, name: str) -> TopicState | None:
        """The topic as it is, None where there is none."""
        (topic,) = self.client.describe_topics([name])
        if topic["error_code"] in (UNKNOWN_TOPIC, UNKNOWN_TOPIC_ID):
            return None
        raise_for_error(topic)
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
        (response,) = self.client.create_topics(wish, raise_errors=False)["topics"]
        raise_for_error(response)
        return encoded_id(response["topic_id"])

    def change_config(self, name: str, to_set: dict[str, str], to_reset: tuple[str, ...]) -> None:
        """Set and reset configuration of a topic, all or nothing. Raises KafkaRequestError."""
        operations: dict[str, Any] = {key: (AlterConfigOp.SET, value) for key, value in to_set.items()}
        operations |= {key: (AlterConfigOp.DELETE, None) for key in to_reset}
        resource = ConfigResource(ConfigResourceType.TOPIC, name, configs=operations)
        response = self.client.alter_configs([resource], raise_on_unknown=False, incremental=True)["topic"][name]
        if response != "OK":
            found = ALTER_RESPONSE.match(response)
            raise kafka_error(found["error"], found["message"]) if found else KafkaRequestError(response)

    def add_partitions(self, name: str, count: int) -> None:
        """Raise the number of partitions to `count`. Raises KafkaRequestError."""
        (response,) = self.client.create_partitions({name: count}, raise_errors=False).to_dict()["results"]
        raise_for_error(response)

    def delete(self, name: str) -> None:
        """Delete a topic; one that is gone already is well. Raises KafkaRequestError."""
        (response,) = self.client.delete_topics([name], raise_errors=False)["topics"]
        if response["error_code"] not in (UNKNOWN_TOPIC, UNKNOWN_TOPIC_ID):
            raise_for_error(response)


def encoded_id(topic_id: Any) -> str:
    """A topic's id as Kafka prints it: 22 characters of URL-safe base64."""
    return base64.urlsafe_b64encode(uuid.UUID(str(topic_id)).bytes).decode().rstrip("=")
