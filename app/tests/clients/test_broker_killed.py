"""Brokers are killed while clients send: what was called acknowledged is there, byte for byte, else a file is named.

A real Kafka of three nodes, topics of three replicas of which two have to be in sync, both clients at once.
"""

import hashlib
import importlib.machinery
import importlib.util
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import TopicAuthorizationFailedError

from conformance.commands import CLIENTS, COMMANDS, GO_VARIABLE
from streaming_lab import until

pytestmark = pytest.mark.local_kafka
# So many pictures are acknowledged before a broker is killed.
FIRST = 5
PATIENCE = 120


@pytest.fixture(scope="module")
def three_nodes(start_kafka):
    return start_kafka(nodes=3)


@pytest.fixture
def kafka(three_nodes):
    """All of its nodes run."""
    three_nodes.start_missing()
    return three_nodes


@pytest.fixture
def clients(monkeypatch):
    """Names of the clients: the Go client is among them where it is named or has been built."""
    if not os.environ.get(GO_VARIABLE):
        loader = importlib.machinery.SourceFileLoader("go_client_build", str(CLIENTS / "go" / "build"))
        build = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        loader.exec_module(build)
        if not build.kept_client().exists():
            warnings.warn(f"the Go client is left out: it is not built, and {GO_VARIABLE} not set", stacklevel=1)
            return ["python"]
        monkeypatch.setenv(GO_VARIABLE, str(build.kept_client()))
    return list(COMMANDS)


@pytest.fixture
def topics(kafka, clients, request):
    """A new topic of one partition for each client, all led by the same node; a record of ours is in each."""
    names = {client: f"pictures.{client}.{request.function.__name__}" for client in clients}
    configs = {"min.insync.replicas": "2", "max.message.bytes": "10485760"}
    admin = kafka.admin()
    admin.create_topics([
        NewTopic(name, replica_assignments={0: [1, 2, 3]}, topic_configs=configs) for name in names.values()
    ])  # fmt: skip
    admin.close()
    # Nodes hear of topics and rights one after the other: all have once all replicas have a record.
    producer = KafkaProducer(bootstrap_servers=kafka.lab["plain"].split(","), acks="all", enable_idempotence=False)
    for name in names.values():
        until(lambda name=name: is_written(producer, name), lambda name=name: f"no record comes to {name}")
    producer.close()
    return names


def is_written(producer, topic):
    try:
        return producer.send(topic, b"").get(PATIENCE)
    except TopicAuthorizationFailedError:
        return None


@pytest.fixture
def pictures(tmp_path):
    """Makes so many files of so many bytes, no two alike, that pass for JPEG; gives their folder."""

    def make(count, size):
        folder = tmp_path / "pictures"
        folder.mkdir()
        chance = random.Random(1)
        for number in range(count):
            (folder / f"{number:05}.jpg").write_bytes(b"\xff\xd8\xff" + chance.randbytes(size - 3))
        return folder

    return make


class Sending:
    """A client that sends, and stands still once so many pictures are acknowledged. lines: what it has called so."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines, self.enough = [], threading.Event()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(json.loads(line))
            if len(self.lines) == FIRST:
                self.process.send_signal(signal.SIGSTOP)
                self.enough.set()
        self.enough.set()

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def outcome(self):
        """Exit code, all that was called acknowledged, lines of standard error."""
        said = self.process.stderr.read().splitlines()
        self.reader.join(PATIENCE)
        return SimpleNamespace(code=self.process.wait(PATIENCE), acknowledged=self.lines, said=said)

    def end(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()


@pytest.fixture
def send(kafka, topics):
    """Starts all clients on a folder; gives them when each stands still after its first acknowledged pictures."""
    begun = {}

    def start(folder, timeout):
        for client, topic in topics.items():
            command = COMMANDS[client](kafka.lab["plain"], [str(folder)], {"topic": topic, "timeout": timeout})
            begun[client] = Sending(command)
        for client, one in begun.items():
            assert one.enough.wait(PATIENCE)
            assert one.process.poll() is None, (client, one.process.stderr.read())
        return begun

    yield start
    for one in begun.values():
        one.end()


def outcomes_of(sending):
    """All go on to their end."""
    for one in sending.values():
        one.go_on()
    return {client: one.outcome() for client, one in sending.items()}


def check_acknowledged(kafka, topic, outcome):
    """Whatever was called acknowledged lies where the client said, with the file's bytes."""
    place = TopicPartition(topic, 0)
    largest = 11 * 1024 * 1024
    consumer = KafkaConsumer(bootstrap_servers=kafka.lab["plain"].split(","), max_partition_fetch_bytes=largest)
    consumer.assign([place])
    consumer.seek_to_beginning(place)
    end, found = consumer.end_offsets([place])[place], {}
    while consumer.position(place) < end:
        for record in consumer.poll(1000).get(place, ()):
            found[record.offset] = hashlib.sha256(record.value).hexdigest()
    consumer.close()
    assert len(outcome.acknowledged) >= FIRST
    for line in outcome.acknowledged:
        content = Path(line["file"]).read_bytes()
        assert found.get(line["offset"]) == line["sha256"] == hashlib.sha256(content).hexdigest(), line
    assert len({line["offset"] for line in outcome.acknowledged}) == len(outcome.acknowledged)
    assert not any("Traceback" in line or "goroutine" in line for line in outcome.said)
    assert f"acknowledged {len(outcome.acknowledged)} of " in outcome.said[-1]


def test_the_leader_is_killed_and_clients_go_on(kafka, topics, pictures, send):
    # More than may be under way: no client has handed over all when the first are acknowledged.
    folder, leader = pictures(100, 64 * 1024), kafka.leader(topics["python"])
    sending = send(folder, timeout=60)
    leader.kill()
    outcomes = outcomes_of(sending)
    assert kafka.leader(topics["python"]) is not leader
    for client, outcome in outcomes.items():
        check_acknowledged(kafka, topics[client], outcome)
        assert (outcome.code, len(outcome.acknowledged)) == (0, 100), (client, outcome.said)


def test_too_few_are_left_and_clients_say_which_picture_has_no_place(kafka, topics, pictures, send):
    # One at a time is under way, so the time that a client gives it is short.
    folder, leader = pictures(10, 2_100_000), kafka.leader(topics["python"])
    others = [node for node in kafka.nodes if node is not leader]
    sending = send(folder, timeout=5)
    for node in others:
        node.kill()
    outcomes = outcomes_of(sending)
    kafka.start_missing()
    for client, outcome in outcomes.items():
        check_acknowledged(kafka, topics[client], outcome)
        assert outcome.code == 1, (client, outcome.said)
        (named,) = re.findall(r"(\S+\.jpg) is not acknowledged: ", "\n".join(outcome.said))
        assert named in {str(path) for path in folder.iterdir()} - {line["file"] for line in outcome.acknowledged}
