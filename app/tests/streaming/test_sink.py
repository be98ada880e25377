"""Predictions on their way: what counts as written, and which failures pass."""

from types import SimpleNamespace

import kafka.errors
import pytest

from catdog.errors import KafkaError, NotAuthorizedError
from catdog.kafka.settings import KafkaSettings
from catdog.streaming import sink as streaming_sink
from catdog.streaming.failures import UnavailableError, UnusableTopicsError
from catdog.streaming.prediction import Prediction
from catdog.streaming.settings import StreamSettings
from catdog.streaming.sink import PredictionSink

SETTINGS = StreamSettings.of(KafkaSettings(("127.0.0.1:9093",), "rhte"), environment={})


class FakeProducer:
    """Takes records; `outcomes` are what their acknowledgements say, by their number."""

    def __init__(self, outcomes, options):
        self.outcomes, self.options = outcomes, options
        self.sent, self.asked, self.closed, self.forced = [], [], False, False
        self._metadata = SimpleNamespace(config={})
        self._sender = SimpleNamespace(force_close=lambda: setattr(self, "forced", True))

    def send(self, topic, value, key, headers):
        number = len(self.sent)
        self.sent.append((topic, key, headers))

        def get(timeout):
            self.asked.append(number)
            if self.outcomes.get(number) == "never":
                self.outcomes["waited"] = self.outcomes.get("waited", 0) + timeout
                raise kafka.errors.KafkaTimeoutError
            if error := self.outcomes.get(number):
                raise error

        return SimpleNamespace(get=get)

    def close(self, timeout):
        self.closed = True


@pytest.fixture
def producers(monkeypatch):
    """Those that were made; `outcomes` is for all that are to come."""
    made = SimpleNamespace(all=[], outcomes={})

    def make(**options):
        made.all.append(FakeProducer(made.outcomes, options))
        return made.all[-1]

    monkeypatch.setattr(streaming_sink, "KafkaProducer", make)
    return made


@pytest.fixture
def predictions(record):
    return [Prediction.of(record(offset, correlation_id=f"id-{offset}")) for offset in range(3)]


def test_writes_under_a_key_that_is_the_same_every_time(producers, predictions):
    sink = PredictionSink(SETTINGS)
    sink.write(predictions)
    sink.write(predictions[:1])
    (producer,) = producers.all
    assert [key for _, key, _ in producer.sent] == [b"rhte/0/0", b"rhte/0/1", b"rhte/0/2", b"rhte/0/0"]
    assert producer.sent[0] == (
        "rhte-predictions", b"rhte/0/0", [("content-type", b"application/json"), ("correlation-id", b"id-0")],
    )  # fmt: skip
    assert producer.options["acks"] == "all"
    assert producer._metadata.config["allow_auto_create_topics"] is False


def test_one_that_is_not_acknowledged_fails_all_and_the_next_try_is_by_another_producer(producers, predictions):
    producers.outcomes = {1: kafka.errors.NotEnoughReplicasError(), 2: kafka.errors.KafkaTimeoutError()}
    sink = PredictionSink(SETTINGS)
    with pytest.raises(
        UnavailableError, match=r"topic rhte-predictions at .*: predictions are not acknowledged: NotEnough"
    ):
        sink.write(predictions)
    assert producers.all[0].asked == [0, 1, 2], "none is on its way any more"
    assert producers.all[0].closed
    producers.outcomes = {}
    sink.write(predictions)
    assert len(producers.all) == 2


def test_those_that_nothing_is_heard_of_share_one_time_out(producers, predictions, monkeypatch):
    producers.outcomes = {0: "never", 1: "never", 2: "never"}
    clock = SimpleNamespace(monotonic=lambda: producers.outcomes.get("waited", 0))
    monkeypatch.setattr(streaming_sink, "time", clock)
    with pytest.raises(UnavailableError, match="not acknowledged"):
        PredictionSink(SETTINGS).write(predictions)
    assert producers.outcomes["waited"] == streaming_sink.DELIVERY_SECONDS + streaming_sink.METADATA_SECONDS
    assert producers.all[0].forced, "its thread would go on, and others with each try"


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (
            kafka.errors.TopicAuthorizationFailedError("x"),
            NotAuthorizedError,
            "topic rhte-predictions at .*not authorized",
        ),
        (kafka.errors.MessageSizeTooLargeError("x"), KafkaError, "raise its max.message.bytes"),
        (kafka.errors.RecordListTooLargeError("x"), KafkaError, "raise its max.message.bytes"),
    ],
)
def test_a_topic_that_will_never_take_them_is_told(producers, predictions, error, kind, told):
    producers.outcomes = {0: error}
    with pytest.raises(UnusableTopicsError, match=told) as caught:
        PredictionSink(SETTINGS).write(predictions)
    assert {topic: type(why) for topic, why in caught.value.errors.items()} == {"rhte": kind}


@pytest.mark.parametrize("error", [kafka.errors.KafkaTimeoutError("x"), kafka.errors.UnknownTopicOrPartitionError()])
def test_what_may_pass_is_worth_another_try(producers, predictions, error):
    producers.outcomes = {0: error}
    with pytest.raises(UnavailableError, match=r"topic rhte-predictions at .*not acknowledged"):
        PredictionSink(SETTINGS).write(predictions)


SEVERAL = StreamSettings.of(KafkaSettings(("127.0.0.1:9093",), "a,b"), ("a.p", "b.p"), "class")


@pytest.fixture
def mixed(record):
    """Of two topics in turn."""
    return [Prediction.of(record(offset, topic=topic)) for offset in range(2) for topic in ("a", "b")]


def test_each_goes_to_the_topic_of_its_own_pictures(producers, mixed):
    PredictionSink(SEVERAL).write(mixed)
    (producer,) = producers.all
    assert [(topic, key) for topic, key, _ in producer.sent] == [
        ("a.p", b"a/0/0"), ("b.p", b"b/0/0"), ("a.p", b"a/0/1"), ("b.p", b"b/0/1"),
    ]  # fmt: skip


def test_a_topic_that_is_not_there_is_tried_once_and_the_others_are_written(producers, mixed, monkeypatch):
    send = FakeProducer.send

    def none_to_a(producer, topic, *record):
        if topic == "a.p":
            producer.asked.append("a.p")
            raise kafka.errors.KafkaTimeoutError("no metadata")
        return send(producer, topic, *record)

    monkeypatch.setattr(FakeProducer, "send", none_to_a)
    with pytest.raises(UnavailableError, match=r"topic a\.p at .*no metadata"):
        PredictionSink(SEVERAL).write(mixed)
    (producer,) = producers.all
    assert [topic for topic, *_ in producer.sent] == ["b.p", "b.p"]
    assert producer.asked == ["a.p", 0, 1], "each try takes seconds"


def test_of_several_failures_the_lasting_ones_are_told_first(producers, mixed):
    producers.outcomes = {
        0: kafka.errors.NotEnoughReplicasError(),
        1: kafka.errors.TopicAuthorizationFailedError("b.p"),
    }
    with pytest.raises(UnusableTopicsError) as caught:
        PredictionSink(SEVERAL).write(mixed)
    assert list(caught.value.errors) == ["b"]
