"""The service's figures, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from catdog.streaming.prediction import Prediction
from catdog.streaming.status import Status

# Seconds, close together about 0.15, the bound at 20 pictures a second.
_SECONDS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60)
_PICTURES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """Counters since the start of the process, and how things are now. Each service has a registry of its own."""

    def __init__(self, status: Status) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._records = Counter(
            "catdog_stream_records", "Records with an acknowledged prediction, errors too", ["topic"],
            registry=self.registry,
        )  # fmt: skip
        self._errors = Counter(
            "catdog_stream_errors", "Records of them that are no picture that can be used", ["topic"],
            registry=self.registry,
        )  # fmt: skip
        self._said = Counter(
            "catdog_stream_answers", "Answers by model and label", ["model", "label"], registry=self.registry
        )
        self._seconds = Histogram(
            "catdog_stream_seconds", "From a record's arrival here to its acknowledged prediction",
            buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        self._age = Histogram(
            "catdog_stream_age_seconds", "From a record's time stamp (sender's clock) to its acknowledged prediction",
            buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        self._batch = Histogram(
            "catdog_stream_batch_size", "Records that were answered together", buckets=_PICTURES, registry=self.registry
        )
        self._failures = Counter(
            "catdog_stream_kafka_failures", "Tries of Kafka that failed and are made again", registry=self.registry
        )
        self._lag = Gauge(
            "catdog_stream_lag", "Records without a prediction, of partitions assigned to this replica",
            ["topic", "partition"], registry=self.registry,
        )  # fmt: skip
        self._left_out = Gauge(
            "catdog_stream_left_out", "1 for each topic of pictures that cannot be served", ["topic"],
            registry=self.registry,
        )  # fmt: skip
        self._models = Gauge(
            "catdog_stream_model",
            "1 for each model that answers",
            ["model", "hash"],
            registry=self.registry,
        )
        ready = Gauge("catdog_stream_ready", "1 when ready, as /readyz says", registry=self.registry)
        ready.set_function(lambda: float(not status.not_ready()))

    def batch(self, predictions: Sequence[Prediction], seconds: float, now: float) -> None:
        """A batch that is acknowledged, `seconds` after its records came; now: seconds since the epoch."""
        self._batch.observe(len(predictions))
        for one in predictions:
            self._records.labels(one.topic).inc()
            self._seconds.observe(seconds)
            self._age.observe(max(0.0, now - one.timestamp_ms / 1000))
            self._errors.labels(one.topic).inc(bool(one.reason))
            for answer in one.answers:
                self._said.labels(answer.model, answer.label).inc()

    def failure(self) -> None:
        """Kafka did not do its part."""
        self._failures.inc()

    def lags(self, lags: Mapping[tuple[str, int], int]) -> None:
        """Records without a prediction by topic and partition; those not named are no longer this replica's."""
        self._lag.clear()
        for (topic, partition), lag in lags.items():
            self._lag.labels(topic, str(partition)).set(lag)

    def left_out(self, topics: Iterable[str]) -> None:
        """Topics of pictures that cannot be served; the others can."""
        self._left_out.clear()
        for topic in topics:
            self._left_out.labels(topic).set(1)

    def models(self, models: Sequence[tuple[str, str]]) -> None:
        """Name and hash of each model that answers."""
        self._models.clear()
        for name, known_by in models:
            self._models.labels(name, known_by).set(1)

    def text(self) -> bytes:
        """As Prometheus reads them."""
        return generate_latest(self.registry)
