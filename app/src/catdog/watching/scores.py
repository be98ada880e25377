"""How often each model was right, where it is known what the picture shows."""

from __future__ import annotations

from dataclasses import dataclass

from catdog.streaming.prediction import Prediction

# Predictions that are known again when they come twice, which is within a batch or two of each other.
REMEMBERED = 100_000


@dataclass
class Score:
    """Of one model."""

    right: int = 0
    known: int = 0

    @property
    def accuracy(self) -> float | None:
        """0..1; None before the first picture whose label is known."""
        return self.right / self.known if self.known else None

    def __str__(self) -> str:
        return f"{self.right} of {self.known} right ({self.accuracy:.0%})" if self.known else "no label known yet"


class Scores:
    """Running scores by model. A prediction that comes twice counts once."""

    def __init__(self) -> None:
        self.by_model: dict[str, Score] = {}
        self._seen: dict[str, None] = {}

    def add(self, prediction: Prediction) -> bool:
        """Count it; whether it is new."""
        if prediction.identity in self._seen:
            return False
        self._seen[prediction.identity] = None
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
        for answer in prediction.answers:
            score = self.by_model.setdefault(answer.model, Score())
            if prediction.expected:
                score.known += 1
                score.right += answer.label == prediction.expected
        return True
