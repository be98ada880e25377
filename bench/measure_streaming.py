"""One figure of `catdog stream`, as a line of JSON: run by bench/streaming.py in the tests' environment.

measure_streaming.py share|latency|replicas|bare

Topics of its own are made, named after KAFKA_TOPIC (default `bench`) and a dot, and removed at the end.
"""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from catdog.drawing import draw
from catdog.kafka.settings import KafkaSettings
from catdog.streaming.settings import DEFAULT_BATCH

PARTITIONS = 2
SHARE_COUNT, REPLICAS_COUNT = 2000, 1500
RATE, LATENCY_SECONDS = 20, 60
# The first batches are answered while caches fill; they are in no figure.
WARM = 128
BARE_ROUNDS = 10
READY_SECONDS, QUIET_SECONDS = 180, 600


class Bench:
    """Two topics, a producer, and all predictions as they come: by correlation id when they were written and seen."""

    def __init__(self) -> None:
        topic = f"{os.environ.get('KAFKA_TOPIC') or 'bench'}.{uuid.uuid4().hex}"
        self.environment = os.environ | {"KAFKA_TOPIC": topic, "KAFKA_PREDICTIONS_TOPIC": f"{topic}.predictions"}
        self.settings = KafkaSettings.from_environment(self.environment)
        self.predictions = f"{topic}.predictions"
        options = self.settings.client_options()
        self.admin = KafkaAdminClient(**options)
        self.admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in (topic, self.predictions)])
        self.producer = KafkaProducer(**options)
        self.consumer = KafkaConsumer(**options, group_id=None, auto_offset_reset="earliest")
        partitions = [TopicPartition(self.predictions, number) for number in range(PARTITIONS)]
        self.consumer.assign(partitions)
        self.consumer.seek_to_beginning(*partitions)
        self.written: dict[str, float] = {}
        self.seen: dict[str, float] = {}
        self.pictures, self.kind = _pictures()

    def send(self, number: int) -> str:
        """One picture; its correlation id."""
        known_by = f"{number}"
        value = self.pictures[number % len(self.pictures)]
        headers = [("correlation-id", known_by.encode())]
        self.producer.send(self.settings.topic, value, headers=headers, partition=number % PARTITIONS)
        return known_by

    def read_until(self, count: int) -> None:
        """Until predictions of so many pictures are there; ends the measurement where none comes for long."""
        last = time.monotonic()
        while len(self.seen) < count:
            for batch in self.consumer.poll(timeout_ms=200).values():
                last = now = time.monotonic()
                for record in batch:
                    known_by = json.loads(record.value)["correlation_id"]
                    self.written.setdefault(known_by, record.timestamp / 1000)
                    self.seen.setdefault(known_by, now)
            if time.monotonic() - last > QUIET_SECONDS:
                sys.exit(f"{len(self.seen)} of {count} predictions came, then none for {QUIET_SECONDS} s.")

    @contextmanager
    def service(self, port: int) -> Iterator[subprocess.Popen]:
        """`catdog stream`, ready; it is ended with the context."""
        command = [sys.executable, "-m", "catdog", "stream", "--address", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen([*command, "--log-level", "warning"], env=self.environment, stdout=sys.stderr)
        try:
            deadline = time.monotonic() + READY_SECONDS
            while not _ready(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"catdog stream was not ready within {READY_SECONDS} s.")
                time.sleep(0.1)
            yield process
        finally:
            process.terminate()
            process.wait(60)

    def close(self) -> None:
        """Remove the topics."""
        self.producer.close()
        self.consumer.close()
        self.admin.delete_topics([self.settings.topic, self.predictions])
        self.admin.close()


def share(bench: Bench) -> dict:
    """share: of the bare models' pictures a second (before and after, on the same processors) through Kafka."""
    for number in range(SHARE_COUNT):
        bench.send(number)
    bench.producer.flush()
    alone = [_bare()]
    with bench.service(_port()) as process:
        bench.read_until(SHARE_COUNT)
        memory = _peak_memory(process)
    alone.append(_bare())
    times = sorted(bench.written.values())
    speed = (SHARE_COUNT - WARM) / (times[-1] - times[WARM - 1])
    mean = float(np.mean(alone))
    return {"share": speed / mean, "bare": mean, "count": SHARE_COUNT, "pictures": bench.kind, "memory": memory}


def latency(bench: Bench) -> dict:
    """p50, p99, most: milliseconds from a picture's sending until its prediction is read, at RATE a second."""
    count = RATE * LATENCY_SECONDS
    with bench.service(_port()):
        sent: dict[str, float] = {}
        reader = threading.Thread(target=bench.read_until, args=(count,))
        reader.start()
        begun = time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, begun + number / RATE - time.monotonic()))
            now = time.monotonic()
            sent[bench.send(number)] = now
        reader.join()
    taken = [1000 * (bench.seen[known_by] - at) for known_by, at in sent.items()]
    p50, p99 = np.percentile(taken, (50, 99))
    return {"p50": float(p50), "p99": float(p99), "most": max(taken), "count": count}


def replicas(bench: Bench) -> dict:
    """shares: what part of the pictures each of two replicas answered; memory: the larger peak."""
    first, second = _port(), _port()
    with bench.service(first) as one, bench.service(second) as other:
        for number in range(REPLICAS_COUNT):
            bench.send(number)
        bench.producer.flush()
        bench.read_until(REPLICAS_COUNT)
        answered = [_figure(port, "catdog_stream_records_total") for port in (first, second)]
        memory = max(_peak_memory(one), _peak_memory(other))
    return {"shares": [some / sum(answered) for some in answered], "memory": memory}


def _pictures() -> tuple[list[bytes], str]:
    if folder := os.environ.get("CATDOG_PHOTOS"):
        found = sorted(Path(folder).glob("validation/*/*.jpg"))[::5]
        return [file.read_bytes() for file in found], "photos"
    drawn = []
    for number in range(100):
        buffer = io.BytesIO()
        draw("cat" if number % 2 else "dog", number, 200).save(buffer, "JPEG", quality=90)
        drawn.append(buffer.getvalue())
    return drawn, "drawings"


def bare() -> float:
    """Pictures a second through both models, decoded already, in batches as large as the service's."""
    from catdog.models.classifier import load_both

    random = np.random.default_rng(1)
    both = [
        (one, random.integers(0, 256, (DEFAULT_BATCH, one.model.size, one.model.size, 3), np.uint8))
        for one in load_both()
    ]
    for rounds in (2, BARE_ROUNDS):
        started = time.perf_counter()
        for _ in range(rounds):
            for one, images in both:
                one.logits(images)
    return DEFAULT_BATCH * BARE_ROUNDS / (time.perf_counter() - started)


def _bare() -> float:
    """In a process of its own, as the service is."""
    done = subprocess.run([sys.executable, __file__, "bare"], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def _figure(port: int, name: str) -> float:
    """Of all labels together."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.split()[1]) for line in lines if line.startswith(f"{name}{{"))


def _peak_memory(process: subprocess.Popen) -> int:
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


MEASURES: dict[str, Callable[[Bench], dict]] = {f.__name__: f for f in (share, latency, replicas)}

if __name__ == "__main__":
    if sys.argv[1:] == ["bare"]:
        print(json.dumps(bare()))
        sys.exit()
    bench = Bench()
    try:
        print(json.dumps(MEASURES[sys.argv[1]](bench)))
    finally:
        bench.close()
