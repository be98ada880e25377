"""From a Kafka record to an answer: what joins the topic and the models, which know nothing of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catdog.errors import PictureError
from catdog.models.classification import Classified, classify

if TYPE_CHECKING:
    from catdog.kafka.reader import Record
    from catdog.models.classifier import Classifier


@dataclass(frozen=True)
class RecordAnswer:
    """A record with what every model says of its picture, or with the reason why there is no answer."""

    record: Record
    classified: Classified | None = None
    reason: str = ""

    @property
    def name(self) -> str:
        """What people call the picture."""
        return self.record.file_name or self.record.correlation_id or "picture"

    def as_dict(self) -> dict[str, Any]:
        """For JSON: topic, partition, offset, correlation_id, file_name, sha256, size (bytes), and either `answers`
        (a list of label, confidence 0..1, seconds, model, model_hash) or `error.reason`.
        """
        record = self.record
        about = {
            "topic": record.topic, "partition": record.partition, "offset": record.offset,
            "correlation_id": record.correlation_id, "file_name": record.file_name, "sha256": record.sha256,
            "size": len(record.value),
        }  # fmt: skip
        if self.classified is None:
            return about | {"error": {"reason": self.reason}}
        return about | {"answers": [answer.as_dict() for answer in self.classified.answers]}


def check_sent(record: Record) -> None:
    """Raises PictureError where the bytes are not those that were sent, by the header `sha256`."""
    told = record.headers.get("sha256")
    if told and told != record.sha256:
        raise PictureError(f"the bytes differ from what was sent: sha256 {record.sha256}, its header says {told}")


def answer(record: Record, classifiers: Sequence[Classifier]) -> RecordAnswer:
    """Ask every classifier about a record's picture; bytes that are no picture, or not those sent, give a reason."""
    try:
        check_sent(record)
        return RecordAnswer(record, classify(classifiers, record.value))
    except PictureError as error:
        return RecordAnswer(record, reason=str(error))
