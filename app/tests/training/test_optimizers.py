"""Optimizers: what Muon does to kernels and leaves to AdamW, and how learning rates go."""

import keras
import numpy as np
import pytest

from catdog.training import optimizers
from catdog.training.recipes import Phase, Recipe, get

MUON = Recipe("fast", "poor", (Phase(1, 32),), batch_size=4, optimizer="muon", learning_rate=0.1, weight_decay=0.5)


def stepped(optimizer, values, gradient):
    """What one step makes of a weight."""
    weight = keras.Variable(values)
    optimizer.build([weight])
    optimizer.apply([keras.ops.convert_to_tensor(gradient)])
    return np.asarray(weight)


@pytest.fixture
def numbers():
    return np.random.default_rng(1)


def test_a_kernel_moves_by_the_same_length_in_every_direction(numbers):
    gradient = numbers.normal(size=(3, 3, 4, 16)).astype("float32")
    moved = stepped(optimizers.build(MUON), np.zeros_like(gradient), gradient)
    lengths = np.linalg.svd(moved.reshape(-1, 16), compute_uv=False) / (0.1 * 0.2 * np.sqrt(36))
    assert lengths.max() < 1.3
    assert lengths.min() > 0.6
    assert (moved * gradient).sum() < 0


@pytest.mark.parametrize("shape", [(3, 3, 4, 16), (1, 1, 8, 32)])
def test_the_iteration_gives_what_keras_own_gives(numbers, shape):
    kernel = numbers.normal(size=shape).astype("float32")
    ours = optimizers.KernelMuon().zeropower_via_newtonschulz5(keras.ops.convert_to_tensor(kernel), 5)
    matrix = keras.ops.convert_to_tensor(kernel.reshape(-1, shape[-1]))
    theirs = keras.optimizers.Muon().zeropower_via_newtonschulz5(matrix, 5)
    np.testing.assert_allclose(np.asarray(ours).reshape(-1, shape[-1]), np.asarray(theirs), atol=1e-4)


def test_only_kernels_decay(numbers):
    kernel = numbers.normal(size=(1, 1, 8, 8)).astype("float32")
    shrunk = stepped(optimizers.build(MUON), kernel, np.zeros_like(kernel))
    np.testing.assert_allclose(shrunk, kernel * 0.95, rtol=1e-4)
    scale = np.ones(8, "float32")
    np.testing.assert_allclose(stepped(optimizers.build(MUON), scale, np.zeros_like(scale)), scale)


def test_what_is_no_kernel_goes_by_adamw(numbers):
    for shape in ((16,), (8, 1)):
        gradient = numbers.normal(size=shape).astype("float32")
        by_adamw = stepped(keras.optimizers.AdamW(0.1, weight_decay=0), np.zeros_like(gradient), gradient)
        np.testing.assert_allclose(
            stepped(optimizers.build(MUON), np.zeros_like(gradient), gradient), by_adamw, rtol=1e-4
        )


def test_one_cycle_rises_and_falls():
    recipe = Recipe("fast", "poor", (Phase(3, 32),), 4, "adamw", learning_rate=0.003, warm_up=0.2)
    rates = [optimizers.learning_rate(recipe, step, 30) for step in range(30)]
    assert max(rates) == pytest.approx(0.003)
    assert rates.index(max(rates)) == 5
    assert rates[0] < max(rates) / 5
    assert rates[-1] < max(rates) / 100


def test_the_originals_rate_stays():
    recipe = get("reference", "poor")
    assert {optimizers.learning_rate(recipe, step, 10) for step in range(10)} == {1e-4}
