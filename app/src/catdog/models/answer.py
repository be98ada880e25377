"""An answer of one model."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Answer:
    """What one model says of one picture; confidence 0.5..1 in `label`, seconds from bytes to answer."""

    label: str
    confidence: float
    seconds: float
    model: str
    model_hash: str

    def as_dict(self) -> dict:
        return asdict(self)
