"""Pictures in a consumer group: what is read, what of it is committed, and what a rebalance takes away."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from contextlib import suppress

import kafka.errors
from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from catdog.kafka.header_keys import take_any_header_keys
from catdog.kafka.reader import CONNECT_SECONDS, Record, create_no_topics, to_record
from catdog.kafka.settings import MAX_FETCH_BYTES
from catdog.streaming.failures import ASK_SECONDS, passing
from catdog.streaming.settings import StreamSettings
from catdog.streaming.topics import unusable_topics

# A killed member's partitions stay without one for this long. Kafka's own 45 s is for members far away.
SESSION_SECONDS = 10
HEARTBEAT_SECONDS = 2
# Brokers that come back are found within this time.
RECONNECT_SECONDS = 2
COMMIT_SECONDS = 10
# A group that has assigned nothing for longer is joined anew: about once in a hundred starts kafka-python 3.0.12 joins
# twice and then asks no more, for ever.
JOIN_SECONDS = 30
# The group went on without us: whoever has the partitions now reads on from the last commit.
_MEMBERSHIP_LOST = (
    kafka.errors.CommitFailedError,
    kafka.errors.FencedInstanceIdError,
    kafka.errors.IllegalGenerationError,
    kafka.errors.RebalanceInProgressError,
    kafka.errors.UnknownMemberIdError,
)


class PictureSource:
    """Topics of pictures, read by one member of the group; all of the settings', unless told. Not thread-safe.

    joined: whether the group has said which partitions are ours; none, where there are more members than partitions.
    Raises UnavailableError where Kafka does not answer, UnusableTopicsError where a topic may not be read, KafkaError
    where nothing will change that.
    """

    def __init__(self, settings: StreamSettings, topics: Collection[str] | None = None) -> None:
        self.settings = settings
        self._topics: frozenset[str] = frozenset()
        self._waits_since = 0.0
        self._acknowledged: dict[TopicPartition, int] = {}
        self._consumer: KafkaConsumer | None = None
        self.subscribe(settings.predictions if topics is None else topics)

    def subscribe(self, topics: Collection[str]) -> None:
        """Read these from now on, each from its last commit; none: join no group.

        By another client: kafka-python 3.0.12 goes on asking for a topic that is taken out of a subscription, and fails
        for ever where it is not allowed.
        """
        self._topics = frozenset(topics)
        self.joined, self._waits_since = not topics, time.monotonic()
        with passing(self.settings, COMMIT_SECONDS):
            self.close()
        if not topics:
            return
        with passing(self.settings, CONNECT_SECONDS):
            self._consumer = KafkaConsumer(
                **self.settings.kafka.client_options(),
                group_id=self.settings.group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                bootstrap_timeout_ms=CONNECT_SECONDS * 1000,
                reconnect_backoff_max_ms=RECONNECT_SECONDS * 1000,
                session_timeout_ms=SESSION_SECONDS * 1000,
                heartbeat_interval_ms=HEARTBEAT_SECONDS * 1000,
                max_partition_fetch_bytes=MAX_FETCH_BYTES,
                # Of all partitions together: what waits in memory is bounded by it.
                fetch_max_bytes=2 * MAX_FETCH_BYTES,
            )
        create_no_topics(self._consumer._cluster)
        take_any_header_keys(self._consumer)
        self._consumer.subscribe(sorted(topics), listener=_Assignment(self))

    def poll(self, seconds: float, count: int) -> list[Record]:
        """At most `count` records, as soon as there are any; none when that takes longer than `seconds`."""
        if not self._topics:
            time.sleep(seconds)
            return []
        if self._consumer is None or (not self.joined and time.monotonic() - self._waits_since > JOIN_SECONDS):
            self.subscribe(self._topics)
        with passing(self.settings, seconds):
            found = self._consumer.poll(timeout_ms=round(seconds * 1000), max_records=count)
        return [to_record(raw) for batch in found.values() for raw in batch]

    def commit(self, records: Iterable[Record]) -> bool:
        """That these records, and all before them, need not be read again; of partitions that are still ours.

        False where the group went on without us.
        """
        ours = self._consumer.assignment() if self._consumer else set()
        offsets: dict[TopicPartition, int] = {}
        for record in records:
            partition = TopicPartition(record.topic, record.partition)
            if partition in ours:
                offsets[partition] = max(record.offset + 1, offsets.get(partition, 0))
        if not offsets:
            return False
        try:
            with passing(self.settings, COMMIT_SECONDS):
                self._consumer.commit(
                    {partition: OffsetAndMetadata(offset) for partition, offset in offsets.items()},
                    timeout_ms=COMMIT_SECONDS * 1000,
                )
        except Exception as error:
            if _caused_by(error, _MEMBERSHIP_LOST):
                return False
            raise
        self._acknowledged |= offsets
        return True

    def lags(self) -> dict[TopicPartition, int]:
        """By partition of ours: how many records have no prediction yet, as far as that is known."""
        found = {}
        for partition in self._consumer.assignment() if self._consumer else ():
            with suppress(kafka.errors.IllegalStateError):
                end, done = self._consumer.highwater(partition), self._acknowledged.get(partition)
                if end is not None and done is None:
                    with passing(self.settings, ASK_SECONDS):
                        done = self._consumer.position(partition, timeout_ms=ASK_SECONDS * 1000)
                if end is not None and done is not None:
                    found[partition] = max(0, end - done)
        return found

    def ask(self) -> None:
        """Whether brokers answer: ask them something, while no record shows it. Raises UnavailableError."""
        if self._consumer is None:
            unusable_topics(self.settings)
            return
        first = TopicPartition(min(self._consumer.subscription()), 0)
        partitions = list(self._consumer.assignment()) or [first]
        with passing(self.settings, ASK_SECONDS):
            self._consumer.end_offsets(partitions, timeout_ms=ASK_SECONDS * 1000)

    def close(self) -> None:
        """Leave the group, so that others have our partitions at once."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close(autocommit=False, timeout_ms=COMMIT_SECONDS * 1000)


class _Assignment(ConsumerRebalanceListener):
    """Told by the client's own thread, while it polls, what becomes of our partitions."""

    def __init__(self, source: PictureSource) -> None:
        self._source = source

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self._source.joined, self._source._waits_since = False, time.monotonic()

    def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        self.on_partitions_revoked(lost)

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._source._acknowledged.clear()
        self._source.joined = True


def _caused_by(error: BaseException | None, kinds: tuple[type[Exception], ...]) -> bool:
    while error is not None:
        if isinstance(error, kinds):
            return True
        error = error.__cause__
    return False
