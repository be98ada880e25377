"""The last pictures with their answers, for the page: added by one thread, read by those that serve."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from catdog.streaming.prediction import Prediction
from catdog.watching.scores import Scores


class Wall:
    """The newest `room` predictions, newest first, each with its small picture, and the running scores."""

    def __init__(self, room: int) -> None:
        self._lock = threading.Lock()
        self._shown: deque[tuple[Prediction, bytes | None]] = deque(maxlen=room)
        self._scores = Scores()
        self._count = 0

    def add(self, prediction: Prediction, jpeg: bytes | None) -> bool:
        """Show it; False where it was shown before."""
        with self._lock:
            if not self._scores.add(prediction):
                return False
            self._count += 1
            self._shown.appendleft((prediction, jpeg))
            return True

    def picture(self, identity: str) -> bytes | None:
        """The JPEG of one that is shown."""
        with self._lock:
            return next((jpeg for one, jpeg in self._shown if one.identity == identity), None)

    def scores(self) -> str:
        """All models' running scores in a line."""
        with self._lock:
            return "; ".join(f"{name} model: {score}" for name, score in self._scores.by_model.items())

    def as_dict(self) -> dict[str, Any]:
        """For the page: `count`, `scores` (model, right, known) and `shown`."""
        with self._lock:
            return {
                "count": self._count,
                "scores": [
                    {"model": name, "right": score.right, "known": score.known}
                    for name, score in self._scores.by_model.items()
                ],
                "shown": [
                    {"identity": one.identity, "name": one.name, "picture": jpeg is not None, "expected": one.expected,
                     "reason": one.reason, "answers": [answer.as_dict() for answer in one.answers]}
                    for one, jpeg in self._shown
                ],
            }  # fmt: skip
