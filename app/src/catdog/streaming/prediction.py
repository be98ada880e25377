"""A prediction record: what the models say of one record of pictures, as JSON, and its key and headers.

docs/decisions/0013-streaming-classification.md has the fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from catdog import LABELS
from catdog.errors import DataError
from catdog.kafka.reader import Record
from catdog.models.answer import Answer

CONTENT_TYPE = "application/json"
# Characters of what a sender wrote that are repeated: headers may be as long as a record, predictions stay small.
LONGEST_TEXT = 500


@dataclass(frozen=True)
class Prediction:
    """What every model says of one record's picture, or the reason why none does.

    absent: models that have no answer because they could not be loaded, and why.
    """

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    size: int
    correlation_id: str | None = None
    file_name: str | None = None
    expected: str | None = None
    answers: tuple[Answer, ...] = ()
    absent: dict[str, str] = field(default_factory=dict)
    reason: str = ""

    @classmethod
    def of(
        cls, record: Record, answers: Sequence[Answer] = (), absent: dict[str, str] | None = None, reason: str = ""
    ) -> Prediction:
        """Of a record that was read."""
        return cls(
            record.topic, record.partition, record.offset, record.timestamp_ms, len(record.value),
            _short(record.correlation_id), _short(record.file_name), expected_label(record),
            tuple(answers), absent or {}, _short(reason) or "",
        )  # fmt: skip

    @property
    def identity(self) -> str:
        """The same however often the record is classified; it is the prediction's key."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    @property
    def name(self) -> str:
        """What people call the picture."""
        return self.file_name or self.correlation_id or "picture"

    def key(self) -> bytes:
        """The record's key."""
        return self.identity.encode()

    def headers(self) -> list[tuple[str, bytes]]:
        """`content-type`, and `correlation-id` where the picture has one."""
        named = {"content-type": CONTENT_TYPE}
        if self.correlation_id:
            named["correlation-id"] = self.correlation_id
        return [(name, text.encode()) for name, text in named.items()]

    def as_dict(self) -> dict[str, Any]:
        """For JSON: either `answers`, a list of label, confidence 0.5..1, seconds, model, model_hash, and where a model
        has none `absent`, or `error.reason`.
        """
        about = {
            "topic": self.topic, "partition": self.partition, "offset": self.offset, "timestamp_ms": self.timestamp_ms,
            "correlation_id": self.correlation_id, "file_name": self.file_name, "size": self.size,
            "expected_label": self.expected,
        }  # fmt: skip
        if self.reason:
            return about | {"error": {"reason": self.reason}}
        said = about | {"answers": [answer.as_dict() for answer in self.answers]}
        return said | {"absent": self.absent} if self.absent else said

    def value(self) -> bytes:
        """The record's value."""
        return json.dumps(self.as_dict()).encode()


def parse(value: bytes) -> Prediction:
    """A prediction from its record's value. Raises DataError where it is none."""
    try:
        known = json.loads(value)
        answers = (
            Answer(str(one["label"]), float(one["confidence"]), float(one["seconds"]), str(one["model"]),
                   str(one["model_hash"]))
            for one in known.get("answers", ())
        )  # fmt: skip
        return Prediction(
            str(known["topic"]), int(known["partition"]), int(known["offset"]), int(known["timestamp_ms"]),
            int(known["size"]), known.get("correlation_id"), known.get("file_name"), known.get("expected_label"),
            tuple(answers), dict(known.get("absent", {})), str(known.get("error", {}).get("reason", "")),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"no prediction of `catdog stream`: {error!r}") from None


def expected_label(record: Record) -> str | None:
    """`cat` or `dog` by the header `label`, else by how the file's name begins, as those of the lab's photos do."""
    told = record.headers.get("label", "").strip().lower()
    if told in LABELS:
        return told
    # `cat.10000.jpg`, `dog-3.png`, `cat7.png`; not `catalogue.png`.
    name = re.match(rf"({'|'.join(LABELS)})(?![a-z])", record.file_name or "", re.IGNORECASE)
    return name[1].lower() if name else None


def _short(text: str | None) -> str | None:
    if text is None or len(text) <= LONGEST_TEXT:
        return text
    return text[: LONGEST_TEXT - 1] + "…"
