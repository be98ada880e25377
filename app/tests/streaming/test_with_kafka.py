"""The service as processes at a real Kafka: killed, stopped, one of two, for a class, among no pictures; nothing lost.

A Kafka is started for it where its jars are there, and the models are quick ones (quick_stream.py). With the real
models, at a Kafka that is there already:

    CATDOG_TEST_KAFKA=127.0.0.1:9092 pytest app/tests/streaming/test_with_kafka.py

For TLS also KAFKA_SECURITY_PROTOCOL and its companions. Topics of its own are made, named after KAFKA_TOPIC (default
`chaos`) and a dot, and removed at the end. CATDOG_TEST_SEED repeats a run's random points.
"""

import os
import random
import signal
import threading
import time
import uuid

import pytest

from catdog.kafka.settings import KafkaSettings
from streaming_lab import REAL, StreamingLab

BROKERS = os.environ.get("CATDOG_TEST_KAFKA", "")
pytestmark = [pytest.mark.local_kafka, pytest.mark.timeout(1800 if BROKERS else 300)]
KILLS = 10
# Pictures a second while the service is killed, and how many wait for it at most: a slow machine must catch up.
RATE, MOST_WAITING = 20, 200


@pytest.fixture(scope="module")
def kafka(request):
    """The local Kafka; none where another one is named."""
    return None if BROKERS else request.getfixturevalue("start_kafka")()


@pytest.fixture
def lab(kafka, tmp_path):
    if kafka:
        made = StreamingLab.at(kafka, tmp_path)
    else:
        variables = {name: value for name, value in os.environ.items() if name.startswith("KAFKA_")}
        variables = {"KAFKA_TOPIC": "chaos", **variables, "KAFKA_BOOTSTRAP_SERVERS": BROKERS}
        chief = KafkaSettings.from_environment(variables).client_options()
        made = StreamingLab(variables, chief, REAL, tmp_path, replicas=int(os.environ.get("CATDOG_TEST_REPLICAS", "1")))
    yield made
    made.close()


def test_killed_ten_times_under_load_it_loses_nothing(lab):
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
            stream = lab.start(QUICK_STREAM_BATCH_SECONDS="0.1", QUICK_STREAM_COMMIT_SECONDS="0.05")
            lab.wait_until(lambda before=before: len(lab.read()) > before)
            # Half of them just after a prediction is there, when it is not committed yet; the others while the next
            # batches are read, computed and written.
            time.sleep(chance.choice((0, chance.uniform(0, 1.5))))
            assert stream.process.poll() is None
            stream.kill()
            lab.expel()
    finally:
        enough.set()
        sender.join()
    last = lab.start()
    lab.wait_until_all()
    assert last.end() == 0
    times = lab.check()
    print(f"{len(lab.sent)} sent, {times.total() - len(times)} predictions more than once")
    assert times.total() > len(times), "no kill came between a prediction and its commit"
    assert lab.committed() == lab.ends()


def test_one_that_joins_while_a_batch_is_in_work_takes_over_half(lab):
    first = lab.start("--batch", "8", QUICK_STREAM_BATCH_SECONDS="0.4")
    first.wait_until_ready()
    for _ in range(140):
        lab.send()
    lab.wait_until(first.batches)
    second = lab.start("--batch", "8", QUICK_STREAM_BATCH_SECONDS="0.1")
    lab.wait_until(second.batches)
    assert not lab.has_all(), "the first one had nothing in work any more"
    lab.wait_until_all()
    taken = {partition for batch in second.batches() for partition in batch["offsets"]}
    assert len(taken) == 1, "each has one of the two partitions"
    assert first.end() == 0
    for _ in range(20):
        lab.send()
    lab.wait_until_all()
    assert second.end() == 0
    lab.check()
    assert lab.committed() == lab.ends()


def test_one_that_stood_still_with_a_batch_in_work_commits_nothing_of_it(lab):
    first = lab.start("--batch", "8", QUICK_STREAM_BATCH_SECONDS="0.4")
    first.wait_until_ready()
    for _ in range(60):
        lab.send()
    lab.wait_until(first.batches)
    first.process.send_signal(signal.SIGSTOP)
    lab.expel()
    second = lab.start()
    lab.wait_until_all()
    ends = lab.ends()
    lab.wait_until(lambda: lab.committed() == ends)
    first.process.send_signal(signal.SIGCONT)
    lab.wait_until(lambda: not all(batch["committed"] for batch in first.batches()))
    assert lab.committed() == ends
    for _ in range(20):
        lab.send()
    lab.wait_until_all()
    assert (first.end(), second.end()) == (0, 0)
    times = lab.check()
    assert times.total() > len(times), "what was in work is written by both"
    assert lab.committed() == lab.ends()


def test_poison_among_a_thousand_is_told_as_errors_and_stops_nothing(lab):
    poison = {
        100: (b"no picture", {}, "no picture that can be read: it is text"),
        300: (b"", {}, "empty"),
        500: (None, {"sha256": "0" * 64}, "the bytes differ from what was sent"),
        700: (b"\x89PNG\r\n\x1a\n" + bytes(1000), {}, "no picture that can be read"),
        900: (lab.pictures[0][:-200], {}, "damaged or truncated"),
    }
    bad = {}
    for number in range(1000):
        value, headers, reason = poison.get(number, (None, {}, None))
        known_by = lab.send(value, **headers)
        if reason:
            bad[known_by] = reason
    stream = lab.start()
    lab.wait_until_all()
    lab.check()
    errors = {said["correlation_id"]: said["error"]["reason"] for _, said in lab.seen if "error" in said}
    assert errors.keys() == bad.keys()
    for known_by, reason in bad.items():
        assert reason in errors[known_by]
    assert stream.end() == 0
    assert lab.committed() == lab.ends()


def test_a_class_is_served_while_ones_topics_are_not_there(lab):
    own, later = lab.settings.topic, f"{lab.settings.topic}.later"
    answers = f"{later}.predictions"
    routes = {"KAFKA_TOPIC": f"{own},{later}", "KAFKA_PREDICTIONS_TOPIC": f"{lab.predictions},{answers}"}
    stream = lab.start("--wait-for-topics", **routes, KAFKA_GROUP=f"{own}.class")
    stream.wait_until_ready()
    lab.send()
    lab.wait_until_all()
    lab.make(later)
    lab.make(answers)
    lab.read_from(lab.predictions, answers)
    lab.send(topic=later)
    lab.wait_until_all()
    lab.remove(answers)
    waiting = [lab.send(topic=topic) for topic in (later, own, later, own)][::2]
    lab.wait_until(lambda: lab.sent.keys() - waiting <= {said["correlation_id"] for _, said in lab.read()})
    stream.wait_until_ready()
    assert not {said["correlation_id"] for _, said in lab.seen} & set(waiting)
    lab.make(answers)
    lab.read_from(lab.predictions, answers)
    lab.wait_until_all()
    assert stream.end() == 0
    lab.check()
