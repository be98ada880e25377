"""All records that a topic holds when one begins to read, in batches: by one reader, or shared by those of a group."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType

import kafka.errors
from kafka import TopicPartition
from kafka.structs import OffsetAndMetadata

from catdog.kafka.failures import as_kafka_error
from catdog.kafka.reader import Record, connect, partitions_of, to_record
from catdog.kafka.settings import KafkaSettings
from catdog.kafka.topics import CONNECT_SECONDS, topic_id

# Without a record: longer than a group takes to notice that a reader has died (45 s), and to share its part out.
STALL_SECONDS = 90
_POLL_SECONDS = 0.5
_BATCH = 500


class WholeTopic:
    """Reads from the oldest record, or where it is told to, to the end that it saw at the start.

    group: name of a consumer group, whose readers share the partitions; it begins where the group has got to, and ends
    when the group has read all, so that it takes over from one that has died. Kafka's checksums are
    not looked at: the caller compares sha256. Raises KafkaError as PictureReader does, and when nothing comes for
    STALL_SECONDS.
    """

    def __init__(self, settings: KafkaSettings, group: str | None = None) -> None:
        self.settings, self._group = settings, group
        with as_kafka_error(settings, CONNECT_SECONDS):
            self.topic_id = topic_id(settings)
            # Its checksums take a quarter of a second a megabyte in Python.
            self._consumer = connect(settings, group, check_crcs=False)
        try:
            with as_kafka_error(settings, CONNECT_SECONDS):
                self._partitions = partitions_of(self._consumer, settings)
                self._first = self._consumer.beginning_offsets(self._partitions)
                self._end = self._consumer.end_offsets(self._partitions)
                if group:
                    self._consumer.subscribe([settings.topic])
                else:
                    self._consumer.assign(self._partitions)
                    self.seek({})
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __enter__(self) -> WholeTopic:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._consumer.close()

    @property
    def total(self) -> int:
        """Offsets from the oldest record to the end; a compacted topic has fewer records."""
        return sum(self._end[partition] - self._first[partition] for partition in self._partitions)

    def seek(self, offsets: dict[int, int]) -> None:
        """Without a group: go to an offset in each named partition, in others to the oldest record."""
        for partition in self._partitions:
            first, end = self._first[partition], self._end[partition]
            self._consumer.seek(partition, min(max(offsets.get(partition.partition, first), first), end))

    def offsets(self) -> dict[int, int]:
        """Where the reader stands in each of its partitions: what has been handed out lies before it."""
        return {partition.partition: self._position(partition) for partition in self._consumer.assignment()}

    def batches(self) -> Iterator[list[Record]]:
        """The records. When the next ones are asked for, those handed out before are done with: a group is told so."""
        with as_kafka_error(self.settings, STALL_SECONDS):
            moved = looked = time.monotonic()
            before = 0
            while self._group or not self._at_end():
                polled = self._consumer.poll(timeout_ms=round(_POLL_SECONDS * 1000), max_records=_BATCH)
                records = [
                    to_record(raw)
                    for partition, batch in polled.items()
                    for raw in batch
                    if raw.offset < self._end[partition]
                ]
                if records:
                    yield records
                    moved = time.monotonic()
                    self._commit()
                elif self._group and time.monotonic() - looked > _POLL_SECONDS:
                    self._commit()
                    done = self._done_by_group()
                    if done == self.total:
                        return
                    moved, before = (time.monotonic(), done) if done != before else (moved, before)
                    looked = time.monotonic()
                if time.monotonic() - moved > STALL_SECONDS:
                    raise kafka.errors.KafkaTimeoutError("its records did not come")

    def _commit(self) -> None:
        if not self._group:
            return
        done = {
            partition: OffsetAndMetadata(self._position(partition), "", -1) for partition in self._consumer.assignment()
        }
        # Where the group has given a partition to another reader, that one is handed them again.
        with suppress(kafka.errors.CommitFailedError, kafka.errors.RebalanceInProgressError):
            if done:
                self._consumer.commit(done)

    def _done_by_group(self) -> int:
        """Offsets before the end that all readers of the group are done with, or that hold nothing any more."""
        done = 0
        for partition in self._partitions:
            first, end = self._first[partition], self._end[partition]
            reached = self._consumer.committed(partition) if end > first else None
            done += min(max(reached or first, first), end) - first
        return done

    def _position(self, partition: TopicPartition) -> int:
        return min(self._consumer.position(partition), self._end[partition])

    def _at_end(self) -> bool:
        return all(self._position(partition) >= self._end[partition] for partition in self._partitions)
