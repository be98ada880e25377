"""A client that keeps sending while something is broken, and remembers what Kafka acknowledged."""

import threading
from types import TracebackType

from kafka.errors import KafkaError

from .kafka_access import Kafka

PAUSE = 0.02  # seconds between two records


class Sender:
    """Sends numbered records to a topic, each until it is acknowledged or given up; use it in a `with`."""

    def __init__(self, kafka: Kafka, topic: str) -> None:
        self.acknowledged: list[bytes] = []
        self._kafka, self._topic, self._ended = kafka, topic, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Sender":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        with self._kafka.producer() as send:
            while not self._ended.wait(PAUSE):
                value = f"record {number}".encode()
                try:
                    send(self._topic, value)
                    self.acknowledged.append(value)
                except KafkaError:
                    pass  # nothing was promised
                number += 1
