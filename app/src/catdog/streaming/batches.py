"""A batch of records: decoded by threads while the models still compute the one before, then answered at once."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catdog.answers import check_sent
from catdog.errors import PictureError
from catdog.kafka.reader import Record
from catdog.models.answer import Answer
from catdog.models.classification import decode
from catdog.streaming.prediction import Prediction

if TYPE_CHECKING:
    from catdog.streaming.live_models import Loaded

# A picture as each of the models takes it, uint8 [size, size, 3], or why it cannot be used.
_Prepared = list[np.ndarray] | PictureError


@dataclass(frozen=True)
class Batch:
    """Records whose pictures are being decoded. models: those that will answer; begun: by time.monotonic()."""

    records: tuple[Record, ...]
    models: Loaded
    prepared: tuple[Future[_Prepared], ...]
    begun: float


class Batches:
    """A thread a processor decodes, one more has the models compute. Use as a context manager."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(len(os.sched_getaffinity(0)), "decode")
        self._computing = ThreadPoolExecutor(1, "compute")

    def __enter__(self) -> Batches:
        return self

    def __exit__(self, *_: object) -> None:
        for threads in (self._threads, self._computing):
            threads.shutdown(cancel_futures=True)

    def begin(self, records: Sequence[Record], models: Loaded) -> Batch:
        """Have the pictures decoded; returns at once."""
        prepared = (self._threads.submit(_prepare, record, models) for record in records)
        return Batch(tuple(records), models, tuple(prepared), time.monotonic())

    def answer(self, batch: Batch) -> Future[list[Prediction]]:
        """What the models say of each record, in order; returns at once."""
        return self._computing.submit(_answer, batch)


def _answer(batch: Batch) -> list[Prediction]:
    """An answer's seconds are its part of the time that the batch took its model."""
    prepared = [one.result() for one in batch.prepared]
    good = [images for images in prepared if not isinstance(images, PictureError)]
    answers = iter(_answers(batch.models, good))
    absent = dict(batch.models.absent)
    return [
        Prediction.of(record, reason=str(images))
        if isinstance(images, PictureError)
        else Prediction.of(record, next(answers), absent)
        for record, images in zip(batch.records, prepared, strict=True)
    ]


def _answers(models: Loaded, pictures: list[list[np.ndarray]]) -> list[tuple[Answer, ...]]:
    """Of each picture an answer of each model."""
    if not pictures:
        return []
    columns = []
    for classifier, images in zip(models.classifiers, zip(*pictures, strict=True), strict=True):
        started = time.perf_counter()
        dogs = classifier.confidences(classifier.logits(np.stack(images)))
        seconds = (time.perf_counter() - started) / len(images)
        columns.append([classifier.answer(dog, seconds) for dog in dogs])
    return list(zip(*columns, strict=True))


def _prepare(record: Record, models: Loaded) -> _Prepared:
    try:
        check_sent(record)
        pixels = decode(record.value)
        return [classifier.prepare(pixels) for classifier in models.classifiers]
    except PictureError as error:
        return error
