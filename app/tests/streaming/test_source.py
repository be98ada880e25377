"""The group's member: what it commits, and which failures of Kafka pass."""

import time
from types import SimpleNamespace

import kafka.errors
import pytest
from kafka import TopicPartition

from catdog.errors import KafkaError, NotAuthorizedError
from catdog.kafka.settings import KafkaSettings
from catdog.streaming import source as streaming_source
from catdog.streaming.failures import UnavailableError, UnusableTopicsError
from catdog.streaming.settings import StreamSettings
from catdog.streaming.source import PictureSource

FIRST, SECOND = TopicPartition("rhte", 0), TopicPartition("rhte", 1)


class FakeConsumer:
    """Two partitions, of which the assigned ones are ours."""

    def __init__(self, options):
        self.options = options
        self.assigned = {FIRST, SECOND}
        self.committed = {}
        self.error = None
        self._cluster, self._fetcher = SimpleNamespace(config={}), SimpleNamespace()
        self.closed = None

    def subscribe(self, topics, listener):
        self.topics, self.listener = topics, listener

    def subscription(self):
        return set(self.topics)

    def assignment(self):
        return self.assigned

    def poll(self, timeout_ms, max_records):
        self.fail()
        headers = [("file-name", b"cat.jpg")]
        raw = SimpleNamespace(topic="rhte", partition=0, offset=3, timestamp=1, headers=headers, value=None)
        return {FIRST: [raw]}

    def commit(self, offsets, timeout_ms):
        self.fail()
        self.committed |= {partition: found.offset for partition, found in offsets.items()}

    def end_offsets(self, partitions, timeout_ms):
        self.asked = partitions
        self.fail()

    def highwater(self, partition):
        return 10 if partition == FIRST else None

    def position(self, partition, timeout_ms):
        return 4

    def fail(self):
        if self.error:
            raise self.error

    def close(self, autocommit, timeout_ms):
        self.closed = autocommit


@pytest.fixture
def source(monkeypatch):
    monkeypatch.setattr(streaming_source, "KafkaConsumer", lambda **options: FakeConsumer(options))
    return PictureSource(StreamSettings.of(KafkaSettings(("127.0.0.1:9093",), "rhte"), environment={}))


def test_reads_in_a_group_from_the_oldest_record_and_commits_nothing_by_itself(source):
    options = source._consumer.options
    assert options["group_id"] == "rhte.stream"
    assert options["enable_auto_commit"] is False
    assert options["auto_offset_reset"] == "earliest"
    assert source._consumer.topics == ["rhte"]
    assert source._consumer._cluster.config["allow_auto_create_topics"] is False
    (record,) = source.poll(0.1, 5)
    assert (record.offset, record.value, record.file_name) == (3, b"", "cat.jpg")


def test_a_group_that_assigns_nothing_is_joined_anew(source, monkeypatch):
    now = [time.monotonic()]
    monkeypatch.setattr(streaming_source, "time", SimpleNamespace(monotonic=lambda: now[0]))
    first = source._consumer
    now[0] += streaming_source.JOIN_SECONDS - 1
    source.poll(0.1, 5)
    assert source._consumer is first, "it may still come"
    first.listener.on_partitions_assigned([FIRST])
    now[0] += streaming_source.JOIN_SECONDS + 1
    source.poll(0.1, 5)
    assert source._consumer is first, "it has joined"
    first.listener.on_partitions_revoked([FIRST])
    now[0] += streaming_source.JOIN_SECONDS + 1
    source.poll(0.1, 5)
    assert source._consumer is not first and first.closed is False
    assert source._consumer.topics == ["rhte"]


def test_what_was_not_joined_anew_is_the_next_time(source, record, monkeypatch):
    def lost(**_):
        raise kafka.errors.KafkaTimeoutError

    with monkeypatch.context() as patched:
        patched.setattr(streaming_source, "KafkaConsumer", lost)
        with pytest.raises(UnavailableError):
            source.subscribe(["rhte"])
    assert source.commit([record(4)]) is False
    assert source.poll(0.1, 5)


def test_commits_behind_the_last_record_of_each_partition(source, record):
    assert source.commit([record(4), record(5), record(9, partition=1)])
    assert source._consumer.committed == {FIRST: 6, SECOND: 10}


def test_commits_nothing_of_a_partition_that_is_anothers_now(source, record):
    source._consumer.assigned = {SECOND}
    assert source.commit([record(4), record(9, partition=1)])
    assert source._consumer.committed == {SECOND: 10}
    assert not source.commit([record(5)])


@pytest.mark.parametrize(
    "error",
    [kafka.errors.CommitFailedError, kafka.errors.RebalanceInProgressError, kafka.errors.IllegalGenerationError],
)
def test_a_commit_that_the_group_does_not_take_is_no_failure(source, record, error):
    source._consumer.error = error()
    assert source.commit([record(4)]) is False


@pytest.mark.parametrize(
    ("error", "raised", "told"),
    [
        (kafka.errors.KafkaTimeoutError("time is up"), UnavailableError, "no broker answers within 10 s: .*time is up"),
        (kafka.errors.NotCoordinatorError(), UnavailableError, "NotCoordinatorError"),
        (
            kafka.errors.GroupAuthorizationFailedError("rhte.stream"),
            NotAuthorizedError,
            "the consumer group rhte.stream;",
        ),
        (
            kafka.errors.TopicAuthorizationFailedError({"rhte", "other"}),
            UnusableTopicsError,
            "topic rhte .*not authorized",
        ),
        (kafka.errors.SaslAuthenticationFailedError("no"), KafkaError, "refuses the login"),
    ],
)
def test_tells_what_passes_from_what_does_not(source, record, error, raised, told):
    source._consumer.error = error
    with pytest.raises(raised, match=told) as caught:
        source.commit([record(4)])
    assert caught.type is raised


def test_knows_whether_the_group_has_said_what_is_ours(source):
    listener = source._consumer.listener
    assert not source.joined
    listener.on_partitions_assigned([])
    assert source.joined, "a member more than partitions has none, and is ready to take over"
    listener.on_partitions_lost([])
    assert not source.joined


def test_lag_is_up_to_what_is_acknowledged(source, record):
    assert source.lags() == {FIRST: 6}
    source.commit([record(7)])
    assert source.lags() == {FIRST: 2}
    source._consumer.listener.on_partitions_assigned([FIRST])
    assert source.lags() == {FIRST: 6}, "another may have had it meanwhile"


def test_asks_brokers_about_its_partitions_or_the_topics_first(source):
    source.ask()
    assert set(source._consumer.asked) == {FIRST, SECOND}
    source._consumer.assigned = set()
    source.ask()
    assert source._consumer.asked == [FIRST]
    source._consumer.error = kafka.errors.KafkaTimeoutError()
    with pytest.raises(UnavailableError):
        source.ask()


def test_leaves_the_group_without_a_commit(source):
    consumer = source._consumer
    source.close()
    assert consumer.closed is False


def test_reads_other_topics_by_another_client(source):
    first = source._consumer
    source.subscribe({"b", "a"})
    assert first.closed is False
    assert source._consumer is not first
    assert source._consumer.topics == ["a", "b"]
    assert not source.joined, "the group has not said yet what is ours"


def test_without_a_topic_it_is_in_no_group_and_brokers_are_asked_all_the_same(source, monkeypatch):
    asked = []
    monkeypatch.setattr(streaming_source, "unusable_topics", asked.append)
    source.subscribe(())
    assert source.joined, "there is nothing to wait for"
    assert (source.poll(0, 5), source.lags()) == ([], {})
    source.ask()
    assert asked == [source.settings]


def test_a_client_that_cannot_connect_is_made_by_the_next_try(source, monkeypatch):
    def refuse(**_):
        raise kafka.errors.KafkaConnectionError("refused")

    with monkeypatch.context() as away, pytest.raises(UnavailableError):
        away.setattr(streaming_source, "KafkaConsumer", refuse)
        source.subscribe({"a"})
    source.subscribe({"a"})
    assert source._consumer.topics == ["a"]
