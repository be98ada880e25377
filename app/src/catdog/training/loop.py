"""Training: one run of a recipe over pictures, resumable at every epoch, the same for the same seed on one machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from catdog.data.dataset import PictureStore
from catdog.errors import DataError
from catdog.models import networks
from catdog.training import optimizers
from catdog.training.augmentation import test_batches, training_batches
from catdog.training.checkpoints import Checkpoint
from catdog.training.listener import Progress, TrainingListener
from catdog.training.recipes import Recipe

SILENT = TrainingListener()


@dataclass
class Training:
    """What a training leaves: the network with its weights, and how it came to be.

    history: one dict an epoch: epoch, size, loss, accuracy, validation_loss, validation_accuracy, seconds,
    processor_seconds (of all cores together).
    held_out: rows of `store` that were not trained on.
    """

    model: keras.Model
    recipe: Recipe
    seed: int
    dtype: str
    store: PictureStore
    validation: PictureStore
    held_out: np.ndarray
    history: list[dict] = field(default_factory=list)
    resumed_at: list[int] = field(default_factory=list)


def train(
    recipe: Recipe,
    store: PictureStore,
    validation: PictureStore,
    work: Path,
    seed: int = 1,
    listener: TrainingListener = SILENT,
) -> Training:
    """Train by the recipe on the store's pictures; `work` is a folder for the checkpoint, made if missing.

    Called again after it was killed, it goes on from the last complete epoch.
    Raises DataError when the pictures are too few, InputError when `work` holds a training of something else.
    """
    keras.utils.set_random_seed(seed)
    work.mkdir(parents=True, exist_ok=True)
    kept, held_out = _hold_out(len(store), recipe.held_out, seed)
    dtype = networks.training_dtype()
    model = networks.build(recipe.network, dtype)
    run = Training(model, recipe, seed, dtype, store, validation, held_out)
    trainer = _Trainer(model, recipe, _steps(recipe, len(kept)))
    about = {"recipe": recipe.as_dict(), "seed": seed, "dtype": dtype}
    about |= {"pictures": store.fingerprint(), "tests": validation.fingerprint()}
    checkpoint = Checkpoint(work / "checkpoint.npz", about)
    run.history, run.resumed_at = checkpoint.restore(trainer.variables)
    clock = _Clock(recipe, run.history)
    for epoch in range(len(run.history), recipe.epochs):
        started, busy = time.monotonic(), time.process_time()
        seen = trainer.epoch(*training_batches(store, kept, recipe, epoch, seed), epoch, clock, listener)
        record = {"epoch": epoch + 1, "size": recipe.size(epoch), **seen}
        record |= trainer.test(test_batches(validation, range(len(validation)), recipe.size(epoch)))
        record["seconds"] = round(time.monotonic() - started, 2)
        record["processor_seconds"] = round(time.process_time() - busy, 2)
        run.history.append(record)
        checkpoint.save(trainer.variables, run.history, run.resumed_at)
        clock.epoch_took(epoch, record["seconds"])
        listener.on_epoch_end(record, run.history)
    return run


def _hold_out(count: int, part: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows to train on, and rows kept back for calibration; both in ascending order."""
    order = np.random.default_rng((seed, 0xCA1)).permutation(count)
    cut = round(count * part)
    if count - cut < 2:
        raise DataError(f"{count} training pictures are too few: give at least 2, one of each class")
    return np.sort(order[cut:]), np.sort(order[:cut])


def _steps(recipe: Recipe, pictures: int) -> int:
    """Steps in one epoch."""
    return pictures // min(recipe.batch_size, pictures)


class _Clock:
    """Estimates the time left: a step costs in proportion to the picture's area."""

    def __init__(self, recipe: Recipe, history: list[dict]):
        self._recipe = recipe
        self._per_area = 0.0
        for record in history:
            self.epoch_took(record["epoch"] - 1, record["seconds"])

    def epoch_took(self, epoch: int, seconds: float) -> None:
        self._per_area = seconds / self._recipe.size(epoch) ** 2

    def seconds_left(self, epoch: int, part: float, seconds: float) -> float:
        """`part` of the epoch took `seconds`; the rest of it and the epochs after it are left."""
        area = self._recipe.size(epoch) ** 2
        # The first steps of a size compile; what the epoch before took says more, as long as there was one.
        per_area = seconds / part / area if not self._per_area or part > 0.2 else self._per_area
        later = sum(self._recipe.size(after) ** 2 for after in range(epoch + 1, self._recipe.epochs))
        return per_area * ((1 - part) * area + later)


class _Trainer:
    """Steps of one recipe over one network."""

    def __init__(self, model: keras.Model, recipe: Recipe, steps: int):
        self.model, self.recipe, self.steps = model, recipe, steps
        self.total = steps * recipe.epochs
        self.optimizer = optimizers.build(recipe)
        self.optimizer.build(model.trainable_variables)
        # A function for each size: one for all would be compiled for any size, and be slower.
        self._steps: dict[int, Callable] = {}
        self._tests: dict[int, Callable] = {}

    @property
    def variables(self) -> list:
        return [*self.model.variables, *self.optimizer.variables]

    def epoch(
        self, batches: tf.data.Dataset, steps: int, epoch: int, clock: _Clock, listener: TrainingListener
    ) -> dict[str, float]:
        size = self.recipe.size(epoch)
        function = self._steps.setdefault(size, tf.function(self._step))
        started = told = time.monotonic()
        losses = hits = pictures = 0.0
        for step, (images, targets) in enumerate(batches, start=1):
            rate = optimizers.learning_rate(self.recipe, epoch * self.steps + step - 1, self.total)
            self.optimizer.learning_rate.assign(rate)
            loss, correct = function(images, targets)
            count = images.shape[0]
            losses, hits, pictures = losses + float(loss) * count, hits + float(correct), pictures + count
            now = time.monotonic()
            if now - told > 1 or step == steps:
                told = now
                left = clock.seconds_left(epoch, step / steps, now - started)
                listener.on_batch_end(
                    Progress(epoch + 1, self.recipe.epochs, step, steps, size, losses / pictures, hits / pictures, left)
                )
        return {"loss": round(losses / pictures, 5), "accuracy": round(hits / pictures, 5)}

    def _step(self, images, targets):
        smooth = self.recipe.label_smoothing
        with tf.GradientTape() as tape:
            logits = self.model(images, training=True)
            wanted = targets * (1 - smooth) + smooth / 2
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(wanted, logits))
        weights = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, weights))
        return loss, tf.reduce_sum(tf.cast((logits > 0) == (targets > 0.5), tf.float32))

    def test(self, batches: tf.data.Dataset) -> dict[str, float]:
        """Loss and accuracy on whole pictures, at the epoch's own size and without averaging a flipped copy."""
        losses, hits = [], []
        for images, targets in batches:
            function = self._tests.setdefault(images.shape[1], tf.function(lambda x: self.model(x, training=False)))
            logits = function(images)
            losses.append(tf.nn.sigmoid_cross_entropy_with_logits(targets, logits).numpy())
            hits.append((logits.numpy() > 0) == (targets.numpy() > 0.5))
        return {
            "validation_loss": round(float(np.concatenate(losses).mean()), 5),
            "validation_accuracy": round(float(np.concatenate(hits).mean()), 5),
        }
