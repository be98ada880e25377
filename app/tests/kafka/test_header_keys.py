"""Records that another client has sent with header keys that are no text, as they come from a broker."""

import pytest
from kafka import TopicPartition
from kafka.consumer.fetcher import Fetcher
from kafka.errors import CorruptRecordError
from kafka.net.manager import KafkaConnectionManager
from kafka.record.memory_records import MemoryRecords, MemoryRecordsBuilder

from catdog.kafka.reader import connect, to_record
from catdog.kafka.settings import KafkaSettings
from catdog.streaming.settings import StreamSettings
from catdog.streaming.source import PictureSource

SETTINGS = KafkaSettings(("127.0.0.1:9093",), "rhte")
PARTITION = TopicPartition("rhte", 0)
NONE, GZIP = 0, 1


class Key(str):
    """A header's key that is sent as other bytes."""

    def encode(self, *_):
        return b"k\xe4tzchen\xff"


def fetched(compression):
    """Two batches of three records; the second record of the first has two odd keys among its headers."""
    data = b""
    for first in (0, 3):
        builder = MemoryRecordsBuilder(2, compression, 100_000, offset=first)
        for offset in range(first, first + 3):
            odd = [(Key("a"), b"1"), (Key("b"), None)] if offset == 1 else []
            builder.append(1, b"key", b"value" * 20, [*odd, ("file-name", f"kätzchen{offset}.jpg".encode())])
        builder.close()
        data += builder.buffer()
    return MemoryRecords(data)


@pytest.fixture
def unasked(monkeypatch):
    """Clients ask no broker when they are made."""
    monkeypatch.setattr(KafkaConnectionManager, "bootstrap", lambda *_, **__: None)
    monkeypatch.setattr(KafkaConnectionManager, "broker_version", (4, 3))


@pytest.fixture
def reader(unasked):
    consumer = connect(SETTINGS)
    yield consumer
    consumer.close()


@pytest.fixture
def member(unasked):
    source = PictureSource(StreamSettings.of(SETTINGS, environment={}))
    yield source._consumer
    source.close()


@pytest.mark.parametrize("client", ["reader", "member"])
@pytest.mark.parametrize("compression", [NONE, GZIP])
def test_a_header_key_that_is_no_text_stops_no_reader(client, compression, request):
    consumer = request.getfixturevalue(client)
    records = consumer._fetcher.PartitionRecords(0, PARTITION, fetched(compression)).take()
    read = [to_record(raw) for raw in records]
    assert [record.offset for record in read] == list(range(6))
    assert [record.file_name for record in read] == [f"kätzchen{offset}.jpg" for offset in range(6)]
    assert all(record.value == b"value" * 20 for record in read)
    assert read[1].headers["k\ufffdtzchen\ufffd"] == ""


def test_a_damaged_batch_is_still_an_error(reader):
    data = bytearray(fetched(NONE)._buffer)
    data[-5] ^= 1
    records = reader._fetcher.PartitionRecords(3, PARTITION, MemoryRecords(bytes(data)))
    with pytest.raises(CorruptRecordError, match="failed crc check"):
        records.take()


def test_the_client_itself_would_stop():
    """Where this fails, the client has learned it, and catdog.kafka.header_keys can go."""
    records = Fetcher.PartitionRecords(0, PARTITION, fetched(NONE))
    assert [raw.offset for raw in records.take()] == [0]
    with pytest.raises(CorruptRecordError, match="UnicodeDecodeError"):
        records.take()
