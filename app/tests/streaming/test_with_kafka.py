"""The service as a process against a real Kafka: killed, one of two, of a class, and without its topic.

    PYTHONPATH=app/src CATDOG_TEST_KAFKA=127.0.0.1:9092 pytest app/tests/streaming/test_with_kafka.py

For TLS also KAFKA_SECURITY_PROTOCOL and its companions. Topics of its own are made, named after KAFKA_TOPIC (default
`chaos`) and a dot, and removed at the end. CATDOG_TEST_SEED repeats a run's random points.
"""

import io
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections import Counter
from contextlib import suppress

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from catdog.drawing import draw
from catdog.kafka.settings import KafkaSettings

BROKERS = os.environ.get("CATDOG_TEST_KAFKA", "")
pytestmark = [
    pytest.mark.skipif(not BROKERS, reason="CATDOG_TEST_KAFKA names no brokers to make topics at"),
    pytest.mark.timeout(1800),
]
KILLS = 10
PARTITIONS = 2
# Pictures a second while the service is killed, and how many wait for it at most: a slow machine must catch up.
RATE, MOST_WAITING = 20, 200
PATIENCE = 300


def until(condition, what, seconds=PATIENCE):
    """Waits for the condition, and fails with `what` when it does not come."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what()}, after {seconds} s"
        time.sleep(0.1)
    return found


class Lab:
    """Two topics, what was sent to the one and is read from the other."""

    def __init__(self, replicas):
        prefix = os.environ.get("KAFKA_TOPIC") or "chaos"
        environment = dict(os.environ) | {
            "KAFKA_BOOTSTRAP_SERVERS": BROKERS,
            "KAFKA_TOPIC": f"{prefix}.{uuid.uuid4().hex}",
        }
        self.settings = KafkaSettings.from_environment(environment)
        self.predictions = self.settings.topic + "-predictions"
        self.environment = environment | {"KAFKA_PREDICTIONS_TOPIC": self.predictions, "TF_CPP_MIN_LOG_LEVEL": "3"}
        self.options = self.settings.client_options()
        self.admin = KafkaAdminClient(**self.options)
        self.replicas, self.topics = replicas, []
        self.processes, self.sent, self.seen = [], {}, []
        self.pictures = [self._jpeg(label, seed) for seed in range(3) for label in ("cat", "dog")]
        self.producer = KafkaProducer(**self.options)
        self.reader = KafkaConsumer(**self.options, group_id=None, auto_offset_reset="earliest")
        self.make(self.settings.topic, self.predictions)

    def make(self, pictures, predictions):
        """Topics, of which the predictions are read."""
        self.admin.create_topics([NewTopic(name, PARTITIONS, self.replicas) for name in (pictures, predictions)])
        self.topics += [pictures, predictions]
        partitions = [TopicPartition(predictions, number) for number in range(PARTITIONS)]
        self.reader.assign([*self.reader.assignment(), *partitions])
        self.reader.seek_to_beginning(*partitions)

    @staticmethod
    def _jpeg(label, seed):
        buffer = io.BytesIO()
        draw(label, seed, 100).save(buffer, "JPEG")
        return buffer.getvalue()

    def start(self, folder, *options):
        """A service of its own; its log goes to the folder."""
        number = len(self.processes)
        with (folder / f"{number}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "catdog", "stream", "--address", "127.0.0.1", "--port", "0", *options],
                env=self.environment, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        process.log = folder / f"{number}.log"
        self.processes.append(process)
        return process

    def send(self, value=None, topic=None):
        """One picture, under a new id."""
        number = len(self.sent)
        known_by = str(uuid.uuid4())
        value = self.pictures[number % len(self.pictures)] if value is None else value
        headers = [("correlation-id", known_by.encode())]
        self.sent[known_by] = self.producer.send(
            topic or self.settings.topic, value, headers=headers, partition=number % PARTITIONS
        )

    def read(self):
        """All predictions until now: key and what it says."""
        for batch in self.reader.poll(timeout_ms=200).values():
            self.seen += [(record.key.decode(), json.loads(record.value)) for record in batch]
        return self.seen

    def check(self):
        """Every picture that was sent has a prediction; what is there twice has the same key and says the same."""
        where = {known_by: sent.get(30) for known_by, sent in self.sent.items()}
        expected = {known_by: f"{at.topic}/{at.partition}/{at.offset}" for known_by, at in where.items()}
        assert {said["correlation_id"]: key for key, said in self.read()} == expected
        labels = {}
        for key, said in self.seen:
            labels.setdefault(key, set()).add(tuple((one["model"], one["label"]) for one in said.get("answers", ())))
        assert {key for key, found in labels.items() if len(found) > 1} == set()
        return Counter(key for key, _ in self.seen)

    def has_all(self):
        """Whether every id that was sent has come back."""
        return self.sent.keys() <= {said["correlation_id"] for _, said in self.read()}

    def told(self):
        """For a failure: how many came back, and how the services' logs end."""
        ends = [process.log.read_text()[-600:] for process in self.processes[-2:]]
        return f"{len({said['correlation_id'] for _, said in self.seen})} of {len(self.sent)} came back; {ends}"

    def close(self):
        """End what was started, remove the topics."""
        for process in self.processes:
            process.kill()
            process.wait()
        self.producer.close(timeout=5)
        self.reader.close()
        self.admin.delete_topics(self.topics)
        self.admin.close()


@pytest.fixture
def lab():
    made = Lab(replicas=int(os.environ.get("CATDOG_TEST_REPLICAS", "1")))
    yield made
    made.close()


def port(process):
    """Where the service answers probes."""

    def look():
        for line in process.log.read_text().splitlines():
            with suppress(ValueError, KeyError):
                return json.loads(line)["port"]
        return None

    return until(look, process.log.read_text)


def ready(process):
    """Whether the service says so."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port(process)}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_killed_ten_times_under_load_it_loses_nothing(lab, tmp_path):
    seed = os.environ.get("CATDOG_TEST_SEED") or str(uuid.uuid4())
    print(f"CATDOG_TEST_SEED={seed}")
    chance, enough = random.Random(seed), threading.Event()

    def load():
        while not enough.wait(1 / RATE):
            if len(lab.sent) - len(lab.seen) < MOST_WAITING:
                lab.send()

    sender = threading.Thread(target=load)
    sender.start()
    try:
        for _ in range(KILLS):
            before = len(lab.read())
            process = lab.start(tmp_path)
            until(lambda before=before: len(lab.read()) > before, lab.told)
            # Half of them just after a prediction is there, when it may not be committed yet; the others while the next
            # batches are read, computed and written.
            time.sleep(chance.choice((0, chance.uniform(0, 1.5))))
            process.send_signal(signal.SIGKILL)
            process.wait()
    finally:
        enough.set()
        sender.join()
    last = lab.start(tmp_path)
    until(lab.has_all, lab.told)
    last.send_signal(signal.SIGTERM)
    assert last.wait(60) == 0
    times = lab.check()
    print(f"{len(lab.sent)} sent, {times.total() - len(times)} predictions more than once")


def test_two_share_the_partitions_and_one_that_ends_is_stood_in_for(lab, tmp_path):
    first = lab.start(tmp_path)
    until(lambda: ready(first), lab.told)
    for _ in range(200):
        lab.send()
    second = lab.start(tmp_path)
    until(lambda: ready(second), lab.told)
    until(lab.has_all, lab.told)
    for _ in range(100):
        lab.send()
    until(lab.has_all, lab.told)
    for process in (first, second):
        assert '"message": "batch"' in process.log.read_text()
    first.send_signal(signal.SIGTERM)
    for _ in range(100):
        lab.send()
    assert first.wait(60) == 0
    until(lab.has_all, lab.told)
    lab.check()


def test_no_picture_among_pictures_is_told_as_an_error(lab, tmp_path):
    process = lab.start(tmp_path)
    for number in range(50):
        lab.send(b"no picture" if number == 20 else None)
    until(lab.has_all, lab.told)
    lab.check()
    (error,) = [said for _, said in lab.seen if "error" in said]
    assert error["error"]["reason"].startswith("no picture that can be read: it is text")
    assert process.poll() is None


def test_a_class_is_served_while_ones_topics_are_not_there(lab, tmp_path):
    own, later = lab.settings.topic, lab.settings.topic + ".later"
    lab.environment |= {
        "KAFKA_TOPIC": f"{own},{later}",
        "KAFKA_PREDICTIONS_TOPIC": f"{lab.predictions},{later}.predictions",
        "KAFKA_GROUP": own + ".class",
    }
    process = lab.start(tmp_path, "--wait-for-topics")
    until(lambda: ready(process), lab.told)
    lab.send()
    until(lab.has_all, lab.told)
    lab.make(later, later + ".predictions")
    lab.send(topic=later)
    until(lab.has_all, lab.told)
    lab.admin.delete_topics([lab.topics.pop()])
    for topic in (later, own, later, own):
        lab.send(topic=topic)
    until(lambda: len(lab.read()) == 4, lab.told)
    assert ready(process)
    lab.make(later + ".other", later + ".predictions")
    until(lab.has_all, lab.told)
    lab.check()


def test_a_topic_that_is_not_there_ends_it(lab, tmp_path):
    lab.environment["KAFKA_PREDICTIONS_TOPIC"] = lab.predictions + "-not"
    process = lab.start(tmp_path)
    assert process.wait(120) == 2
    assert process.log.read_text().splitlines()[-1].endswith("or set KAFKA_PREDICTIONS_TOPIC to one that does")
