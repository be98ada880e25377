"""What the service needs to know beside where Kafka is."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from catdog.errors import InputError
from catdog.kafka.settings import KafkaSettings

TOPIC, PREDICTIONS, GROUP = "KAFKA_TOPIC", "KAFKA_PREDICTIONS_TOPIC", "KAFKA_GROUP"
# The rights of the lab's users reach topics and groups that are called after their topic and a dot.
GROUP_SUFFIX, PREDICTIONS_SUFFIX = ".stream", "-predictions"
# What one answer of Kafka may hold. A batch more of pictures than that waits in memory at most.
DEFAULT_BATCH = 64


@dataclass(frozen=True)
class StreamSettings:
    """Where pictures come from, where predictions go, in which consumer group, and how many pictures make a batch.

    kafka: its topic is what messages call the topics of pictures; predictions: by topic of pictures, the topic that its
    predictions go to; waits: whether topics that cannot be used are waited for.
    """

    kafka: KafkaSettings
    predictions: Mapping[str, str]
    group: str
    batch: int = DEFAULT_BATCH
    waits: bool = False

    @classmethod
    def of(
        cls,
        kafka: KafkaSettings,
        predictions: Sequence[str] = (),
        group: str | None = None,
        batch: int = DEFAULT_BATCH,
        waits: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> StreamSettings:
        """The topics of pictures are those of `kafka`, with commas between several.

        predictions, group: as given, else from KAFKA_PREDICTIONS_TOPIC and KAFKA_GROUP, else named after the topic of
        pictures. Raises InputError where predictions would go to a topic that pictures come from, where a topic has no
        other one for its predictions, or where several have no group.
        """
        given = os.environ if environment is None else environment
        pictures = _names(kafka.topic)
        if not pictures:
            raise InputError(f"{TOPIC} is {kafka.topic!r}, which names no topic: give one, or several with commas")
        if twice := [name for name in dict.fromkeys(pictures) if pictures.count(name) > 1]:
            raise InputError(f"{TOPIC} names {', '.join(twice)} more than once: name each topic of pictures once")
        named = tuple(predictions) or _names(given.get(PREDICTIONS, ""))
        named = named or tuple(name + PREDICTIONS_SUFFIX for name in pictures)
        if len(named) != len(pictures):
            raise InputError(
                f"{TOPIC} names {len(pictures)} topic(s) of pictures and {PREDICTIONS} {len(named)} of predictions: "
                "name as many, in the same order"
            )
        for topic in pictures:
            _check_apart(topic, named)
        group = group or given.get(GROUP, "").strip()
        if not group and len(pictures) > 1:
            raise InputError(f"{len(pictures)} topics of pictures are to be read in one consumer group: set {GROUP}")
        if len(pictures) > 1:
            kafka = replace(kafka, topic=f"{pictures[0]} and {len(pictures) - 1} more")
        routes = MappingProxyType(dict(zip(pictures, named, strict=True)))
        return cls(kafka, routes, group or kafka.topic + GROUP_SUFFIX, batch, waits)

    def pictures_at(self, pictures: str) -> KafkaSettings:
        """The same Kafka, this topic of pictures."""
        return replace(self.kafka, topic=pictures)

    def predictions_at(self, pictures: str) -> KafkaSettings:
        """The same Kafka, the topic that predictions of these pictures go to."""
        return replace(self.kafka, topic=self.predictions[pictures])


def predictions_topic(
    kafka: KafkaSettings, given: str | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """Of one topic of pictures: as given, else KAFKA_PREDICTIONS_TOPIC, else its name with `-predictions`.

    Raises InputError where it is the topic of pictures: a prediction would be classified as a picture, for ever.
    """
    known = os.environ if environment is None else environment
    topic = given or known.get(PREDICTIONS, "").strip() or kafka.topic + PREDICTIONS_SUFFIX
    _check_apart(kafka.topic, (topic,))
    return topic


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _check_apart(pictures: str, predictions: Sequence[str]) -> None:
    if pictures in predictions:
        raise InputError(
            f"predictions and pictures are both to be in topic {pictures}: set {PREDICTIONS} to another one"
        )
