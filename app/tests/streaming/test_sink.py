"""Predictions on their way: what counts as written, and which failures pass."""

from types import SimpleNamespace

import kafka.errors
import pytest

from catdog.errors import KafkaError, NotAuthorizedError
from catdog.kafka.settings import KafkaSettings
from catdog.streaming import failures
from catdog.streaming import sink as streaming_sink
from catdog.streaming.failures import UnavailableError, check_topics
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
    producers.outcomes = {1: kafka.errors.NotEnoughReplicasError()}
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
    ("error", "raised", "told"),
    [
        (
            kafka.errors.TopicAuthorizationFailedError("x"),
            NotAuthorizedError,
            "topic rhte-predictions at .*not authorized",
        ),
        (kafka.errors.MessageSizeTooLargeError("x"), KafkaError, "raise its max.message.bytes"),
        (kafka.errors.KafkaTimeoutError("x"), UnavailableError, "not acknowledged"),
        (kafka.errors.UnknownTopicOrPartitionError(), UnavailableError, "not acknowledged"),
    ],
)
def test_tells_what_passes_from_what_does_not(producers, predictions, error, raised, told):
    producers.outcomes = {0: error}
    with pytest.raises(raised, match=told) as caught:
        PredictionSink(SETTINGS).write(predictions)
    assert caught.type is raised


@pytest.mark.parametrize(
    ("codes", "raised", "told"),
    [
        ((3, 0), KafkaError, "topic rhte at .*: this topic does not exist: create it, or set KAFKA_TOPIC "),
        ((0, 3), KafkaError, "topic rhte-predictions at .* exist: create it, or set KAFKA_PREDICTIONS_TOPIC "),
        ((0, 29), NotAuthorizedError, "topic rhte-predictions at .*: not authorized"),
        ((0, 17), KafkaError, "no name for a topic: set KAFKA_PREDICTIONS_TOPIC"),
    ],
)
def test_a_topic_that_cannot_be_used_is_named_with_what_to_do(monkeypatch, codes, raised, told):
    named = dict(zip(("rhte", "rhte-predictions"), codes, strict=True))
    admin = SimpleNamespace(
        describe_topics=lambda names: [{"name": name, "error_code": named[name]} for name in names], close=lambda: None
    )
    monkeypatch.setattr(failures, "KafkaAdminClient", lambda **_: admin)
    with pytest.raises(raised, match=told) as caught:
        check_topics(SETTINGS)
    assert caught.type is raised


def test_topics_that_are_there_raise_nothing(monkeypatch):
    closed = []
    admin = SimpleNamespace(
        describe_topics=lambda names: [{"name": name, "error_code": 0} for name in names],
        close=lambda: closed.append(True),
    )
    monkeypatch.setattr(failures, "KafkaAdminClient", lambda **_: admin)
    check_topics(SETTINGS)
    assert closed == [True]
