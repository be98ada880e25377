"""Whether a topic is there, asked in a way by which no broker creates it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import InvalidTopicError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError

from catdog.errors import KafkaError
from catdog.kafka.settings import KafkaSettings

CONNECT_SECONDS = 10


def topic_id(settings: KafkaSettings) -> str:
    """What tells this topic from one that was deleted and bore its name.

    Raises KafkaError if there is none of the name, kafka.errors.TopicAuthorizationFailedError if it may not be seen.
    """
    found = _described(settings)
    if found["error_code"] == TopicAuthorizationFailedError.errno:
        raise TopicAuthorizationFailedError(settings.topic)
    if found["error_code"] == UnknownTopicOrPartitionError.errno:
        raise missing_topic(settings)
    if found["error_code"] == InvalidTopicError.errno:
        raise KafkaError(f"topic {settings.topic!r} has a name that Kafka does not allow: give another one")
    return str(found.get("topic_id"))


def first_offsets(settings: KafkaSettings) -> dict[int, int]:
    """Offset of the oldest record that each partition still has."""
    with _admin(settings) as admin:
        numbers = [one["partition_index"] for one in admin.describe_topics([settings.topic])[0]["partitions"]]
        wanted = {TopicPartition(settings.topic, number): OffsetSpec.EARLIEST for number in numbers}
        return {one.partition: told.offset for one, told in admin.list_partition_offsets(wanted).items()}


def missing_topic(settings: KafkaSettings) -> KafkaError:
    """What to say of a topic that is not there."""
    return KafkaError(
        f"topic {settings.topic} does not exist at {','.join(settings.bootstrap_servers)}: "
        "create it, or set KAFKA_TOPIC to one that does"
    )


def _described(settings: KafkaSettings) -> dict:
    """By its name: of all topics a client is told those only that it may see."""
    with _admin(settings) as admin:
        (found,) = admin.describe_topics([settings.topic])
        return found


@contextmanager
def _admin(settings: KafkaSettings) -> Iterator[KafkaAdminClient]:
    bound = CONNECT_SECONDS * 1000
    admin = KafkaAdminClient(**settings.client_options(), bootstrap_timeout_ms=bound, request_timeout_ms=bound)
    try:
        yield admin
    finally:
        admin.close()
