"""Drawn pictures: the same from the same seed, different from every other, and laid out as the lab wants them."""

import numpy as np
import pytest

from catdog.drawing import draw, layout
from catdog.errors import InputError


def small(label: str, seed: int) -> np.ndarray:
    return np.asarray(draw(label, seed, 48), dtype=int)


@pytest.mark.parametrize("label", ["cat", "dog"])
def test_same_seed_same_picture(label):
    assert (small(label, 7) == small(label, 7)).all()


def test_seeds_and_labels_differ():
    pictures = [small(label, seed) for seed in range(15) for label in ("cat", "dog")]

    for index, picture in enumerate(pictures):
        for other in pictures[:index]:
            assert np.abs(picture - other).mean() > 5


@pytest.mark.parametrize("size", [16, 96, 200, 333])
def test_size_and_mode(size):
    picture = draw("cat", 3, size)

    assert picture.size == (size, size)
    assert picture.mode == "RGB"


@pytest.mark.parametrize("seed", range(60))
def test_every_seed_gives_a_picture_with_contrast(seed):
    for label in ("cat", "dog"):
        assert small(label, seed).std() > 8


def test_labels_do_not_differ_in_brightness_or_colour():
    """No giveaway: what a picture's mean colour is says nothing of the animal."""
    means = {label: np.array([small(label, seed).mean(axis=(0, 1)) for seed in range(90)]) for label in ("cat", "dog")}
    spread = np.concatenate(list(means.values())).std(axis=0)

    assert (np.abs(means["cat"].mean(axis=0) - means["dog"].mean(axis=0)) < 0.35 * spread).all()


@pytest.mark.parametrize(
    ("label", "size", "message"),
    [
        ("cow", 200, "'cow': the label must be one of cat, dog"),
        ("cat", 15, "size 15 is out of bounds"),
        ("cat", 2001, "give 16 to 2000"),
    ],
)
def test_refuses_what_it_cannot_draw(label, size, message):
    with pytest.raises(InputError, match=message):
        draw(label, 1, size)


def test_bundled_pictures_are_80_and_20_with_seeds_of_their_own():
    drawings = list(layout.bundled())
    folders = [str(drawing.path.parent) for drawing in drawings]

    assert {folder: folders.count(folder) for folder in folders} == {
        "data/training/cat": 40,
        "data/training/dog": 40,
        "data/validation/cat": 10,
        "data/validation/dog": 10,
    }
    assert len({drawing.seed for drawing in drawings}) == 100


def test_splits_share_no_seed():
    drawings = list(layout.laid_out(1000, 250, seed=5))

    assert len({drawing.seed for drawing in drawings}) == 1250
