"""What a model looked at: its parts add up to its answer, lie where the picture has them, and are shown over it."""

import io
from dataclasses import replace
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

from catdog.models import heat_map, networks
from catdog.models.answer import Answer
from catdog.models.classification import classify, decode
from catdog.models.heat_map import HeatMap

SIZE = 32
ANSWER = Answer("dog", 0.9, 0.01, "fake", "abc")


def white_corner(width: int = 64, height: int = 64) -> bytes:
    """Black, but for the upper right quarter."""
    image = Image.new("RGB", (width, height))
    image.paste("white", (width // 2, 0, width, height // 2))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


class FakeClassifier:
    """Asks a network whose one 8 x 8 pooling sees brightness, which speaks for a dog."""

    def __init__(self, weight: float = 1.0, flip: bool = False):
        inputs = layers.Input((None, None, 3))
        x = layers.AveragePooling2D(8)(layers.Rescaling(1 / 255)(inputs))
        x = layers.GlobalAveragePooling2D()(x)
        self.network = keras.Model(inputs, layers.Dense(1)(x))
        self.network.layers[-1].set_weights([np.full((3, 1), weight, np.float32), np.zeros(1, np.float32)])
        self.model = SimpleNamespace(flip=flip, temperature=0.5)
        self.label = "dog" if weight > 0 else "cat"

    def classify(self, pixels):
        return Answer(self.label, 0.9, 0.01, "fake", "abc")

    def prepare(self, pixels):
        return np.asarray(Image.fromarray(pixels).resize((SIZE, SIZE)))


@pytest.mark.parametrize("name", networks.NETWORKS)
def test_the_parts_of_the_real_networks_add_up_to_the_logit(name, monkeypatch):
    monkeypatch.setattr(networks, "REFERENCE_SIZE", 64)
    network = networks.build(name)
    images = np.random.default_rng(1).integers(0, 256, (2, 64, 64, 3)).astype(np.float32)

    parts = heat_map.contributions(network, images)

    assert parts.shape == (2, 4, 4)
    # Fresh networks have no bias that would have to be added.
    assert np.allclose(parts.sum(axis=(1, 2)), network(images, training=False).numpy()[:, 0], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("flip", [False, True])
def test_the_parts_lie_where_the_picture_has_them(flip):
    found = heat_map.heat_map(FakeClassifier(flip=flip), decode(white_corner()), ANSWER)

    assert found.values.shape == (4, 4)
    expected = np.zeros((4, 4))
    expected[:2, 2:] = 3 / 16 / 0.5
    assert np.allclose(found.values, expected, atol=0.02)


def test_positive_speaks_for_the_answer_given_and_the_strongest_is_one():
    values = np.array([[2.0, -1.0], [0.0, 0.5]], np.float32)

    assert HeatMap(values, ANSWER).for_answer.tolist() == [[1, -0.5], [0, 0.25]]
    assert HeatMap(values, replace(ANSWER, label="cat")).for_answer.tolist() == [[-1, 0.5], [0, -0.25]]
    assert HeatMap(values * 0, replace(ANSWER, label="cat")).for_answer.tolist() == [[0, 0], [0, 0]]


def test_overlay_is_orange_where_it_speaks_for_the_answer_blue_against_and_grey_elsewhere():
    values = np.zeros((4, 4), np.float32)
    values[0, 3], values[3, 0] = 1, -1

    shown = heat_map.overlay(Image.new("RGB", (90, 60), (200, 100, 100)), HeatMap(values, ANSWER))

    assert shown.size == (90, 60)
    (red, _, blue), (cold_red, _, cold_blue) = shown.getpixel((88, 1)), shown.getpixel((1, 58))
    assert red > blue + 50
    assert cold_blue > cold_red + 50
    assert len(set(shown.getpixel((2, 2)))) == 1


@pytest.mark.parametrize(("width", "height"), [(64, 64), (640, 480), (20, 700), (6000, 8)])
def test_panel_shows_the_picture_and_each_model_beside_it(width, height):
    classifiers = [FakeClassifier(1), FakeClassifier(-1)]
    shown = heat_map.panel(classify(classifiers, white_corner(width, height)), classifiers)

    assert shown.width == 3 * (heat_map.PANEL_PIXELS + 10)
    assert shown.height >= 2 * 26
