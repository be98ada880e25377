"""The service put together: its parts are started in the order in which they can fail, and ended in the other one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from catdog.streaming import logs
from catdog.streaming.failures import RETRY_SECONDS, UnavailableError
from catdog.streaming.metrics import Metrics
from catdog.streaming.probes import served
from catdog.streaming.settings import StreamSettings
from catdog.streaming.sink import PredictionSink
from catdog.streaming.source import PictureSource
from catdog.streaming.status import Status
from catdog.streaming.topics import Topics

Result = TypeVar("Result")

log = logging.getLogger(__name__)


def stream(settings: StreamSettings, address: str, port: int, level: str, ended: threading.Event) -> None:
    """Classify until `ended` is set.

    Raises KafkaError where Kafka says no or lacks a topic that is not waited for, ModelError where the well trained
    model is not there, InputError where the port is taken.
    """
    logs.start(level)
    status = Status()
    metrics = Metrics(status)
    topics = Topics(settings, metrics)
    with served(address, port, status, metrics) as listening:
        told = {"pictures": str(settings.kafka), "predictions": dict(settings.predictions), "group": settings.group}
        log.info("started", extra={"fields": told | {"port": listening}})
        _until_it_works(topics.look, status, metrics, ended)
        if ended.is_set():
            return
        # Only now, because it takes seconds: a topic that is not there is told at once.
        from catdog.tensorflow_startup import start_tensorflow

        start_tensorflow()
        from catdog.streaming.live_models import LiveModels
        from catdog.streaming.service import Service

        models = LiveModels()
        status.has(Status.MODELS)
        threading.Thread(target=models.watch, args=(ended,), name="models", daemon=True).start()
        source = _until_it_works(lambda: PictureSource(settings, topics.usable), status, metrics, ended)
        if source is None:
            return
        topics.taken_up()
        sink = PredictionSink(settings)
        try:
            Service(source, sink.write, lambda: models.current, topics, settings.batch, status, metrics, ended).run()
        finally:
            source.close()
            sink.close()
            log.info("ended")


def _until_it_works(
    action: Callable[[], Result], status: Status, metrics: Metrics, ended: threading.Event
) -> Result | None:
    """What the action gives, tried until it is not UnavailableError; None where the service is to end before."""
    while not ended.is_set():
        status.beat()
        try:
            return action()
        except UnavailableError as lost:
            metrics.failure()
            if status.lacks(Status.KAFKA, str(lost)):
                log.error("Kafka does not do its part; trying again", extra={"fields": {"reason": str(lost)}})
            ended.wait(RETRY_SECONDS)
    return None
