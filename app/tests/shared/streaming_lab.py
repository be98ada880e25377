"""The streaming service as processes at a real Kafka, with two topics of its own: what was sent, and what came back."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import kafka.errors
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import MemberToRemove, NewTopic

from catdog.drawing import draw
from catdog.kafka.reader import create_no_topics
from catdog.kafka.settings import KafkaSettings
from local_kafka.furnishing import chief_options
from local_kafka.nodes import LocalKafka
from processes import ENDS_WITH_US

PARTITIONS = 2
PATIENCE = 120
QUICK = (sys.executable, str(Path(__file__).parent / "quick_stream.py"))
REAL = (sys.executable, "-m", "catdog", "stream")


def until(condition: Callable[[], Any], what: Callable[[], str], seconds: float = PATIENCE) -> Any:
    """Waits for the condition, and fails with `what` when it does not come."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what()}, after {seconds} s"
        time.sleep(0.05)
    return found


class Stream:
    """One process of the service, and its log."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [*ENDS_WITH_US, *command, "--address", "127.0.0.1", "--port", "0"],
                env=environment, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def lines(self) -> list[dict[str, Any]]:
        """What it has logged."""
        found = []
        for line in self.log.read_text().splitlines():
            with suppress(ValueError):
                found.append(json.loads(line))
        return found

    def batches(self) -> list[dict[str, Any]]:
        """What it has logged of the batches that it has worked off."""
        return [line for line in self.lines() if line["message"] == "batch"]

    def not_ready(self) -> str:
        """Why it says that it is not ready; empty where it is."""
        port = until(lambda: next((line["port"] for line in self.lines() if "port" in line), 0), self.log.read_text)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10):
                return ""
        except urllib.error.HTTPError as refused:
            return refused.read().decode()
        except OSError as error:
            return str(error)

    def wait_until_ready(self) -> None:
        """Fails with what it has logged where that does not come."""
        until(lambda: not self.not_ready(), lambda: f"{self.not_ready()}: {self.log.read_text()}")

    def kill(self) -> None:
        """As by a power cut."""
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        """Told to end, it does: its exit code."""
        self.process.terminate()
        return self.process.wait(60)


class StreamingLab:
    """Two topics at a Kafka, and the services that are started for them. `close` it in the end.

    kafka: variables of the environment that say where it is; chief: options of a client that may make topics;
    command: how the service is started; folder: for logs.
    """

    def __init__(
        self, kafka: Mapping[str, str], chief: Mapping[str, Any], command: Sequence[str], folder: Path,
        replicas: int = 1, predictions_config: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        prefix = kafka.get("KAFKA_TOPIC") or "chaos"
        self.environment = {**kafka, "KAFKA_TOPIC": f"{prefix}.{uuid.uuid4().hex}"}
        self.settings = KafkaSettings.from_environment(self.environment)
        self.predictions = f"{self.settings.topic}-predictions"
        self.environment |= {"KAFKA_PREDICTIONS_TOPIC": self.predictions, "TF_CPP_MIN_LOG_LEVEL": "3"}
        self.admin = KafkaAdminClient(**chief)
        self._command, self._folder, self._replicas = command, folder, replicas
        self._topics: list[str] = []
        self.streams: list[Stream] = []
        self.sent: dict[str, Any] = {}
        self.seen: list[tuple[str, dict[str, Any]]] = []
        self.pictures = [_jpeg(label, seed) for seed in range(3) for label in ("cat", "dog")]
        self._producer = KafkaProducer(**self.settings.client_options())
        self._reader = KafkaConsumer(**self.settings.client_options(), auto_offset_reset="earliest")
        create_no_topics(self._reader._cluster)  # one that is removed is not to come back by being read
        self.make(self.settings.topic)
        self.make(self.predictions, **predictions_config or {})
        self.read_from(self.predictions)

    @classmethod
    def at(cls, kafka: LocalKafka, folder: Path, **options: Any) -> StreamingLab:
        """At a local Kafka."""
        variables = {"KAFKA_BOOTSTRAP_SERVERS": kafka.lab["plain"], "KAFKA_TOPIC": kafka.lab["topic"]}
        return cls(variables, chief_options(kafka.lab), QUICK, folder, **options)

    def make(self, topic: str, **config: str) -> None:
        """A topic with this configuration; removed in the end."""
        self.admin.create_topics([NewTopic(topic, PARTITIONS, self._replicas, topic_configs=config)])
        self._topics.append(topic)

    def remove(self, topic: str) -> None:
        """A topic that was made; brokers know it no more."""
        self.admin.delete_topics([topic])
        self._topics.remove(topic)
        unknown = kafka.errors.UnknownTopicOrPartitionError.errno
        until(
            lambda: self.admin.describe_topics([topic])[0]["error_code"] == unknown, lambda: f"{topic} is still there"
        )

    def read_from(self, *topics: str) -> None:
        """From now on predictions are those of these topics, from their begin.

        Also for topics that were made anew: the reader would go on where it was in those before.
        """
        partitions = [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]
        self._reader.assign(partitions)
        self._reader.seek_to_beginning(*partitions)

    def start(self, *options: str, **variables: str) -> Stream:
        """A service more. variables: of its environment beside the usual."""
        log = self._folder / f"{len(self.streams)}.log"
        environment = {**os.environ, **self.environment, **variables, "PYTHONPATH": os.pathsep.join(sys.path)}
        self.streams.append(Stream([*self._command, *options], environment, log))
        return self.streams[-1]

    def send(self, value: bytes | None = None, topic: str | None = None, **headers: str) -> str:
        """One picture, or this value, under a new correlation id, which it gives."""
        number, known_by = len(self.sent), str(uuid.uuid4())
        value = self.pictures[number % len(self.pictures)] if value is None else value
        named = [(name, text.encode()) for name, text in {"correlation-id": known_by, **headers}.items()]
        self.sent[known_by] = self._producer.send(
            topic or self.settings.topic, value, headers=named, partition=number % PARTITIONS
        )
        return known_by

    def read(self) -> list[tuple[str, dict[str, Any]]]:
        """All predictions until now: key and what it says."""
        for batch in self._reader.poll(timeout_ms=100).values():
            self.seen += [(record.key.decode(), json.loads(record.value)) for record in batch]
        return self.seen

    def has_all(self) -> bool:
        """Whether every id that was sent has come back."""
        return self.sent.keys() <= {said["correlation_id"] for _, said in self.read()}

    def wait_until(self, condition: Callable[[], Any]) -> None:
        """Until it holds; fails with what services have logged where it does not come, or none runs any more."""
        until(lambda: condition() or not any(stream.process.poll() is None for stream in self.streams), self.told)
        assert condition(), self.told()

    def wait_until_all(self) -> None:
        """Until all that was sent has come back."""
        self.wait_until(self.has_all)

    def expel(self) -> None:
        """The group does without those who are in it, as once their sessions are over: nobody has to wait for that."""
        group = f"{self.settings.topic}.stream"
        members = self._asked(lambda: self.admin.describe_groups([group]))[group]["members"]
        if members:
            self._asked(
                lambda: self.admin.remove_group_members(group, [MemberToRemove(one["member_id"]) for one in members])
            )

    def committed(self) -> dict[int, int]:
        """Of each partition of pictures up to where the group has committed."""
        group = f"{self.settings.topic}.stream"
        found = self._asked(lambda: self.admin.list_group_offsets({group: None}))[group]
        return {place.partition: told.offset for place, told in found.items() if told.offset >= 0}

    def _asked(self, question: Callable[[], Any]) -> Any:
        """What brokers answer, once they do: the first question for a group has them make the topic of groups."""
        answers: list[Any] = []

        def ask() -> list[Any]:
            with suppress(kafka.errors.RetriableError):
                answers.append(question())
            return answers

        return until(ask, lambda: "no broker answers")[0]

    def ends(self) -> dict[int, int]:
        """The same where all that was sent is committed."""
        places = Counter(sent.get(30).partition for sent in self.sent.values())
        return dict(places)

    def check(self) -> Counter[str]:
        """Every picture that was sent has a prediction; what is there twice has the same key and says the same.

        How often each key is there.
        """
        where = {known_by: sent.get(30) for known_by, sent in self.sent.items()}
        expected = {known_by: f"{at.topic}/{at.partition}/{at.offset}" for known_by, at in where.items()}
        assert {said["correlation_id"]: key for key, said in self.read()} == expected
        labels: dict[str, set] = {}
        for key, said in self.seen:
            labels.setdefault(key, set()).add(tuple((one["model"], one["label"]) for one in said.get("answers", ())))
        assert {key for key, found in labels.items() if len(found) > 1} == set()
        return Counter(key for key, _ in self.seen)

    def told(self) -> str:
        """For a failure: how many came back, and how the services' logs end."""
        ends = [stream.log.read_text()[-600:] for stream in self.streams[-2:]]
        return f"{len({said['correlation_id'] for _, said in self.seen})} of {len(self.sent)} came back; {ends}"

    def close(self) -> None:
        """End what was started, remove the topics."""
        for stream in self.streams:
            stream.kill()
        self._producer.close(timeout=5)
        self._reader.close()
        self._asked(lambda: self.admin.delete_topics(self._topics))
        self.admin.close()


def _jpeg(label: str, seed: int) -> bytes:
    buffer = io.BytesIO()
    draw(label, seed, 100).save(buffer, "JPEG")
    return buffer.getvalue()
