"""Training on tiny settings: seconds, not accuracy."""

from dataclasses import replace

import numpy as np
import pytest

from catdog.data import dataset
from catdog.errors import InputError
from catdog.models import networks
from catdog.training import loop
from catdog.training.augmentation import training_batches
from catdog.training.listener import TrainingListener
from catdog.training.recipes import Phase, Recipe

TINY = Recipe(
    "fast", "poor", (Phase(2, 32), Phase(1, 48)), batch_size=4, optimizer="adamw", learning_rate=0.003,
    weight_decay=0.01, label_smoothing=0.05, crop_area=(0.5, 1.0), crop_stretch=1.2, brightness=0.1, held_out=0.2,
    store_side=48, test_size=48,
)  # fmt: skip


class KilledError(Exception):
    """Stands for a kill after an epoch."""


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    work = tmp_path_factory.mktemp("stores")
    chosen = (dataset.bundled("training")[:12], dataset.bundled("validation")[:4])
    return [dataset.PictureStore.open(examples, work, TINY.store_side) for examples in chosen]


@pytest.fixture(autouse=True)
def narrow_network(monkeypatch):
    monkeypatch.setattr(networks, "FAST_STEM", 16)
    monkeypatch.setattr(networks, "FAST_STAGES", ((16, 1), (32, 1)))


def weights(run):
    return [np.asarray(variable) for variable in run.model.variables]


def test_history_has_every_epoch(stores, tmp_path):
    undisturbed = loop.train(TINY, *stores, tmp_path, seed=7)
    assert [(record["epoch"], record["size"]) for record in undisturbed.history] == [(1, 32), (2, 32), (3, 48)]
    for record in undisturbed.history:
        assert 0 <= record["validation_accuracy"] <= 1
        assert record["loss"] > 0
        assert record["seconds"] > 0
    assert len(undisturbed.held_out) == 2
    assert undisturbed.resumed_at == []


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_a_killed_training_goes_on_to_the_same_weights(optimizer, stores, tmp_path):
    recipe = replace(TINY, optimizer=optimizer)
    undisturbed = loop.train(recipe, *stores, tmp_path / "undisturbed", seed=7)

    class KillAfterTwo(TrainingListener):
        def on_epoch_end(self, record, history):
            if record["epoch"] == 2:
                raise KilledError

    with pytest.raises(KilledError):
        loop.train(recipe, *stores, tmp_path / "killed", seed=7, listener=KillAfterTwo())
    resumed = loop.train(recipe, *stores, tmp_path / "killed", seed=7)
    assert resumed.resumed_at == [2]
    for one, other in zip(weights(resumed), weights(undisturbed), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_another_training_does_not_go_on_from_a_checkpoint(stores, tmp_path):
    loop.train(TINY, *stores, tmp_path, seed=7)
    with pytest.raises(InputError, match=r"checkpoint.npz is of a training with another seed: remove"):
        loop.train(TINY, *stores, tmp_path, seed=8)


@pytest.mark.parametrize("changed", [0, 1], ids=["pictures", "tests"])
def test_a_training_on_as_many_other_pictures_does_not_go_on_from_a_checkpoint(changed, stores, tmp_path):
    recipe = replace(TINY, phases=(Phase(1, 32),))
    loop.train(recipe, *stores, tmp_path, seed=7)
    others = list(stores)
    pixels = stores[changed].pixels.copy()
    pixels[0, 0, 0, 0] ^= 1
    others[changed] = dataset.PictureStore(pixels, stores[changed].targets)
    what = ("pictures", "tests")[changed]
    with pytest.raises(InputError, match=rf"checkpoint.npz is of a training with another {what}: remove"):
        loop.train(recipe, *others, tmp_path, seed=7)


def test_progress_comes_with_time_left(stores, tmp_path):
    told = []
    listener = TrainingListener()
    listener.on_batch_end = told.append
    loop.train(replace(TINY, phases=(Phase(2, 32),)), *stores, tmp_path, listener=listener)
    assert [(one.epoch, one.epochs) for one in told if one.step == one.steps] == [(1, 2), (2, 2)]
    assert told[0].seconds_left > 0
    assert told[-1].seconds_left == pytest.approx(0)


def test_batches_depend_on_seed_and_epoch_alone(stores):

    def first(epoch, seed):
        batches, steps = training_batches(stores[0], range(12), TINY, epoch, seed)
        assert steps == 3
        return next(iter(batches))[0].numpy()

    again = first(0, 1)
    assert again.shape == (4, 32, 32, 3)
    np.testing.assert_array_equal(first(0, 1), again)
    assert not np.array_equal(first(1, 1), again)
    assert not np.array_equal(first(0, 2), again)


def test_whole_pictures_are_only_mirrored_without_crops(stores):
    recipe = replace(TINY, phases=(Phase(1, 48),), crop_area=(1.0, 1.0), crop_stretch=1.0, brightness=0.0)
    batches, _ = training_batches(stores[0], range(12), recipe, 0, 1)
    mirrored = 0
    for images, _ in batches:
        for image in images.numpy():
            straight = [np.abs(image - one).max() < 0.6 for one in stores[0].pixels]
            flipped = [np.abs(image[:, ::-1] - one).max() < 0.6 for one in stores[0].pixels]
            assert any(straight) or any(flipped)
            mirrored += any(flipped)
    assert 0 < mirrored < 12
