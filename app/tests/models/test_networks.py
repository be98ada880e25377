"""The networks' shapes, sizes and the fused batch normalisation."""

import keras
import numpy as np
import pytest

from catdog.errors import InputError
from catdog.models import networks
from catdog.training import recipes


def test_reference_is_the_originals():
    model = networks.build("reference")
    assert model.input_shape == (None, 200, 200, 3)
    assert model.count_params() == 10_675_745
    kinds = [type(layer).__name__ for layer in model.layers]
    assert (kinds.count("Conv2D"), kinds.count("MaxPooling2D"), kinds.count("Dense")) == (8, 4, 3)


@pytest.mark.parametrize("size", [48, 65])
def test_fast_takes_any_size_and_gives_one_logit(size):
    model = networks.build("fast")
    logits = model(np.random.default_rng(0).uniform(0, 255, (2, size, size, 3)).astype(np.float32))
    assert logits.shape == (2, 1)
    assert np.isfinite(logits).all()


def test_fast_stays_below_ten_megabytes():
    assert networks.build("fast").count_params() * 4 < 10_000_000


def test_mixed_precision_keeps_weights_and_logits_in_float32():
    model = networks.build("fast", "mixed_bfloat16")
    assert {weight.dtype for weight in model.weights} == {"float32"}
    assert model.output.dtype == "float32"


def test_fused_batch_normalization_is_that_of_keras():
    images = np.random.default_rng(1).normal(3, 2, (4, 5, 5, 8)).astype(np.float32)
    ours, theirs = networks.FusedBatchNormalization(), keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-3)
    for _ in range(3):
        np.testing.assert_allclose(ours(images, training=True), theirs(images, training=True), atol=1e-5)
    np.testing.assert_allclose(ours.mean, theirs.moving_mean, atol=1e-5)
    # Keras keeps the variance of the batch, TensorFlow's operation estimates that of all pictures: n / (n - 1) of it.
    moved = np.asarray(theirs.moving_variance) - 0.9**3
    np.testing.assert_allclose(np.asarray(ours.variance) - 0.9**3, moved * 100 / 99, atol=1e-4)
    np.testing.assert_allclose(ours(images), theirs(images), atol=0.02)


def test_unknown_network_is_named():
    with pytest.raises(InputError, match=r"unknown network 'slow': choose fast or reference"):
        networks.build("slow")


@pytest.mark.parametrize(("flags", "dtype"), [("avx512_bf16 x", "mixed_bfloat16"), ("avx2", "float32")])
def test_bfloat16_only_where_the_processor_has_it(monkeypatch, flags, dtype):
    monkeypatch.setattr(networks.Path, "read_text", lambda _: f"flags : fpu {flags}")
    assert networks.training_dtype() == dtype


def test_every_network_has_every_recipe():
    for network in recipes.NETWORK_NAMES:
        for preset in recipes.PRESETS:
            recipe = recipes.get(network, preset)
            assert (recipe.network, recipe.preset) == (network, preset)
            assert network in networks.NETWORKS


def test_sizes_follow_the_phases():
    recipe = recipes.Recipe("fast", "poor", (recipes.Phase(2, 32), recipes.Phase(1, 48)), 8, "adamw", 0.001)
    assert recipe.epochs == 3
    assert [recipe.size(epoch) for epoch in range(3)] == [32, 32, 48]


def test_unknown_recipe_is_named():
    with pytest.raises(InputError, match=r"network 'fast' with preset 'best': choose one of fast poor, fast well"):
        recipes.get("fast", "best")
