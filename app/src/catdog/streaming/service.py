"""The service's round: read, classify, write, and commit only what is acknowledged.

While the models compute one batch, the one before is written and the next is read and decoded. One thread talks to
Kafka. What was read is always written before anything read later is committed, so a commit never passes over a record;
what a rebalance has given to others meanwhile is written all the same, twice then, and committed by them alone. What
was read of a topic that is left out meanwhile (catdog.streaming.topics) is neither written nor committed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from catdog.kafka.reader import Record
from catdog.streaming.batches import Batch, Batches
from catdog.streaming.failures import RETRY_SECONDS, UnavailableError, UnusableTopicsError
from catdog.streaming.metrics import Metrics
from catdog.streaming.prediction import Prediction
from catdog.streaming.status import Status
from catdog.streaming.topics import Topics

if TYPE_CHECKING:
    from catdog.streaming.live_models import Loaded

# How long the service waits for records before it looks whether it is to end.
POLL_SECONDS = 0.5
# Brokers are asked whether they are there after so long without a record.
QUIET_SECONDS = 5

log = logging.getLogger(__name__)


class Source(Protocol):
    """catdog.streaming.source.PictureSource, as far as it is used here."""

    joined: bool

    def subscribe(self, topics: Collection[str]) -> None: ...
    def poll(self, seconds: float, count: int) -> list[Record]: ...
    def commit(self, records: Sequence[Record]) -> bool: ...
    def lags(self) -> Mapping[tuple[str, int], int]: ...
    def ask(self) -> None: ...


class Service:
    """Classifies until `ended` is set, and finishes the batch in work then.

    models: gives those that answer now; write: returns when predictions are acknowledged, raises UnavailableError or
    UnusableTopicsError when they are not. A KafkaError of any part ends the service.
    """

    def __init__(
        self, source: Source, write: Callable[[Sequence[Prediction]], None], models: Callable[[], Loaded],
        topics: Topics, batch: int, status: Status, metrics: Metrics, ended: threading.Event,
    ) -> None:  # fmt: skip
        self._source, self._write, self._models, self._topics = source, write, models, topics
        self._size, self._status, self._metrics, self._ended = batch, status, metrics, ended
        self._work: tuple[Batch, Future[list[Prediction]]] | None = None
        self._next: Batch | None = None
        self._shown = time.monotonic()
        self._asked_of: Loaded | None = None

    def run(self) -> None:
        """Until `ended` is set."""
        with Batches() as batches:
            while not self._ended.is_set():
                self._status.beat()
                try:
                    self._round(batches)
                except UnavailableError as lost:
                    self._lost(lost)
                except UnusableTopicsError as unusable:
                    self._topics.leave_out(unusable.errors)

    def _round(self, batches: Batches) -> None:
        self._topics.look_again()
        if self._work is None and self._next is None:
            if self._topics.changed:
                self._source.subscribe(self._topics.usable)
                self._topics.taken_up()
            self._fetch(batches, POLL_SECONDS)
            self._look_around()
        if self._work is None:
            self._take_up(batches)
        if self._work is not None:
            # Where others are to be read from now on, what is in work comes to its end first.
            if self._next is None and not self._topics.changed:
                self._fetch(batches, 0)
            self._finish(batches)

    def _take_up(self, batches: Batches) -> None:
        """Have the models compute what was read."""
        if self._next is not None:
            self._work, self._next = (self._next, batches.answer(self._next)), None

    def _fetch(self, batches: Batches, seconds: float) -> None:
        records = self._source.poll(seconds, self._size)
        if records:
            self._shown = time.monotonic()
            self._next = batches.begin(records, self._current())
        if self._source.joined:
            self._status.has(Status.GROUP)
        else:
            self._status.lacks(Status.GROUP, "the consumer group is assigning partitions")

    def _finish(self, batches: Batches) -> None:
        batch, answered = self._work
        predictions = answered.result()
        self._work = None
        self._take_up(batches)
        written = self._deliver(predictions)
        if not written:
            return
        now = time.monotonic()
        self._metrics.batch(written, now - batch.begun, time.time())
        served = [record for record in batch.records if self._topics.serves(record.topic)]
        committed = self._source.commit(served)
        self._metrics.lags(self._source.lags())
        self._tell(batch, written, now - batch.begun, committed)

    def _deliver(self, predictions: Sequence[Prediction]) -> list[Prediction]:
        """Again and again until those of topics that are served are acknowledged: these. None where it is to end."""
        while served := [one for one in predictions if self._topics.serves(one.topic)]:
            try:
                self._write(served)
            except UnavailableError as lost:
                self._lost(lost)
                self._status.beat()
                if self._ended.is_set():
                    return []
                continue
            except UnusableTopicsError as unusable:
                self._topics.leave_out(unusable.errors)
                continue
            self._present()
            return served
        return []

    def _look_around(self) -> None:
        """Where no record shows that brokers are there, ask them."""
        quiet = time.monotonic() - self._shown
        if quiet > QUIET_SECONDS or self._status.lacking(Status.KAFKA):
            self._source.ask()
            self._shown = time.monotonic()
            self._present()
            self._metrics.lags(self._source.lags())

    def _present(self) -> None:
        if self._status.lacking(Status.KAFKA):
            log.info("Kafka answers")
        self._status.has(Status.KAFKA)

    def _lost(self, lost: UnavailableError) -> None:
        """Say so, end if a topic is gone, and wait a moment."""
        self._metrics.failure()
        if self._status.lacks(Status.KAFKA, str(lost)):
            log.error("Kafka does not do its part; trying again", extra={"fields": {"reason": str(lost)}})
        if not self._ended.wait(RETRY_SECONDS):
            with suppress(UnavailableError):
                self._topics.look()

    def _current(self) -> Loaded:
        models = self._models()
        if models is not self._asked_of:
            self._asked_of = models
            self._metrics.models([(one.model.name, one.model.hash) for one in models.classifiers])
        return models

    def _tell(self, batch: Batch, predictions: Sequence[Prediction], seconds: float, committed: bool) -> None:
        offsets: dict[str, list[int]] = {}
        for one in predictions:
            offsets.setdefault(f"{one.topic}/{one.partition}", []).append(one.offset)
        fields = {
            "records": len(predictions),
            "errors": sum(bool(one.reason) for one in predictions),
            "seconds": round(seconds, 4),
            "offsets": {partition: [min(some), max(some)] for partition, some in offsets.items()},
            "models": {one.model.name: one.model.hash for one in batch.models.classifiers},
            "committed": committed,
        }
        log.info("batch", extra={"fields": fields})
