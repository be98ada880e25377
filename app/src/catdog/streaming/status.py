"""Whether the service is alive and ready, told by whoever knows, asked by probes from other threads."""

from __future__ import annotations

import threading
import time

# Longer than anything the service waits for in one go; after it, only a restart helps.
STUCK_SECONDS = 120


class Status:
    """Ready is: models loaded, partitions assigned, Kafka does its part. Alive is: the service still goes round."""

    MODELS, GROUP, KAFKA = "models", "group", "kafka"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._beat = time.monotonic()
        self._missing = {
            self.MODELS: "the models are not loaded yet",
            self.KAFKA: "no broker has answered yet",
            self.GROUP: "the consumer group has not assigned partitions yet",
        }

    def beat(self) -> None:
        """The service has come round once more."""
        self._beat = time.monotonic()

    def has(self, part: str) -> None:
        """This part is as it should be."""
        with self._lock:
            self._missing.pop(part, None)

    def lacks(self, part: str, reason: str) -> bool:
        """This part is not; whether that is news."""
        with self._lock:
            news = part not in self._missing or self._missing[part] != reason
            self._missing[part] = reason
            return news

    def lacking(self, part: str) -> bool:
        """Whether this part is not as it should be."""
        with self._lock:
            return part in self._missing

    def not_ready(self) -> list[str]:
        """Why it is not ready; nothing where it is."""
        with self._lock:
            return list(self._missing.values())

    def stuck_for(self) -> float | None:
        """Seconds since the service last came round, where they are too many."""
        seconds = time.monotonic() - self._beat
        return seconds if seconds > STUCK_SECONDS else None
