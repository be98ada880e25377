"""From a Kafka record to an answer: what joins the topic and the models, which know nothing of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from catdog.errors import PictureError

if TYPE_CHECKING:
    from catdog.kafka.reader import Record
    from catdog.models.classifier import Classifier


def answer(record: Record, classifiers: Sequence[Classifier]) -> dict[str, Any]:
    """What every classifier says of a record's picture, ready for JSON; for bytes that are no picture `error.reason`.

    Keys: topic, partition, offset, correlation_id, file_name, sha256, size (bytes), and `answers` (model, model_hash,
    label, confidence 0..1, seconds) or `error`.
    """
    result: dict[str, Any] = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "correlation_id": record.correlation_id,
        "file_name": record.file_name,
        "sha256": record.sha256,
        "size": len(record.value),
    }
    told = record.headers.get("sha256")
    try:
        if told and told != record.sha256:
            raise PictureError(f"the bytes differ from what was sent: sha256 {record.sha256}, its header says {told}")
        answers = [classifier.classify(record.value) for classifier in classifiers]
    except PictureError as error:
        result["error"] = {"reason": str(error)}
    else:
        result["answers"] = [
            {
                "model": a.model,
                "model_hash": a.model_hash,
                "label": a.label,
                "confidence": a.confidence,
                "seconds": a.seconds,
            }
            for a in answers
        ]
    return result
