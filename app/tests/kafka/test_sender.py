"""Sending many records: what is told to be acknowledged is, and nothing waits without a bound."""

import threading
from types import SimpleNamespace

import kafka.errors
import pytest
from kafka.future import Future

from catdog.errors import InputError, KafkaError, NotAuthorizedError
from catdog.kafka import sender as kafka_sender
from catdog.kafka.sender import MAX_VALUE_BYTES, Acknowledged, RecordSender
from catdog.kafka.settings import KafkaSettings

SETTINGS = KafkaSettings(("127.0.0.1:9093",), "photos")


class FakeProducer:
    """Keeps each record's future, for the test to end it."""

    def __init__(self, **options):
        self.options, self.sent, self.futures, self.closed_with = options, [], [], None
        self._sender = SimpleNamespace(force_close=lambda: None)

    def send(self, topic, key, value, headers):
        self.sent.append((topic, key, value, dict(headers)))
        self.futures.append(Future())
        return self.futures[-1]

    def acknowledge(self, number):
        self.futures[number].success(SimpleNamespace(partition=1, offset=number))

    def close(self, timeout):
        self.closed_with = timeout
        if any(not future.is_done for future in self.futures):
            raise kafka.errors.KafkaTimeoutError("Timeout waiting for future")


@pytest.fixture
def producer(monkeypatch):
    made = []
    monkeypatch.setattr(kafka_sender, "topic_id", lambda _: "id-1")
    monkeypatch.setattr(kafka_sender, "first_offsets", lambda _: {0: 0, 1: 0})
    monkeypatch.setattr(kafka_sender, "KafkaProducer", lambda **given: made.append(FakeProducer(**given)) or made[0])
    return made


def test_a_record_has_key_bytes_and_headers_and_all_replicas_acknowledge(producer):
    with RecordSender(SETTINGS) as sender:
        sender.send("tag", "training/cat/1.jpg", b"bytes", {"label": "cat"})
        assert producer[0].sent == [("photos", b"training/cat/1.jpg", b"bytes", {"label": b"cat"})]
        assert producer[0].options["acks"] == "all"
        producer[0].acknowledge(0)
        assert sender.wait(0.1)


def test_only_what_was_acknowledged_is_told_so_and_once(producer):
    with RecordSender(SETTINGS) as sender:
        for tag in "abc":
            sender.send(tag, tag, b"x", {})
        producer[0].acknowledge(2)
        producer[0].acknowledge(0)
        assert sender.acknowledged() == [Acknowledged("c", 1, 2), Acknowledged("a", 1, 0)]
        assert sender.acknowledged() == []
        assert not sender.wait(0.05), "b is on its way"
        producer[0].acknowledge(1)
        assert sender.wait(0.05)


def test_it_waits_while_too_much_is_on_its_way(producer, monkeypatch):
    monkeypatch.setattr(kafka_sender, "_MOST_WAITING_BYTES", 10)
    with RecordSender(SETTINGS) as sender:
        sender.send("a", "a", b"x" * 8, {})
        second = threading.Thread(target=sender.send, args=("b", "b", b"x" * 8, {}))
        second.start()
        second.join(0.2)
        assert len(producer[0].sent) == 1
        producer[0].acknowledge(0)
        second.join(5)
        assert len(producer[0].sent) == 2
        producer[0].acknowledge(1)


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (kafka.errors.TopicAuthorizationFailedError("photos"), NotAuthorizedError,
         "not authorized: the broker does not allow us to write to it: .* right to Describe and Write"),
        (kafka.errors.MessageSizeTooLargeError(), InputError, "cat.jpg is larger than topic photos takes: .*max.mess"),
        (kafka.errors.KafkaTimeoutError("no"), KafkaError, "no broker answers within 30 s"),
        (kafka.errors.UnknownTopicOrPartitionError(), KafkaError, r"does not exist \(any more\)"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_record_is_told(producer, error, kind, told):
    with pytest.raises(kind, match=told), RecordSender(SETTINGS) as sender:
        sender.send("cat.jpg", "k", b"x", {})
        sender.send("dog.jpg", "k", b"x", {})
        producer[0].futures[0].failure(error)
        sender.wait(1)
    assert producer[0].closed_with == 0, "what is left is not waited for"


def test_a_record_that_does_not_fit_is_refused_before_it_is_sent(producer):
    with pytest.raises(InputError, match=r"big.jpg has .* bytes, more .*10 MiB"), RecordSender(SETTINGS) as sender:
        sender.send("big.jpg", "k", bytes(MAX_VALUE_BYTES + 1), {})
    assert producer[0].sent == []
