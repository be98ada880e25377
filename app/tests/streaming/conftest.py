"""A service over fakes: Kafka in memory, models without TensorFlow, so that every order of events can be had."""

import io
import threading
from collections import deque
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from catdog.kafka.reader import Record
from catdog.kafka.settings import KafkaSettings
from catdog.models.answer import Answer
from catdog.streaming.metrics import Metrics
from catdog.streaming.service import Service
from catdog.streaming.settings import StreamSettings
from catdog.streaming.status import Status
from catdog.streaming.topics import Topics

KAFKA = ("127.0.0.1:9093",)


def _picture(shade: int = 255) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20), (shade, shade, shade)).save(buffer, "PNG")
    return buffer.getvalue()


class FakeModel:
    """Calls what is bright a dog."""

    def __init__(self, name: str, known_by: str = "h1") -> None:
        self.model = SimpleNamespace(name=name, hash=known_by)
        self.sizes: list[int] = []

    def prepare(self, pixels):
        return pixels[:1, :1]

    def logits(self, images):
        self.sizes.append(len(images))
        return images.mean(axis=(1, 2, 3)) / 255

    def confidences(self, logits):
        return np.asarray(logits)

    def answer(self, dog, seconds):
        return Answer(
            "dog" if dog > 0.5 else "cat", float(max(dog, 1 - dog)), seconds, self.model.name, self.model.hash
        )


class FakeKafka:
    """One topic of pictures with its group's commits, one of predictions, and a member that reads.

    rounds: what the next polls give, each a list of records, an error to raise, or a function that gives either; when
    there are no more, the service is ended. failures: what the next writes raise. events: what was done, in order.
    """

    def __init__(self, ended: threading.Event) -> None:
        self.ended = ended
        self.rounds: deque = deque()
        self.written: list = []
        self.failures: deque = deque()
        self.committed: dict[int, int] = {}
        self.events: list[tuple] = []
        self.ours = {0, 1}
        self.joined = True
        self.membership_lost = False
        self.answers = True
        self.topic_error: Exception | None = None

    def poll(self, seconds, count):
        if not self.rounds:
            if seconds:
                self.ended.set()
            return []
        found = self.rounds.popleft()
        if callable(found):
            found = found()
        if isinstance(found, Exception):
            raise found
        assert len(found) <= count
        return found

    def write(self, predictions):
        if self.failures and (failure := self.failures.popleft()):
            self.events.append(("failed", len(predictions)))
            raise failure
        self.written += predictions
        self.events.append(("write", [one.offset for one in predictions]))

    def commit(self, records):
        if self.membership_lost:
            return False
        offsets = {one.partition: one.offset + 1 for one in records if one.partition in self.ours}
        self.committed |= offsets
        self.events.append(("commit", offsets))
        return bool(offsets)

    def lags(self):
        return {("rhte", partition): 0 for partition in self.ours}

    def ask(self):
        self.events.append(("ask",))

    def look(self):
        return {"rhte": self.topic_error} if self.topic_error else {}


def _record(offset, value=None, partition=0, topic="rhte", **headers) -> Record:
    named = {key.replace("_", "-"): text for key, text in headers.items()}
    return Record(topic, partition, offset, 1_000, named, _picture() if value is None else value)


@pytest.fixture
def record():
    """Makes a record: `record(offset, value=…, partition=0, topic="rhte", **headers)`; a white picture by default."""
    return _record


@pytest.fixture
def picture():
    """Makes a PNG of one grey, 0..255."""
    return _picture


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """A failure is tried again without a pause."""
    monkeypatch.setattr("catdog.streaming.service.RETRY_SECONDS", 0)


@pytest.fixture
def models():
    """Both, without TensorFlow."""
    return SimpleNamespace(classifiers=(FakeModel("poor"), FakeModel("well")), absent={})


@pytest.fixture
def lab(models):
    """Kafka, models, status, metrics, and `run()`, which returns when Kafka's rounds are over."""
    ended, status = threading.Event(), Status()
    kafka, metrics = FakeKafka(ended), Metrics(status)
    topics = Topics(StreamSettings.of(KafkaSettings(KAFKA, "rhte"), environment={}), metrics, lambda _: kafka.look())
    topics.taken_up()
    status.has(Status.MODELS)
    made = SimpleNamespace(kafka=kafka, status=status, metrics=metrics, ended=ended, batch=64, models=models)

    def run():
        Service(kafka, kafka.write, lambda: made.models, topics, made.batch, status, metrics, ended).run()

    made.run = run
    return made
