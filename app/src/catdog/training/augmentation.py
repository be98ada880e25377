"""tf.data pipelines: batches of a picture store, cropped and coloured anew in every epoch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from catdog.data.dataset import PictureStore
from catdog.training.recipes import Recipe

TEST_BATCH = 128


def training_batches(
    store: PictureStore, rows: Sequence[int], recipe: Recipe, epoch: int, seed: int
) -> tuple[tf.data.Dataset, int]:
    """One epoch of (images float32 [batch, size, size, 3] of 0..255, targets float32 [batch, 1]), and its steps.

    Order and changes depend on seed and epoch alone, so that a resumed training sees what the first would have seen.
    An incomplete last batch is dropped, unless it is the only one.
    """
    order = np.random.default_rng((seed, epoch)).permutation(np.asarray(rows))
    batch = min(recipe.batch_size, len(order))
    dataset = _batches(store, order, batch, drop_remainder=True)
    size = recipe.size(epoch)

    def change(step, images, targets):
        # The step is one of at most a million in an epoch, so that no two share a seed.
        return augment(images, size, recipe, tf.stack([seed, epoch * 1_000_000 + tf.cast(step, tf.int32)])), targets

    dataset = dataset.enumerate().map(lambda step, pair: change(step, *pair), num_parallel_calls=1)
    return dataset.prefetch(2), len(order) // batch


def test_batches(store: PictureStore, rows: Sequence[int], size: int) -> tf.data.Dataset:
    """The whole pictures in order: (images float32 [batch, size, size, 3] of 0..255, targets float32 [batch, 1])."""
    dataset = _batches(store, np.asarray(rows), TEST_BATCH, drop_remainder=False)
    return dataset.map(lambda images, targets: (resize(images, size), targets)).prefetch(1)


def resize(images: tf.Tensor, size: int) -> tf.Tensor:
    """Whole pictures, uint8 [batch, side, side, 3], as float32 [batch, size, size, 3]."""
    images = tf.cast(images, tf.float32)
    if images.shape[1] == size:
        return images
    return tf.image.resize(images, (size, size), antialias=True)


def augment(images: tf.Tensor, size: int, recipe: Recipe, seed: tf.Tensor) -> tf.Tensor:
    """Random crops, mirror images, brightness and contrast, each picture its own; `seed`: int32 [2]."""
    count = tf.shape(images)[0]
    seeds = tf.unstack(tf.random.experimental.stateless_split(seed, 7))

    def uniform(number: int, low: float, high: float) -> tf.Tensor:
        return tf.random.stateless_uniform([count], seeds[number], low, high)

    side = tf.sqrt(uniform(0, *recipe.crop_area))
    stretch = tf.exp(uniform(1, -1.0, 1.0) * float(np.log(recipe.crop_stretch)) / 2)
    height, width = tf.minimum(side * stretch, 1.0), tf.minimum(side / stretch, 1.0)
    top, left = uniform(2, 0.0, 1.0) * (1 - height), uniform(3, 0.0, 1.0) * (1 - width)
    right = left + width
    if recipe.flip:
        # A box whose left and right are exchanged gives the mirror image at no cost.
        flipped = uniform(4, 0.0, 1.0) < 0.5
        left, right = tf.where(flipped, right, left), tf.where(flipped, left, right)
    boxes = tf.stack([top, left, top + height, right], axis=1)
    images = tf.image.crop_and_resize(images, boxes, tf.range(count), (size, size))
    if recipe.brightness:
        contrast = 1 + uniform(5, -1.0, 1.0) * recipe.brightness
        offset = uniform(6, -1.0, 1.0) * recipe.brightness * 128 + 128 * (1 - contrast)
        images = images * contrast[:, None, None, None] + offset[:, None, None, None]
    return images


def _batches(store: PictureStore, rows: np.ndarray, batch: int, drop_remainder: bool) -> tf.data.Dataset:
    side = store.pixels.shape[1]

    def load(numbers):
        return store.pixels[numbers], store.targets[numbers][:, None]

    def load_batch(numbers):
        images, targets = tf.numpy_function(load, [numbers], (tf.uint8, tf.float32))
        return tf.ensure_shape(images, (None, side, side, 3)), tf.ensure_shape(targets, (None, 1))

    dataset = tf.data.Dataset.from_tensor_slices(rows.astype(np.int64)).batch(batch, drop_remainder=drop_remainder)
    return dataset.map(load_batch, num_parallel_calls=1, deterministic=True)
