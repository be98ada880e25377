"""Predictions on their way to their topic: written is what Kafka has acknowledged."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress

import kafka.errors
from kafka import KafkaProducer

from catdog.errors import KafkaError
from catdog.kafka.failures import as_kafka_error
from catdog.kafka.reader import CONNECT_SECONDS, create_no_topics
from catdog.streaming.failures import UnavailableError, not_allowed, passing
from catdog.streaming.prediction import Prediction
from catdog.streaming.settings import StreamSettings
from catdog.streaming.source import RECONNECT_SECONDS

# How long one try may take. The service tries again, and may be told to stop in between.
REQUEST_SECONDS, DELIVERY_SECONDS, METADATA_SECONDS = 8, 10, 5

_TOO_LARGE = (kafka.errors.MessageSizeTooLargeError, kafka.errors.RecordListTooLargeError)


class PredictionSink:
    """Writes predictions. It connects with the first ones, and anew after each failure."""

    def __init__(self, settings: StreamSettings) -> None:
        self.settings = settings
        self._producer: KafkaProducer | None = None

    def write(self, predictions: Sequence[Prediction]) -> None:
        """All of them, acknowledged by all replicas that are in sync when it returns.

        Raises UnavailableError where they were not, or not all: they can be written again, under the same keys. Raises
        NotAuthorizedError where they may not be written, KafkaError where the topic takes no record of their size.
        """
        topic = self.settings.predictions_settings
        try:
            with passing(self.settings, CONNECT_SECONDS):
                self._producer = self._producer or self._connect()
            with as_kafka_error(topic, DELIVERY_SECONDS):
                self._send(topic.topic, predictions)
        except KafkaError as error:
            self.close()
            if isinstance(error.__cause__, kafka.errors.AuthorizationError):
                raise not_allowed(topic) from error
            if isinstance(
                error.__cause__, kafka.errors.MessageSizeTooLargeError | kafka.errors.RecordListTooLargeError
            ):
                raise KafkaError(
                    f"{topic}: takes no records of the size of predictions: raise its max.message.bytes"
                ) from error
            raise UnavailableError(f"{topic}: predictions are not acknowledged: {error.__cause__!r}") from error
        except UnavailableError:
            self.close()
            raise

    def _send(self, topic: str, predictions: Sequence[Prediction]) -> None:
        """Raises the first failure, once every prediction has been acknowledged or has failed."""
        sent, failure = [], None
        try:
            for one in predictions:
                sent.append(self._producer.send(topic, one.value(), one.key(), one.headers()))
        except kafka.errors.KafkaError as error:
            failure = error
        # Of all together: where a topic is removed, kafka-python 3.0.12 may neither deliver nor give up any of them.
        deadline = time.monotonic() + DELIVERY_SECONDS + METADATA_SECONDS
        for acknowledgement in sent:
            try:
                acknowledgement.get(max(0.0, deadline - time.monotonic()))
            except kafka.errors.KafkaError as error:
                failure = failure or error
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Let go of the brokers."""
        producer, self._producer = self._producer, None
        if producer is not None:
            # Nobody waits for what is still on its way. With time left it would wait for brokers that do not answer;
            # kafka-python 3.0.12 would leave its thread at work.
            producer._sender.force_close()
            with suppress(kafka.errors.KafkaError):
                producer.close(timeout=0)

    def _connect(self) -> KafkaProducer:
        producer = KafkaProducer(
            **self.settings.kafka.client_options(),
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            bootstrap_timeout_ms=CONNECT_SECONDS * 1000,
            reconnect_backoff_max_ms=RECONNECT_SECONDS * 1000,
            request_timeout_ms=REQUEST_SECONDS * 1000,
            delivery_timeout_ms=DELIVERY_SECONDS * 1000,
            max_block_ms=METADATA_SECONDS * 1000,
        )
        create_no_topics(producer._metadata)
        return producer
