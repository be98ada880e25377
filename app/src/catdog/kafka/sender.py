"""Many records to a topic, quickly: in batches, several on their way at once, each acknowledged by all its replicas."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from types import TracebackType
from typing import Any, NamedTuple

import kafka.errors
from kafka import KafkaProducer

from catdog.errors import InputError
from catdog.kafka.failures import as_kafka_error
from catdog.kafka.settings import KafkaSettings
from catdog.kafka.topics import CONNECT_SECONDS, first_offsets, topic_id
from catdog.limits import MAX_MESSAGE_BYTES, MAX_MESSAGE_SIZE

# What a record may have beside its value: key, headers and its own.
ROOM_FOR_HEADERS = 4096
MAX_VALUE_BYTES = MAX_MESSAGE_BYTES - ROOM_FOR_HEADERS
# Until a record that no broker has acknowledged is given up.
DELIVERY_SECONDS = 30
_BATCH_BYTES = 512 * 1024
_LINGER_SECONDS = 0.05
# Not acknowledged yet: kafka-python 3 itself sets no bound to what waits.
_MOST_WAITING_BYTES = 32 * 1024 * 1024


class Acknowledged(NamedTuple):
    """A record that is in the topic. tag: what its sender calls it."""

    tag: Any
    partition: int
    offset: int


class RecordSender:
    """Sends to one topic, which has to exist. Use as a context manager.

    topic_id: tells it from another of its name; first_offsets: of the oldest record that each partition still has.

    Raises KafkaError when no broker answers within CONNECT_SECONDS or acknowledges within DELIVERY_SECONDS, TLS or the
    right to write is refused, or the topic is not there.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self.settings = settings
        self._changed = threading.Condition()
        self._waiting = 0  # bytes that are not acknowledged yet
        self._failed: tuple[Any, BaseException] | None = None
        self._acknowledged: deque[Acknowledged] = deque()
        with as_kafka_error(settings, CONNECT_SECONDS, writes=True):
            self.topic_id = topic_id(settings)
            self.first_offsets = first_offsets(settings)
            self._producer = KafkaProducer(
                **settings.client_options(),
                acks="all",
                batch_size=_BATCH_BYTES,
                linger_ms=round(_LINGER_SECONDS * 1000),
                max_request_size=MAX_MESSAGE_BYTES,
                bootstrap_timeout_ms=CONNECT_SECONDS * 1000,
                max_block_ms=CONNECT_SECONDS * 1000,
                request_timeout_ms=(DELIVERY_SECONDS - 1) * 1000,
                delivery_timeout_ms=DELIVERY_SECONDS * 1000,
            )

    def __enter__(self) -> RecordSender:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error:
            # What waits is not worth waiting for; kafka-python 3.0.12 leaves its thread at work where it is not done.
            self._producer._sender.force_close()
        with as_kafka_error(self.settings, DELIVERY_SECONDS, writes=True), self._unless(error):
            self._producer.close(timeout=0 if error else DELIVERY_SECONDS)

    @staticmethod
    def _unless(error: BaseException | None) -> AbstractContextManager:
        """After an error that one is told, and not that the rest did not come in time."""
        return suppress(kafka.errors.KafkaTimeoutError) if error else nullcontext()

    def send(self, tag: Any, key: str, value: bytes, headers: Mapping[str, str]) -> None:
        """Send a record; waits while too much is on its way. Raises what has become of an earlier one, too."""
        if len(value) > MAX_VALUE_BYTES:
            raise InputError(
                f"{tag} has {len(value)} bytes, more than the {MAX_VALUE_BYTES} that fit into a record of "
                f"{MAX_MESSAGE_SIZE}: make the picture smaller, or take it away"
            )
        self._wait_until(lambda: self._waiting + len(value) <= max(_MOST_WAITING_BYTES, len(value)))
        with as_kafka_error(self.settings, CONNECT_SECONDS, writes=True):
            future = self._producer.send(
                self.settings.topic,
                key=key.encode(),
                value=value,
                headers=[(name, text.encode()) for name, text in headers.items()],
            )
        with self._changed:
            self._waiting += len(value)
        future.add_callback(self._on_success, tag, len(value))
        future.add_errback(self._on_failure, tag, len(value))

    def acknowledged(self) -> list[Acknowledged]:
        """What has been acknowledged since this was asked last."""
        return [self._acknowledged.popleft() for _ in range(len(self._acknowledged))]

    def wait(self, seconds: float) -> bool:
        """Wait so long at most until all is acknowledged; whether it is. Raises what has become of one that is not."""
        return self._wait_until(lambda: not self._waiting, seconds)

    def _on_success(self, tag: Any, size: int, told: Any) -> None:
        with self._changed:
            self._acknowledged.append(Acknowledged(tag, told.partition, told.offset))
            self._waiting -= size
            self._changed.notify()

    def _on_failure(self, tag: Any, size: int, error: BaseException) -> None:
        with self._changed:
            self._failed = self._failed or (tag, error)
            self._waiting -= size
            self._changed.notify()

    def _wait_until(self, holds: Any, seconds: float = 2 * DELIVERY_SECONDS) -> bool:
        deadline = time.monotonic() + seconds
        with as_kafka_error(self.settings, DELIVERY_SECONDS, writes=True), self._changed:
            while True:
                if self._failed:
                    raise self._of_one(*self._failed)
                if holds():
                    return True
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    return False

    def _of_one(self, tag: Any, error: BaseException) -> BaseException:
        if isinstance(error, (kafka.errors.MessageSizeTooLargeError, kafka.errors.RecordListTooLargeError)):
            return InputError(
                f"{tag} is larger than topic {self.settings.topic} takes: make the picture smaller, take it away, "
                "or have the topic's max.message.bytes raised"
            )
        return error
