"""Reading a topic: where it begins, when it ends, and what a record that is no picture does."""

import io
import logging
from types import SimpleNamespace

import kafka.errors
import pytest
from kafka.net.manager import KafkaConnectionManager
from PIL import Image

from catdog.errors import InputError, KafkaError, NotAuthorizedError
from catdog.kafka import reader as kafka_reader
from catdog.kafka import topics
from catdog.kafka.reader import PictureReader, wanted
from catdog.kafka.settings import KafkaSettings

SETTINGS = KafkaSettings(("127.0.0.1:9093",), "rhte")


def picture_bytes() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(buffer, "PNG")
    return buffer.getvalue()


class FakeConsumer:
    """A topic `rhte` whose partitions hold the given records; others arrive once poll has found nothing."""

    def __init__(self, partitions, arriving=()):
        self.partitions = partitions
        self.to_come = list(arriving)
        self.positions = {}
        self.closed = False
        self._cluster, self._fetcher = SimpleNamespace(config={}), SimpleNamespace()

    def partitions_for_topic(self, topic):
        return set(self.partitions) if topic == "rhte" else set()

    def assign(self, partitions):
        self.assigned = partitions

    def beginning_offsets(self, partitions):
        return {p: self.partitions[p.partition][0].offset if self.partitions[p.partition] else 0 for p in partitions}

    def end_offsets(self, partitions):
        return {
            p: self.partitions[p.partition][-1].offset + 1 if self.partitions[p.partition] else 0 for p in partitions
        }

    def seek(self, partition, offset):
        assert offset >= 0, "the client refuses negative offsets"
        self.positions[partition] = offset

    def position(self, partition):
        return self.positions[partition]

    def poll(self, timeout_ms, max_records):
        batches = {}
        for partition in self.assigned:
            found = [r for r in self.partitions[partition.partition] if r.offset >= self.positions[partition]]
            if found:
                batches[partition] = found[:max_records]
                self.positions[partition] = batches[partition][-1].offset + 1
        if not batches and self.to_come:
            record = self.to_come.pop(0)
            self.partitions[record.partition].append(record)
        return batches

    def close(self):
        self.closed = True


def raw(offset, value=b"x", partition=0, **headers):
    named = [(key.replace("_", "-"), text.encode()) for key, text in headers.items()]
    return SimpleNamespace(topic="rhte", partition=partition, offset=offset, timestamp=1, headers=named, value=value)


@pytest.fixture
def reader_of(monkeypatch):
    def make(partitions, arriving=()):
        consumer = FakeConsumer(partitions, arriving)
        monkeypatch.setattr(kafka_reader, "KafkaConsumer", lambda **_: consumer)
        return PictureReader(SETTINGS)

    return make


def offsets(records):
    return [(record.partition, record.offset) for record in records]


def test_reads_all_that_is_there_and_ends(reader_of):
    with reader_of({0: [raw(3), raw(4)], 1: [raw(0, partition=1)]}) as reader:
        assert offsets(reader.records(5, until_end=True)) == [(0, 3), (0, 4), (1, 0)]


def test_a_second_reader_reads_the_same(reader_of):
    for _ in range(2):
        with reader_of({0: [raw(0), raw(1)]}) as reader:
            assert offsets(reader.records(5, until_end=True)) == [(0, 0), (0, 1)]


def test_begins_before_the_end(reader_of):
    with reader_of({0: [raw(n) for n in range(5)]}) as reader:
        assert reader.from_newest(2), "there are older ones"
        assert offsets(reader.records(5, until_end=True)) == [(0, 3), (0, 4)]
        assert not reader.from_newest(5)
        assert len(offsets(reader.records(5, until_end=True))) == 5


def test_begins_at_an_offset_and_at_the_end_of_other_partitions(reader_of):
    with reader_of({0: [raw(n) for n in range(3)], 1: [raw(0, partition=1)]}) as reader:
        reader.from_offsets({0: 1})
        assert offsets(reader.records(5, until_end=True)) == [(0, 1), (0, 2)]


@pytest.mark.parametrize(
    ("asked", "message"),
    [({0: 7}, "partition 0 has no offset 7: it holds 1 to 3"), ({0: 0}, "it holds 1 to 3"), ({4: 0}, "no partition 4")],
)
def test_refuses_an_offset_that_is_not_there(reader_of, asked, message):
    with reader_of({0: [raw(1), raw(2)]}) as reader, pytest.raises(InputError, match=message):
        reader.from_offsets(asked)


def test_waits_for_the_asked_ids_only(reader_of):
    mine, others = raw(1, correlation_id="mine"), raw(0, correlation_id="other")
    with reader_of({0: [others]}, arriving=[mine, raw(2, correlation_id="late")]) as reader:
        assert offsets(wanted(reader.records(5), ["mine"])) == [(0, 1)]


def test_a_topic_that_is_gone_is_not_asked_for_in_a_way_that_has_it_created(monkeypatch):
    monkeypatch.setattr(KafkaConnectionManager, "bootstrap", lambda *_, **__: None)
    monkeypatch.setattr(KafkaConnectionManager, "broker_version", (4, 3))
    consumer = kafka_reader.connect(SETTINGS)
    consumer._cluster.set_topics(["rhte"])

    request = consumer._cluster.metadata_request()
    assert [topic.name for topic in request.topics] == ["rhte"]
    assert request.allow_auto_topic_creation is False
    consumer.close()


def test_ends_when_time_is_up(reader_of):
    with reader_of({0: [raw(0, correlation_id="earlier")]}) as reader:
        assert list(wanted(reader.records(0.1), ["mine"])) == []


def test_says_that_records_did_not_come(reader_of, monkeypatch):
    reader = reader_of({0: [raw(0)]})
    monkeypatch.setattr(reader._consumer, "poll", lambda **_: {})
    with pytest.raises(KafkaError, match=r"topic rhte at 127.0.0.1:9093 \(PLAINTEXT\): its records did not come"):
        list(reader.records(0.1, until_end=True))


class FakeAdmin:
    """Answers for every topic with the same code of Kafka's."""

    def __init__(self, code, options):
        self.code, self.options, self.closed = code, options, False

    def describe_topics(self, topics):
        return [{"name": name, "error_code": self.code} for name in topics]

    def close(self):
        self.closed = True


@pytest.mark.parametrize(
    ("code", "error", "told"),
    [
        (3, KafkaError, "topic rhte does not exist at .*: create it"),
        (
            29,
            NotAuthorizedError,
            "topic rhte at .*: not authorized: the broker does not allow us to read it: .*; ask your",
        ),
    ],
)
def test_tells_a_topic_that_is_not_there_from_one_that_may_not_be_seen(monkeypatch, code, error, told):
    consumer, admins = FakeConsumer({}), []
    monkeypatch.setattr(kafka_reader, "KafkaConsumer", lambda **_: consumer)
    monkeypatch.setattr(
        topics, "KafkaAdminClient", lambda **options: admins.append(FakeAdmin(code, options)) or admins[0]
    )
    with pytest.raises(KafkaError, match=told) as raised:
        PictureReader(SETTINGS)
    assert raised.type is error
    assert consumer.closed
    assert [admin.closed for admin in admins] == [True]
    assert {admins[0].options[name] for name in ("bootstrap_timeout_ms", "request_timeout_ms")} == {10_000}


def test_says_why_no_broker_answers(monkeypatch):
    def refuse(**_):
        logging.getLogger("kafka.net.connection").error("c: Connection lost: Invalid frame length: 3")
        raise kafka.errors.KafkaTimeoutError("Unable to bootstrap")

    monkeypatch.setattr(kafka_reader, "KafkaConsumer", refuse)
    with pytest.raises(KafkaError, match="Invalid frame length: 3; the broker talks TLS here"):
        PictureReader(SETTINGS)


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        (["socket disconnected"], "the broker hangs up: it may still be starting, or it wants a login"),
        ([], "Unable to bootstrap; check KAFKA_BOOTSTRAP_SERVERS and the brokers"),
    ],
)
def test_says_that_the_broker_wants_a_login(monkeypatch, lost, told):
    def refuse(**_):
        for reason in lost:
            logging.getLogger("kafka.net.connection").error("c: Connection lost: %s", reason)
        raise kafka.errors.KafkaTimeoutError("Unable to bootstrap")

    monkeypatch.setattr(kafka_reader, "KafkaConsumer", refuse)
    with pytest.raises(KafkaError, match=told):
        PictureReader(SETTINGS)


REQUIRED = "KafkaConnectionError: [SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required"
BAD = "KafkaConnectionError: [SSL: SSLV3_ALERT_BAD_CERTIFICATE] sslv3 alert bad certificate"
UNKNOWN = "KafkaConnectionError: [SSL: SSLV3_ALERT_CERTIFICATE_UNKNOWN] sslv3 alert certificate unknown"
UNTRUSTED = "KafkaConnectionError: [SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca"
CUT_OFF = "KafkaConnectionError: EOF occurred in violation of protocol (_ssl.c:2427)"


@pytest.mark.parametrize(
    ("certificate", "lost", "told"),
    [
        (
            None,
            [REQUIRED, "socket disconnected"],
            "wants a client certificate: set KAFKA_SSL_CERTFILE and KAFKA_SSL_KEY",
        ),
        (None, [BAD, CUT_OFF], "bad certificate; the broker wants a client certificate: set KAFKA_SSL_CERTFILE"),
        (None, [CUT_OFF], "hangs up: it may still be starting, or it wants a client certificate: set KAFKA_SSL_CERT"),
        ("user.crt", [CUT_OFF, UNKNOWN], "does not trust our certificate, user.crt: KAFKA_SSL_CERTFILE must be one"),
        ("user.crt", [UNTRUSTED, CUT_OFF], "does not trust our certificate, user.crt: .* ask your instructor"),
        ("user.crt", [CUT_OFF], "the broker hangs up: it may still be starting, or it wants a login, and this client"),
    ],
)
def test_says_what_the_broker_has_against_our_certificate(monkeypatch, certificate, lost, told):
    def refuse(**_):
        for reason in lost:
            logging.getLogger("kafka.net.connection").error("c: Connection lost: %s", reason)
        raise kafka.errors.KafkaTimeoutError("Unable to bootstrap")

    monkeypatch.setattr(kafka_reader, "KafkaConsumer", refuse)
    with pytest.raises(KafkaError, match=told):
        PictureReader(KafkaSettings(("127.0.0.1:9093",), "rhte", "SSL", None, certificate, certificate))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            kafka.errors.TopicAuthorizationFailedError("rhte"),
            "not authorized: .* does not allow us to read it: .*; ask your instructor",
        ),
        (kafka.errors.SaslAuthenticationFailedError("no"), "refuses the login: .*; this client has none to give"),
        (kafka.errors.UnknownTopicOrPartitionError(), r"does not exist \(any more\): create it"),
    ],
)
def test_says_what_the_broker_refuses(reader_of, monkeypatch, error, told):
    def refuse(**_):
        raise error

    reader = reader_of({0: [raw(0)]})
    monkeypatch.setattr(reader._consumer, "poll", refuse)
    with pytest.raises(KafkaError, match=rf"topic rhte at .*{told}"):
        list(reader.records(5, until_end=True))
