"""A model that is loaded: from a picture's pixels to an answer, cat or dog, how sure, how fast."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

from catdog import LABELS
from catdog.models import files as model_files
from catdog.models.answer import Answer
from catdog.pictures import decoding


class Classifier:
    """A loaded model and its `network`. The first answer takes a second more: it is compiled then (see `warm_up`)."""

    def __init__(self, model: model_files.Model):
        self.model = model
        self.network = model.load()
        self._logits = tf.function(self._forward, reduce_retracing=True)

    @classmethod
    def named(cls, name: str | Path) -> Classifier:
        """By `poor`, `well` or a folder. Raises ModelError."""
        return cls(model_files.find(name))

    def warm_up(self, count: int = 1) -> None:
        """Compile the network for `count` pictures at once: the next answer's seconds are those of a picture alone.

        The second number it is compiled for compiles it for every other.
        """
        self.logits(np.zeros((count, self.model.size, self.model.size, 3), np.uint8))

    def classify(self, pixels: np.ndarray) -> Answer:
        """Of a decoded picture, uint8 [height, width, 3]; catdog.models.classification takes encoded ones."""
        started = time.perf_counter()
        dog = self.confidences(self.logits(self.prepare(pixels)[None]))[0]
        return self.answer(dog, time.perf_counter() - started)

    def prepare(self, pixels: np.ndarray) -> np.ndarray:
        """A decoded picture, uint8 [height, width, 3], as the network takes it, uint8 [size, size, 3]."""
        return decoding.fit(Image.fromarray(pixels), self.model.size)

    def logits(self, images: np.ndarray) -> np.ndarray:
        """uint8 [count, size, size, 3] -> float32 [count], before the temperature; positive is a dog."""
        return self._logits(tf.constant(images)).numpy()[:, 0]

    def confidences(self, logits: np.ndarray) -> np.ndarray:
        """How sure it is of a dog, 0..1."""
        return 1 / (1 + np.exp(-logits.astype(np.float64) / self.model.temperature))

    def answer(self, dog: float, seconds: float) -> Answer:
        """What it says when it is `dog`, 0..1, sure of a dog."""
        confidence = round(float(max(dog, 1 - dog)), 4)
        return Answer(LABELS[int(dog > 0.5)], confidence, round(seconds, 4), self.model.name, self.model.hash)

    def _forward(self, images: tf.Tensor) -> tf.Tensor:
        images = tf.cast(images, tf.float32)
        if not self.model.flip:
            return self.network(images, training=False)
        both = self.network(tf.concat([images, tf.reverse(images, [2])], axis=0), training=False)
        return tf.add_n(tf.split(both, 2)) / 2


def load_both() -> list[Classifier]:
    """The lab's two models, poor and well, ready to answer. Raises ModelError."""
    classifiers = [Classifier.named(name) for name in model_files.NAMES]
    for classifier in classifiers:
        classifier.warm_up()
    return classifiers
