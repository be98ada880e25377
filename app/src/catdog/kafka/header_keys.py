"""Records with a header key that is no text: kafka-python 3.0.12 cannot get past one.

Kafka takes any bytes for a key. The client decodes each as UTF-8 while it unpacks a batch: the first poll that comes to
another one fails, and the next never ends. So a single record would stop every reader of its topic.
"""

from __future__ import annotations

from typing import Any

from kafka import KafkaConsumer
from kafka.consumer.fetcher import Fetcher
from kafka.record.default_records import DefaultRecordBatch
from kafka.record.memory_records import MemoryRecords


def take_any_header_keys(consumer: KafkaConsumer) -> None:
    """Have this client read on: what is no text in a key becomes U+FFFD."""
    consumer._fetcher.PartitionRecords = _Records


class _AnyBytes(bytearray):
    """Bytes of which each part can be decoded."""

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return _AnyBytes(found) if isinstance(place, slice) else found

    def decode(self, encoding: str = "utf-8", errors: str = "replace") -> str:
        return super().decode(encoding, "replace")


class _Batch(DefaultRecordBatch):
    __slots__ = ()

    def _read_msg(self) -> Any:
        try:
            return super()._read_msg()
        except UnicodeDecodeError:
            # Only now, as it makes reading slower; the client has not moved on yet.
            self._buffer = _AnyBytes(self._buffer)
            return super()._read_msg()


class _Batches:
    """Those of a fetch, as the client asks for them."""

    def __init__(self, records: MemoryRecords) -> None:
        self._records = records

    def next_batch(self) -> Any:
        batch = self._records.next_batch()
        if isinstance(batch, DefaultRecordBatch):
            batch.__class__ = _Batch
        return batch


class _Records(Fetcher.PartitionRecords):
    def _unpack_records(self, tp: Any, records: MemoryRecords, *deserializers: Any) -> Any:
        return super()._unpack_records(tp, _Batches(records), *deserializers)
