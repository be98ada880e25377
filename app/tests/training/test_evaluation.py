"""Figures of a model: accuracy, confusion, calibration."""

import threading
from pathlib import Path

import numpy as np
import pytest

from catdog.data.dataset import Example
from catdog.errors import DataError
from catdog.models.files import Model
from catdog.training.evaluation import best_temperature, calibration_error, evaluate, log_loss


class Guesser:
    """Says dog for every bright picture, with the same logit."""

    model = Model(Path("nowhere"), "guesser", "fast", 8, False, 1.0, 1, "abc")

    def logits(self, images):
        return np.where(images.mean(axis=(1, 2, 3)) > 127, 2.0, -2.0)

    def confidences(self, logits):
        return 1 / (1 + np.exp(-logits))


class Plain(Example):
    """An example of one colour, dark (0) or bright (1)."""

    def pixels(self, side):
        return np.full((side, side, 3), 255 * self.source, np.uint8)


def test_evaluate_counts_rights_and_wrongs():
    examples = [Plain("cat", 0), Plain("cat", 0), Plain("cat", 1), Plain("dog", 1)] * 20
    result = evaluate(Guesser(), examples)
    assert (result.count, result.accuracy) == (80, 0.75)
    assert result.confusion == {"cat": {"cat": 40, "dog": 20}, "dog": {"cat": 0, "dog": 20}}
    assert result.calibration_error == pytest.approx(1 / (1 + np.exp(-2)) - 0.75)
    assert (result.model, result.model_hash) == ("guesser", "abc")


def test_evaluate_leaves_out_what_cannot_be_read(tmp_path):
    (tmp_path / "x.jpg").write_text("text")
    result = evaluate(Guesser(), [Plain("cat", 0), Example("dog", tmp_path / "x.jpg")])
    assert result.count == 1
    assert result.as_dict()["left_out"] == 1
    assert str(result.left_out[0]).startswith(f"{tmp_path}/x.jpg: no picture that can be read")


def test_an_incomplete_last_batch_is_classified_as_the_others(monkeypatch):
    given = []

    def logits(_, images):
        given.append(len(images))
        return images[:, 0, 0, 0] / 100 - 1

    monkeypatch.setattr(Guesser, "logits", logits)
    result = evaluate(Guesser(), [Plain("cat", 0)] * 70 + [Plain("dog", 1)] * 5)
    assert given == [64, 64]
    assert (result.count, result.accuracy) == (75, 1)


def test_pictures_are_decoded_while_the_network_computes(monkeypatch):
    computing, decoded = threading.Event(), threading.Event()

    def pixels(example, side):
        # Of the second batch: while the first is computed.
        if example.label == "dog" and computing.wait(10):
            decoded.set()
        return np.zeros((side, side, 3), np.uint8)

    def logits(_, images):
        computing.set()
        assert decoded.wait(10)
        return np.full(len(images), -1.0)

    monkeypatch.setattr(Plain, "pixels", pixels)
    monkeypatch.setattr(Guesser, "logits", logits)
    assert evaluate(Guesser(), [Plain("cat", 0)] * 64 + [Plain("dog", 0)]).count == 65


def test_evaluate_refuses_when_nothing_can_be_read(tmp_path):
    (tmp_path / "x.jpg").write_text("text")
    with pytest.raises(DataError, match=r"none of 1 pictures can be read; the first: .*x.jpg"):
        evaluate(Guesser(), [Example("dog", tmp_path / "x.jpg")])


def test_calibration_error_is_nothing_when_confidence_is_right():
    assert calibration_error(np.full(10, 0.8), np.array([1] * 8 + [0] * 2)) == pytest.approx(0)
    assert calibration_error(np.full(10, 0.8), np.array([1] * 5 + [0] * 5)) == pytest.approx(0.3)
    assert calibration_error(np.array([1.0, 0.0]), np.array([1, 0])) == 0


def test_log_loss_is_finite_for_a_sure_and_wrong_answer():
    assert log_loss(np.array([1.0]), np.array([0])) == pytest.approx(-np.log(1e-7))


def test_best_temperature_undoes_a_scaled_logit():
    random = np.random.default_rng(3)
    logits = random.normal(0, 2, 20_000)
    truth = random.uniform(size=20_000) < 1 / (1 + np.exp(-logits))
    assert best_temperature(logits * 3, truth) == pytest.approx(3, rel=0.05)
