"""How right a model is, and whether its confidence means what it says."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from catdog import LABELS, prefetch
from catdog.data.dataset import Example, LeftOut, decoded
from catdog.errors import DataError, PictureError
from catdog.models import batches
from catdog.models.classifier import Classifier

CALIBRATION_BINS = 15


@dataclass(frozen=True)
class Evaluation:
    """accuracy and calibration_error: 0..1; confusion: true label -> answered label -> pictures."""

    accuracy: float
    count: int
    calibration_error: float
    log_loss: float
    confusion: dict[str, dict[str, int]]
    left_out: list[LeftOut]
    seconds: float
    model: str
    model_hash: str

    def as_dict(self) -> dict:
        """For JSON; of the pictures left out only the number."""
        figures = {key: round(value, 5) for key, value in self.__dict__.items() if isinstance(value, float)}
        return self.__dict__ | figures | {"left_out": len(self.left_out)}


def evaluate(classifier: Classifier, examples: Sequence[Example]) -> Evaluation:
    """Classify every example that can be read, in batches. Raises DataError when none can."""
    started = time.perf_counter()
    targets: list[int] = []
    logits: list[np.ndarray] = []
    left_out: list[LeftOut] = []
    for batch in prefetch.batches(_readable(classifier, examples, left_out), batches.BATCH):
        targets += [target for target, _ in batch]
        logits.append(batches.logits(classifier, [pixels for _, pixels in batch], fill=bool(logits)))
    if not targets:
        first = f"; the first: {left_out[0]}" if left_out else ""
        raise DataError(f"none of {len(examples)} pictures can be read{first}")
    truth, dog = np.array(targets), classifier.confidences(np.concatenate(logits))
    answers = (dog > 0.5).astype(int)
    return Evaluation(
        accuracy=float((answers == truth).mean()),
        count=len(truth),
        calibration_error=calibration_error(dog, truth),
        log_loss=log_loss(dog, truth),
        confusion={
            label: {answer: int(((truth == row) & (answers == column)).sum()) for column, answer in enumerate(LABELS)}
            for row, label in enumerate(LABELS)
        },
        left_out=left_out,
        seconds=time.perf_counter() - started,
        model=classifier.model.name,
        model_hash=classifier.model.hash,
    )


def _readable(
    classifier: Classifier, examples: Iterable[Example], left_out: list[LeftOut]
) -> Iterator[tuple[int, np.ndarray]]:
    for example, pixels in decoded(examples, classifier.model.size):
        if isinstance(pixels, PictureError):
            left_out.append(LeftOut.of(example, pixels))
        else:
            yield example.target, pixels


def calibration_error(dog: np.ndarray, truth: np.ndarray) -> float:
    """Expected calibration error (Naeini 2015): the mean distance of confidence and accuracy over 15 bins of 0.5..1."""
    confidence = np.maximum(dog, 1 - dog)
    right = (dog > 0.5) == (truth > 0.5)
    bins = np.minimum(((confidence - 0.5) * 2 * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    distances = [abs(confidence[bins == one].sum() - right[bins == one].sum()) for one in np.unique(bins)]
    return float(sum(distances) / len(dog))


def log_loss(dog: np.ndarray, truth: np.ndarray) -> float:
    """Mean of -log(confidence in the true class)."""
    of_truth = np.where(truth > 0.5, dog, 1 - dog)
    return float(-np.log(np.clip(of_truth, 1e-7, 1)).mean())


def best_temperature(logits: np.ndarray, truth: np.ndarray) -> float:
    """The temperature of 0.05..20 with the lowest log loss on pictures not trained on (Guo 2017)."""
    candidates = np.exp(np.linspace(np.log(0.05), np.log(20), 400))
    losses = [log_loss(1 / (1 + np.exp(-logits.astype(np.float64) / one)), truth) for one in candidates]
    return round(float(candidates[int(np.argmin(losses))]), 4)
