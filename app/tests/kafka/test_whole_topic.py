"""All that a topic holds when the reading begins: alone, and shared in a group."""

import itertools
from types import SimpleNamespace

import kafka.errors
import pytest
from kafka import TopicPartition

from catdog.errors import KafkaError
from catdog.kafka import whole_topic
from catdog.kafka.settings import KafkaSettings
from catdog.kafka.whole_topic import WholeTopic

SETTINGS = KafkaSettings(("127.0.0.1:9093",), "photos")


def raw(partition, offset):
    return SimpleNamespace(topic="photos", partition=partition, offset=offset, timestamp=1, headers=[], value=b"x")


class FakeConsumer:
    """Two partitions with five records each, of which two can be polled at a time; the group's offsets are `done`."""

    def __init__(self, done, own):
        self.done, self.own, self.late, self.positions, self.committed_by_me = done, own, 0, {}, []

    def partitions_for_topic(self, _):
        return {0, 1}

    def beginning_offsets(self, partitions):
        return dict.fromkeys(partitions, 0)

    def end_offsets(self, partitions):
        return dict.fromkeys(partitions, 5)

    def assign(self, partitions):
        self.positions = dict.fromkeys(partitions, 0)

    def subscribe(self, _):
        self.positions = {TopicPartition("photos", number): self.done.get(number) or 0 for number in self.own}

    def assignment(self):
        return set(self.positions)

    def seek(self, partition, offset):
        self.positions[partition] = offset

    def position(self, partition):
        return self.positions[partition]

    def committed(self, partition):
        return self.done.get(partition.partition)

    def commit(self, offsets):
        self.committed_by_me.append({partition.partition: told.offset for partition, told in offsets.items()})
        self.done |= self.committed_by_me[-1]

    def poll(self, timeout_ms, max_records):
        for partition, at in self.positions.items():
            if at < 5 + self.late:
                self.positions[partition] = min(at + 2, 5 + self.late)
                return {partition: [raw(partition.partition, n) for n in range(at, self.positions[partition])]}
        return {}

    def close(self):
        self.closed = True


@pytest.fixture
def topic_of(monkeypatch):
    def make(done=None, own=(0, 1), group=None):
        consumer = FakeConsumer(done if done is not None else {}, own)
        monkeypatch.setattr(whole_topic, "connect", lambda *_, **__: consumer)
        monkeypatch.setattr(whole_topic, "topic_id", lambda _: "id-1")
        ticks = itertools.count()
        monkeypatch.setattr(whole_topic, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
        return WholeTopic(SETTINGS, group), consumer

    return make


def read(topic):
    return sorted((record.partition, record.offset) for batch in topic.batches() for record in batch)


ALL = [(partition, offset) for partition in (0, 1) for offset in range(5)]


def test_alone_it_reads_all_and_stops_at_the_end_that_it_saw(topic_of):
    topic, consumer = topic_of()
    consumer.late = 3
    assert (read(topic), topic.total, topic.offsets()) == (ALL, 10, {0: 5, 1: 5})
    assert consumer.committed_by_me == []


def test_alone_it_goes_on_from_where_it_is_told_and_from_the_oldest_that_is_left(topic_of):
    topic, _ = topic_of()
    topic.seek({0: 3, 1: -7})
    assert read(topic) == ALL[3:]


def test_in_a_group_what_was_handed_out_is_committed_once_the_next_is_asked_for(topic_of):
    topic, consumer = topic_of(group="photos.load")
    batches = topic.batches()
    next(batches)
    assert consumer.committed_by_me == []
    next(batches)
    assert consumer.committed_by_me[-1][0] == 2
    assert len([record for batch in batches for record in batch]) == 6
    assert consumer.done == {0: 5, 1: 5}


def test_in_a_group_it_ends_when_the_others_are_done_too(topic_of):
    topic, consumer = topic_of(done={1: 2}, own=(0,), group="photos.load")
    seen = []
    for batch in topic.batches():
        seen += [(record.partition, record.offset) for record in batch]
        if len(seen) == 5:
            assert consumer.done[1] == 2
            consumer.done[1] = 5  # another reader
    assert seen == ALL[:5]


def test_in_a_group_it_waits_for_one_that_has_died_but_not_for_ever(topic_of):
    topic, _ = topic_of(done={1: 2}, own=(0,), group="photos.load")
    with pytest.raises(KafkaError, match=r"no broker answers within 90 s: .*its records did not come"):
        read(topic)


def test_records_that_are_given_to_another_reader_while_in_work_do_no_harm(topic_of, monkeypatch):
    topic, consumer = topic_of(group="photos.load")
    commit, calls = consumer.commit, []

    def fail_once(offsets):
        calls.append(offsets)
        if len(calls) == 1:
            raise kafka.errors.CommitFailedError
        commit(offsets)

    monkeypatch.setattr(consumer, "commit", fail_once)
    assert read(topic) == ALL
