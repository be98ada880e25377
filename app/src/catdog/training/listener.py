"""What a training tells while it runs, to whoever shows it: after Keras' Callback, one object for all events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catdog.data.dataset import PictureStore


@dataclass(frozen=True)
class Progress:
    """Where a training stands, told several times in an epoch."""

    epoch: int  # 1..epochs
    epochs: int
    step: int  # 1..steps
    steps: int
    size: int
    loss: float  # means of this epoch so far
    accuracy: float
    seconds_left: float


class TrainingListener:
    """Hears nothing; override what is to be heard. Events come in this order, from the thread that trains."""

    def on_decode(self, done: int, of: int) -> None:
        """Pictures are decoded, before the first epoch."""

    def on_pictures(self, split: str, store: PictureStore) -> None:
        """All pictures of "training" or "validation" are decoded: what is used, and what is left out."""

    def on_batch_end(self, progress: Progress) -> None:
        """About every second, and at an epoch's last batch."""

    def on_epoch_end(self, record: dict, history: list[dict]) -> None:
        """The record is the last of the history; see catdog.training.loop.Training."""
