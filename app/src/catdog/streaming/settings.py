"""What the service needs to know beside where Kafka is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from catdog.errors import InputError
from catdog.kafka.settings import KafkaSettings

PREDICTIONS, GROUP = "KAFKA_PREDICTIONS_TOPIC", "KAFKA_GROUP"
# The rights of the lab's users reach topics and groups that are called after their topic and a dot.
GROUP_SUFFIX, PREDICTIONS_SUFFIX = ".stream", "-predictions"
# What one answer of Kafka may hold. A batch more of pictures than that waits in memory at most.
DEFAULT_BATCH = 64


@dataclass(frozen=True)
class StreamSettings:
    """Where pictures come from, where predictions go, in which consumer group, and how many pictures make a batch."""

    kafka: KafkaSettings
    predictions: str
    group: str
    batch: int = DEFAULT_BATCH

    @classmethod
    def of(
        cls,
        kafka: KafkaSettings,
        predictions: str | None = None,
        group: str | None = None,
        batch: int = DEFAULT_BATCH,
        environment: Mapping[str, str] | None = None,
    ) -> StreamSettings:
        """As given, else from KAFKA_PREDICTIONS_TOPIC and KAFKA_GROUP, else named after the topic of pictures.

        Raises InputError where predictions would go to the topic that pictures come from.
        """
        predictions = predictions_topic(kafka, predictions, environment)
        given = os.environ if environment is None else environment
        group = group or given.get(GROUP, "").strip() or kafka.topic + GROUP_SUFFIX
        return cls(kafka, predictions, group, batch)

    @property
    def predictions_settings(self) -> KafkaSettings:
        """The same Kafka, the topic of predictions."""
        return replace(self.kafka, topic=self.predictions)


def predictions_topic(
    kafka: KafkaSettings, given: str | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """As given, else KAFKA_PREDICTIONS_TOPIC, else the topic's name with `-predictions`.

    Raises InputError where it is the topic of pictures: a prediction would be classified as a picture, for ever.
    """
    known = os.environ if environment is None else environment
    topic = given or known.get(PREDICTIONS, "").strip() or kafka.topic + PREDICTIONS_SUFFIX
    if topic == kafka.topic:
        raise InputError(f"predictions and pictures are both to be in topic {topic}: set {PREDICTIONS} to another one")
    return topic
