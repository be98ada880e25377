"""Which topics are served: what is asked of Kafka, who is left out, and that nothing is lost by it."""

import logging
import threading
from types import SimpleNamespace

import pytest

from catdog.errors import KafkaError, NotAuthorizedError
from catdog.kafka.settings import KafkaSettings
from catdog.streaming import topics as streaming_topics
from catdog.streaming.failures import UnavailableError, UnusableTopicsError
from catdog.streaming.metrics import Metrics
from catdog.streaming.service import Service
from catdog.streaming.settings import StreamSettings
from catdog.streaming.status import Status
from catdog.streaming.topics import Topics, unusable_topics

KAFKA = KafkaSettings(("127.0.0.1:9093",), "rhte")
CLASS = KafkaSettings(("127.0.0.1:9093",), "anna,bert")
ALL, NO_READ, NO_WRITE = ["DESCRIBE", "READ", "WRITE"], ["DESCRIBE", "WRITE"], ["DESCRIBE", "READ"]


@pytest.fixture
def described(monkeypatch):
    """Sets what Kafka says of topics: error code and allowed operations of each, as kafka-python has them."""
    closed = []

    def say(answers):
        admin = SimpleNamespace(
            describe_topics=lambda names: [
                {"name": name, "error_code": code, "authorized_operations": allowed}
                for name, (code, allowed) in answers.items()
                if name in names
            ],
            close=lambda: closed.append(True),
        )
        monkeypatch.setattr(streaming_topics, "KafkaAdminClient", lambda **_: admin)
        return closed

    return say


@pytest.mark.parametrize(
    ("pictures", "predictions", "kind", "told"),
    [
        ((3, ALL), (0, ALL), KafkaError, "topic rhte at .*: this topic does not exist: create it, or set KAFKA_TOPIC "),
        ((0, ALL), (3, ALL), KafkaError, "rhte-predictions .* exist: create it, or set KAFKA_PREDICTIONS_TOPIC "),
        ((29, None), (0, ALL), NotAuthorizedError, "topic rhte at .*: not authorized"),
        ((0, NO_READ), (0, ALL), NotAuthorizedError, "topic rhte at .*: not authorized"),
        ((0, NO_WRITE), (0, NO_WRITE), NotAuthorizedError, "topic rhte-predictions at .*: not authorized"),
        ((0, ALL), (17, ALL), KafkaError, "no name for a topic: set KAFKA_PREDICTIONS_TOPIC"),
    ],
)
def test_a_topic_that_cannot_be_used_ends_it_with_what_to_do(described, pictures, predictions, kind, told):
    described({"rhte": pictures, "rhte-predictions": predictions})
    with pytest.raises(kind, match=told) as caught:
        Topics(StreamSettings.of(KAFKA, environment={}), Metrics(Status())).look()
    assert caught.type is kind


def test_topics_that_may_be_read_and_written_are_all_there_is_to_ask(described):
    closed = described({"rhte": (0, NO_WRITE), "rhte-predictions": (0, NO_READ)})
    assert unusable_topics(StreamSettings.of(KAFKA, environment={})) == {}
    assert closed == [True]


class Class:
    """Two attendees' topics with a group's commits; `gone`: not there; `refusing`: takes no predictions.

    Stands for Kafka, and for the member that reads. It is ended when all that can be answered is.
    """

    def __init__(self, ended):
        self.ended = ended
        self.records = {"anna": [], "bert": []}
        self.committed, self.position = {"anna": 0, "bert": 0}, {}
        self.gone, self.refusing = set(), set()
        self.written, self.before_write, self.joined = [], [], True
        self.idle, self.asked = 3, 0

    def ask(self):
        """Brokers answer."""

    def look(self):
        self.asked += 1
        errors = {topic: KafkaError(f"topic {topic} does not exist") for topic in self.gone}
        return errors | {topic: NotAuthorizedError(f"{topic}: not authorized") for topic in self.refusing}

    def subscribe(self, topics):
        self.position = {topic: self.committed[topic] for topic in topics}

    def poll(self, seconds, count):
        found = []
        for topic in self.position.keys() - self.gone:
            new = self.records[topic][self.position[topic] :][:count]
            self.position[topic] += len(new)
            found += new
        self.idle = 3 if found else self.idle - bool(seconds)
        if not self.idle:
            self.ended.set()
        return found

    def write(self, predictions):
        if self.before_write:
            self.before_write.pop(0)()
        topics = {one.topic for one in predictions}
        if topics & self.gone:
            raise UnavailableError(f"predictions of {topics & self.gone} are not acknowledged")
        if topics & self.refusing:
            raise UnusableTopicsError({topic: error for topic, error in self.look().items() if topic in topics})
        self.written += [one.identity for one in predictions]

    def commit(self, records):
        for one in records:
            assert one.topic in self.position
            self.committed[one.topic] = max(self.committed[one.topic], one.offset + 1)
        return True

    def lags(self):
        return {}


@pytest.fixture
def group(models, record, monkeypatch):
    """A class of two; `send(topic, count)`, `sent()`, and `run()`, which returns when there is nothing more to do."""
    monkeypatch.setattr(streaming_topics, "LOOK_SECONDS", -1)
    ended, status = threading.Event(), Status()
    kafka, metrics = Class(ended), Metrics(status)
    settings = StreamSettings.of(CLASS, ("anna.p", "bert.p"), "class", 4, waits=True)
    topics = Topics(settings, metrics, lambda _: kafka.look())
    status.has(Status.MODELS)

    def send(topic, count):
        log = kafka.records[topic]
        log += [record(len(log) + step, topic=topic) for step in range(count)]

    def run():
        ended.clear()
        kafka.idle = 3
        Service(kafka, kafka.write, lambda: models, topics, 4, status, metrics, ended).run()

    def sent():
        return sorted(f"{name}/0/{one.offset}" for name, log in kafka.records.items() for one in log)

    return SimpleNamespace(kafka=kafka, topics=topics, status=status, metrics=metrics, send=send, run=run, sent=sent)


def test_every_picture_of_a_class_is_answered(group):
    group.send("anna", 9)
    group.send("bert", 2)
    group.run()
    assert sorted(group.kafka.written) == group.sent()
    assert group.kafka.committed == {"anna": 9, "bert": 2}


def test_one_whose_topic_is_not_there_keeps_nobody_from_being_served(group, caplog):
    group.kafka.gone = {"bert"}
    group.send("anna", 3)
    with caplog.at_level(logging.INFO, "catdog.streaming"):
        group.topics.look()
        group.run()
    assert group.kafka.written == ["anna/0/0", "anna/0/1", "anna/0/2"]
    assert group.status.not_ready() == []
    assert group.metrics.registry.get_sample_value("catdog_stream_left_out", {"topic": "bert"}) == 1
    told = [(entry.message, entry.fields["topic"]) for entry in caplog.records if entry.message.startswith("topic")]
    assert told == [("topic is left out", "bert"), ("topic is served", "anna")], "each once, however often it is asked"


def test_nobodys_topic_is_there_yet_and_it_is_ready_all_the_same(group):
    group.kafka.gone = {"anna", "bert"}
    group.topics.look()
    group.run()
    assert group.status.not_ready() == []
    assert group.kafka.position == {}


def test_one_who_comes_later_is_taken_up(group):
    group.kafka.gone = {"bert"}
    group.topics.look()
    group.send("anna", 1)
    group.run()
    group.kafka.gone = set()
    group.send("bert", 2)
    group.run()
    assert sorted(group.kafka.written) == group.sent()
    assert group.metrics.registry.get_sample_value("catdog_stream_left_out", {"topic": "bert"}) is None


def test_one_who_comes_while_others_never_stop_sending_is_taken_up(group):
    poll, most = group.kafka.poll, 100

    def ever_more(seconds, count):
        group.send("anna", 1)
        if len(group.kafka.records["anna"]) == 10:
            group.kafka.gone = set()
        if group.kafka.committed["bert"] == 2 or len(group.kafka.records["anna"]) == most:
            group.kafka.ended.set()
        return poll(seconds, count)

    group.kafka.gone = {"bert"}
    group.topics.look()
    group.send("bert", 2)
    group.kafka.poll = ever_more
    group.run()
    assert len(group.kafka.records["anna"]) < most
    assert group.kafka.committed["bert"] == 2


def test_one_whose_predictions_topic_goes_under_load_is_dropped_and_loses_nothing(group):
    group.send("anna", 12)
    group.send("bert", 12)
    group.kafka.before_write += [lambda: None, lambda: group.kafka.gone.add("bert")]
    group.run()
    assert {one for one in group.kafka.written if one.startswith("anna")} == {f"anna/0/{step}" for step in range(12)}
    assert group.kafka.committed["anna"] == 12
    assert group.kafka.committed["bert"] == 4, "no commit passes over what was dropped"
    group.kafka.gone = set()
    group.run()
    assert sorted(group.kafka.written) == group.sent()
    assert group.kafka.committed["bert"] == 12


def test_one_who_is_back_while_what_was_read_is_in_work_loses_nothing(group):
    """Between the batch that was dropped and the next one, which was read already."""
    group.send("bert", 12)
    group.kafka.before_write += [lambda: group.kafka.gone.add("bert")]
    look = group.topics.look

    def look_and_mend():
        look()
        group.kafka.gone = set()

    group.topics.look = look_and_mend
    group.run()
    assert sorted(set(group.kafka.written)) == group.sent()
    assert group.kafka.committed["bert"] == 12


def test_one_whose_predictions_may_not_be_written_stops_nobody(group):
    group.send("anna", 6)
    group.send("bert", 6)
    group.kafka.refusing = {"bert"}
    group.run()
    assert group.kafka.committed == {"anna": 6, "bert": 0}
    group.kafka.refusing = set()
    group.run()
    assert group.kafka.committed == {"anna": 6, "bert": 6}


def test_a_topic_that_may_not_be_read_is_left_out_by_the_clients_own_error(group):
    poll, refusals = group.kafka.poll, [UnusableTopicsError({"bert": NotAuthorizedError("bert: no")})]

    def refused_once(seconds, count):
        if refusals:
            raise refusals.pop()
        return poll(seconds, count)

    group.kafka.poll = refused_once
    group.send("anna", 1)
    group.send("bert", 1)
    group.run()
    assert sorted(group.kafka.written) == group.sent(), "Kafka says by now that it may"


def test_nobody_asks_while_none_is_left_out(group):
    group.send("anna", 3)
    group.run()
    assert group.kafka.asked == 0
