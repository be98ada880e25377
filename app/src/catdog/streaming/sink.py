"""Predictions on their way to their topic: written is what Kafka has acknowledged."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress

import kafka.errors
from kafka import KafkaProducer

from catdog.errors import KafkaError
from catdog.kafka.reader import CONNECT_SECONDS, create_no_topics
from catdog.streaming.failures import UnavailableError, UnusableTopicsError, not_allowed, passing
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
        """Each in the topic of its pictures' topic, all acknowledged by all replicas that are in sync when it returns.

        Raises UnusableTopicsError where topics may not be written or take no record of their size, else
        UnavailableError where not all were acknowledged: they can be written again, under the same keys.
        """
        try:
            with passing(self.settings, CONNECT_SECONDS):
                self._producer = self._producer or self._connect()
            failures = self._send(predictions)
        except UnavailableError:
            self.close()
            raise
        if not failures:
            return
        self.close()
        lasting = {topic: error for topic in failures if (error := self._lasting(topic, failures[topic]))}
        if lasting:
            raise UnusableTopicsError(lasting)
        topic, error = next(iter(failures.items()))
        raise UnavailableError(f"{self.settings.predictions_at(topic)}: predictions are not acknowledged: {error!r}")

    def _send(self, predictions: Sequence[Prediction]) -> dict[str, kafka.errors.KafkaError]:
        """By topic of pictures the first failure, once every prediction has been acknowledged or has failed."""
        sent, failures = [], {}
        for one in predictions:
            if one.topic in failures:  # each would be waited for, in vain
                continue
            try:
                target = self.settings.predictions[one.topic]
                sent.append((one.topic, self._producer.send(target, one.value(), one.key(), one.headers())))
            except kafka.errors.KafkaError as error:
                failures[one.topic] = error
        # Of all together: where a topic is removed, kafka-python 3.0.12 may neither deliver nor give up any of them.
        deadline = time.monotonic() + DELIVERY_SECONDS + METADATA_SECONDS
        for topic, acknowledgement in sent:
            try:
                acknowledgement.get(max(0.0, deadline - time.monotonic()))
            except kafka.errors.KafkaError as error:
                failures.setdefault(topic, error)
        return failures

    def _lasting(self, topic: str, error: kafka.errors.KafkaError) -> KafkaError | None:
        """What no other try heals, in words."""
        answers = self.settings.predictions_at(topic)
        if isinstance(error, kafka.errors.AuthorizationError):
            return not_allowed(answers)
        if isinstance(error, _TOO_LARGE):
            return KafkaError(f"{answers}: takes no records of the size of predictions: raise its max.message.bytes")
        return None

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
