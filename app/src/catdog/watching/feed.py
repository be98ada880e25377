"""Predictions from their topic, and the pictures that they are about from theirs."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import replace

from kafka import TopicPartition

from catdog.errors import DataError, PictureError
from catdog.kafka.failures import as_kafka_error
from catdog.kafka.reader import CONNECT_SECONDS, PictureReader, Record, connect, to_record
from catdog.kafka.settings import KafkaSettings
from catdog.models.classification import decode
from catdog.pictures.decoding import thumbnail
from catdog.streaming.prediction import Prediction, parse

# A picture that is there comes at once; one that retention has removed never does.
PICTURE_SECONDS = 5


class PredictionFeed:
    """The topic of predictions. Use as a context manager. Raises KafkaError as PictureReader does."""

    def __init__(self, settings: KafkaSettings, topic: str) -> None:
        self._reader = PictureReader(replace(settings, topic=topic))

    def __enter__(self) -> PredictionFeed:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def predictions(self, newest: int | None, seconds: float) -> Iterator[Prediction]:
        """For so long, from `newest` before each partition's end on, or from the oldest; other records are left out."""
        if newest is not None:
            self._reader.from_newest(newest)
        for record in self._reader.records(seconds):
            try:
                yield parse(record.value)
            except DataError:
                continue


class PictureLookup:
    """Single records of the topic of pictures by partition and offset. Not thread-safe."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        with as_kafka_error(settings, CONNECT_SECONDS):
            self._consumer = connect(settings)

    def close(self) -> None:
        """Leave the brokers."""
        self._consumer.close()

    def record(self, partition: int, offset: int) -> Record | None:
        """None where it is not there any more. Raises KafkaError."""
        place = TopicPartition(self._settings.topic, partition)
        deadline = time.monotonic() + PICTURE_SECONDS
        with as_kafka_error(self._settings, PICTURE_SECONDS):
            self._consumer.assign([place])
            self._consumer.seek(place, offset)
            while (left := deadline - time.monotonic()) > 0:
                for raw in self._consumer.poll(timeout_ms=round(left * 1000), max_records=1).get(place, ()):
                    # Of one that is gone the client goes on with the oldest that is there.
                    return to_record(raw) if raw.offset == offset else None
        return None

    def small(self, prediction: Prediction, side: int) -> bytes | None:
        """The picture as JPEG, both sides at most `side` pixels; None where it is gone or is none."""
        record = self.record(prediction.partition, prediction.offset)
        if record is None:
            return None
        try:
            pixels = decode(record.value)
        except PictureError:
            return None
        buffer = io.BytesIO()
        thumbnail(pixels, side).save(buffer, "JPEG", quality=85)
        return buffer.getvalue()
