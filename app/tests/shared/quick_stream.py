"""`catdog stream` with models that need no TensorFlow and with less patience; all else is the service's own.

    python quick_stream.py [OPTION OF catdog stream…]

A start takes a second in place of eight, so that tests can kill many. In the environment: QUICK_STREAM_BATCH_SECONDS,
which a batch takes the models; QUICK_STREAM_COMMIT_SECONDS, between acknowledged predictions and their commit.
"""

from __future__ import annotations

import os
import sys
import time
from types import ModuleType, SimpleNamespace

import numpy as np

from catdog import cli, tensorflow_startup
from catdog.models.answer import Answer
from catdog.streaming import sink, source

BATCH_SECONDS = float(os.environ.get("QUICK_STREAM_BATCH_SECONDS", "0"))
COMMIT_SECONDS = float(os.environ.get("QUICK_STREAM_COMMIT_SECONDS", "0"))


class Brightness:
    """Calls what is bright a dog, the same picture always the same."""

    def __init__(self, name: str) -> None:
        self.model = SimpleNamespace(name=name, hash="brightness")

    def prepare(self, pixels: np.ndarray) -> np.ndarray:
        return pixels[:16, :16]

    def logits(self, images: np.ndarray) -> np.ndarray:
        time.sleep(BATCH_SECONDS / 2)  # there are two
        return images.mean(axis=(1, 2, 3)) / 255

    def confidences(self, logits: np.ndarray) -> np.ndarray:
        return logits

    def answer(self, dog: float, seconds: float) -> Answer:
        label = "dog" if dog > 0.5 else "cat"
        return Answer(label, float(max(dog, 1 - dog)), seconds, self.model.name, self.model.hash)


class QuickModels:
    """In place of LiveModels."""

    def __init__(self) -> None:
        self.current = SimpleNamespace(classifiers=(Brightness("poor"), Brightness("well")), absent={})

    def watch(self, ended: object) -> None:
        """They stay as they are."""


class SlowlyCommitting(source.PictureSource):
    """A kill between acknowledged predictions and their commit becomes likely."""

    def commit(self, records: list) -> bool:
        time.sleep(COMMIT_SECONDS)
        return super().commit(records)


def main() -> int:
    """As `catdog stream`."""
    models = ModuleType("catdog.streaming.live_models")
    models.LiveModels = QuickModels
    sys.modules[models.__name__] = models
    tensorflow_startup.start_tensorflow = lambda: None
    sink.REQUEST_SECONDS, sink.DELIVERY_SECONDS, sink.METADATA_SECONDS = 2, 3, 2
    source.PictureSource = SlowlyCommitting
    return cli.main(["stream", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
