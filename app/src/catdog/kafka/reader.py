"""Pictures from a Kafka topic: records are read at explicit offsets, without a consumer group.

A group would remember for everybody what one reader has seen; here each reader decides by itself where to begin,
so that two attendees, or the same one twice, read the same records.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from catdog.errors import InputError, KafkaError
from catdog.kafka.failures import as_kafka_error
from catdog.kafka.header_keys import take_any_header_keys
from catdog.kafka.settings import MAX_FETCH_BYTES, KafkaSettings
from catdog.kafka.topics import CONNECT_SECONDS, missing_topic, topic_id

_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Record:
    """One record of the topic. value: the picture's bytes; headers: as text, see the README's table of messages."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    headers: Mapping[str, str]
    value: bytes

    @property
    def correlation_id(self) -> str | None:
        """What the sender called it, if it did."""
        return self.headers.get("correlation-id")

    @property
    def file_name(self) -> str | None:
        """Name of the file that was sent, if told."""
        return self.headers.get("file-name")

    @property
    def sha256(self) -> str:
        """Checksum of the bytes that came, in hex."""
        return hashlib.sha256(self.value).hexdigest()

    def __str__(self) -> str:
        return f"{self.topic} partition {self.partition} offset {self.offset}"


class PictureReader:
    """Reads one topic's records in order of arrival in each partition.

    Use as a context manager. Raises KafkaError if no broker answers within CONNECT_SECONDS, TLS or a permission is
    refused, or the topic is not there.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self.settings = settings
        with as_kafka_error(settings, CONNECT_SECONDS):
            self._consumer = connect(settings)
        try:
            with as_kafka_error(settings, CONNECT_SECONDS):
                self._partitions = partitions_of(self._consumer, settings)
                self._consumer.assign(self._partitions)
                self._first = self._consumer.beginning_offsets(self._partitions)
                self._end = self._consumer.end_offsets(self._partitions)
        except BaseException:
            self.close()
            raise
        self.from_beginning()

    def __enter__(self) -> PictureReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the brokers."""
        self._consumer.close()

    def from_beginning(self) -> None:
        """Go to the oldest record of every partition."""
        for partition in self._partitions:
            self._consumer.seek(partition, self._first[partition])

    def from_newest(self, count: int) -> bool:
        """Go back `count` records from the end of every partition; whether any has older ones."""
        for partition in self._partitions:
            self._consumer.seek(partition, max(self._first[partition], self._end[partition] - count))
        return any(self._end[partition] - self._first[partition] > count for partition in self._partitions)

    def from_offsets(self, offsets: Mapping[int, int]) -> None:
        """Go to an offset in each named partition, and to the end of the others.

        Raises InputError for a partition or an offset that the topic does not have; the end itself is allowed.
        """
        for number in offsets:
            if number not in {partition.partition for partition in self._partitions}:
                raise InputError(
                    f"topic {self.settings.topic} has no partition {number}: it has 0 to {len(self._partitions) - 1}"
                )
        for partition in self._partitions:
            first, end = self._first[partition], self._end[partition]
            offset = offsets.get(partition.partition, end)
            if not first <= offset <= end:
                raise InputError(
                    f"topic {self.settings.topic} partition {partition.partition} has no offset {offset}: "
                    f"it holds {first} to {end} (the end)"
                )
            self._consumer.seek(partition, offset)

    def records(self, timeout: float, until_end: bool = False) -> Iterator[Record]:
        """Records from where the reader stands, as they come, for `timeout` seconds.

        until_end: only those that were there when the reader connected; raises KafkaError if they do not come in time.
        """
        deadline = time.monotonic() + timeout
        while not (until_end and self._at_end()):
            if time.monotonic() > deadline:
                if until_end:
                    raise KafkaError(
                        f"{self.settings}: its records did not come within {timeout:g} s: "
                        "give more time, or look at the brokers"
                    )
                return
            wait = min(_POLL_SECONDS, max(deadline - time.monotonic(), 0.01))
            with as_kafka_error(self.settings, wait):
                batches = self._consumer.poll(timeout_ms=round(wait * 1000), max_records=20)
            for partition, batch in batches.items():
                for raw in batch:
                    if not until_end or raw.offset < self._end[partition]:
                        yield to_record(raw)

    def _at_end(self) -> bool:
        return all(self._consumer.position(partition) >= self._end[partition] for partition in self._partitions)


def wanted(records: Iterator[Record], correlation_ids: Collection[str]) -> Iterator[Record]:
    """Of the records those with one of the ids; ends when each id has come once."""
    missing = set(correlation_ids)
    for record in records:
        if record.correlation_id in missing:
            missing.discard(record.correlation_id)
            yield record
        if not missing:
            return


def connect(settings: KafkaSettings, group: str | None = None, **options: Any) -> KafkaConsumer:
    """A client that reads, and commits nothing by itself. options: further ones of kafka-python's."""
    consumer = KafkaConsumer(
        **settings.client_options(),
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        bootstrap_timeout_ms=CONNECT_SECONDS * 1000,
        max_partition_fetch_bytes=MAX_FETCH_BYTES,
        **options,
    )
    create_no_topics(consumer._cluster)
    take_any_header_keys(consumer)
    return consumer


def create_no_topics(cluster: Any) -> None:
    """Keep a client from having topics created by asking for them; cluster: what it knows of the brokers.

    kafka-python 3.0.12 does not hand its option on: brokers that create topics by themselves would have a topic that is
    deleted while it is used made anew.
    """
    cluster.config["allow_auto_create_topics"] = False


def partitions_of(consumer: KafkaConsumer, settings: KafkaSettings) -> list[TopicPartition]:
    """All partitions of the topic. Raises KafkaError when it does not exist, or may not be seen."""
    numbers = consumer.partitions_for_topic(settings.topic)
    if not numbers:
        topic_id(settings)
        raise missing_topic(settings)
    return [TopicPartition(settings.topic, number) for number in sorted(numbers)]


def to_record(raw: Any) -> Record:
    """A record as the client gives it: headers as text, no value as an empty one."""
    headers = {key: (value or b"").decode("utf-8", "replace") for key, value in raw.headers}
    return Record(raw.topic, raw.partition, raw.offset, raw.timestamp, headers, raw.value or b"")
