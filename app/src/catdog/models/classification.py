"""What models say of a picture, which is decoded once for all of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from catdog.models.answer import Answer
from catdog.pictures import decoding

if TYPE_CHECKING:
    from catdog.models.classifier import Classifier

# Of a larger JPEG no more is decoded: enough for the largest network (200 px) and for a heat map's panel.
DECODED_SIDE = 320


@dataclass(frozen=True)
class Classified:
    """A picture, uint8 [height, width, 3], with an answer of each model, in the models' order."""

    pixels: np.ndarray
    answers: tuple[Answer, ...]


def decode(data: bytes) -> np.ndarray:
    """Pixels of an encoded picture, uint8 [height, width, 3], no finer than needed. Raises PictureError."""
    return decoding.decode(data, DECODED_SIDE)


def classify(classifiers: Sequence[Classifier], data: bytes) -> Classified:
    """What each classifier says of an encoded picture. Raises PictureError."""
    started = time.perf_counter()
    pixels = decode(data)
    decoded_in = time.perf_counter() - started
    answers = (classifier.classify(pixels) for classifier in classifiers)
    return Classified(pixels, tuple(replace(one, seconds=round(one.seconds + decoded_in, 4)) for one in answers))
