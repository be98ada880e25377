"""What a model looked at: how much each place of the picture adds to its answer.

Gradient times activation at the last layer that still has places, summed over its channels: HiResCAM (Draelos and
Carin 2020, arXiv:2011.08891). Where global average pooling and one dense unit follow, as in `fast`, that is the class
activation map (Zhou 2016, arXiv:1512.04150), and its sum with the unit's bias is the network's answer exactly. Behind
more dense layers, as in `reference`, it is the same to first order. Grad-CAM, which averages the gradient over all
places first, would lose there which place counts for what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf
from PIL import Image, ImageDraw, ImageFont, ImageOps

from catdog import LABELS
from catdog.models.answer import Answer
from catdog.models.classification import DECODED_SIDE, Classified

if TYPE_CHECKING:
    from catdog.models.classifier import Classifier

PANEL_PIXELS = DECODED_SIDE
# Orange speaks for the answer, blue against it: a pair that colour-blind people tell apart.
FOR, AGAINST = (230, 97, 1), (44, 123, 182)
_STRONGEST = 0.7
_CAPTION = 26


@dataclass(frozen=True)
class HeatMap:
    """values: float32 [rows, columns]: what each place adds to the log-odds of a dog, negative for a cat."""

    values: np.ndarray
    answer: Answer

    @property
    def for_answer(self) -> np.ndarray:
        """float32 [rows, columns] of -1..1: 1 is the strongest place; positive speaks for the answer given."""
        signed = self.values if self.answer.label == LABELS[1] else -self.values
        strongest = np.abs(signed).max(initial=0)
        return signed / strongest if strongest > 0 else signed


def heat_map(classifier: Classifier, pixels: np.ndarray, answer: Answer) -> HeatMap:
    """Of a decoded picture, uint8 [height, width, 3], and the classifier's answer to it."""
    images = classifier.prepare(pixels)[None].astype(np.float32)
    values = contributions(classifier.network, images)[0]
    if classifier.model.flip:
        mirrored = contributions(classifier.network, images[:, :, ::-1])[0]
        values = (values + mirrored[:, ::-1]) / 2
    return HeatMap(values / classifier.model.temperature, answer)


def contributions(network: tf.keras.Model, images: np.ndarray) -> np.ndarray:
    """float32 [count, height, width, 3] -> [count, rows, columns], what each place adds to the logit."""
    outputs = (layer.output for layer in reversed(network.layers))
    places = next(output for output in outputs if len(output.shape) == 4 and output.shape[1] != 1)
    inner = tf.keras.Model(network.input, [places, network.output])
    pixels = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        activations, logits = inner(pixels, training=False)
        summed = tf.reduce_sum(logits)
    return tf.reduce_sum(activations * tape.gradient(summed, activations), axis=-1).numpy()


def overlay(image: Image.Image, found: HeatMap) -> Image.Image:
    """The picture in grey with the heat map over it, RGB, of the same size."""
    values = Image.fromarray(found.for_answer.astype(np.float32)).resize(image.size, Image.Resampling.BICUBIC)
    strength = np.clip(np.asarray(values), -1, 1)[..., None]
    grey = np.asarray(ImageOps.grayscale(image).convert("RGB"), np.float32)
    colour = np.where(strength > 0, np.float32(FOR), np.float32(AGAINST))
    opacity = np.abs(strength) * _STRONGEST
    return Image.fromarray(np.round(grey * (1 - opacity) + colour * opacity).astype(np.uint8))


def panel(classified: Classified, classifiers: Sequence[Classifier]) -> Image.Image:
    """The picture, and beside it what each model looked at, with its answer and the legend."""
    image = _scaled(Image.fromarray(classified.pixels))
    found = [
        heat_map(classifier, classified.pixels, answer)
        for classifier, answer in zip(classifiers, classified.answers, strict=True)
    ]
    captions = ["the picture"] + [
        f"{one.answer.model} model: {one.answer.label} {one.answer.confidence:.0%}" for one in found
    ]
    shown = [image] + [overlay(image, one) for one in found]
    side = PANEL_PIXELS + 10
    result = Image.new("RGB", (side * len(shown), _CAPTION * 2 + image.height), "white")
    canvas = ImageDraw.Draw(result)
    for number, (one, caption) in enumerate(zip(shown, captions, strict=True)):
        canvas.text((number * side + 4, 4), caption, "#222222", ImageFont.load_default(16))
        result.paste(one, (number * side, _CAPTION))
    legend = _CAPTION + image.height + 4
    canvas.text((side + 4, legend), "orange: speaks for the answer", FOR, ImageFont.load_default(14))
    canvas.text((side + 224, legend), "blue: speaks against it", AGAINST, ImageFont.load_default(14))
    return result


def _scaled(image: Image.Image) -> Image.Image:
    """Its longer side PANEL_PIXELS; small pictures grow."""
    scale = PANEL_PIXELS / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BICUBIC)
