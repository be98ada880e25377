"""The networks: `reference`, the original lab's, and `fast`, our own.

Both take RGB pixels of 0..255, [batch, height, width, 3], and give one logit, [batch, 1]: positive is a dog.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import tensorflow as tf
from keras import layers

from catdog.errors import InputError

REFERENCE_SIZE = 200
# Widths are multiples of 16: oneDNN's batch normalisation falls back to slow code for others.
FAST_STEM = 32
FAST_STAGES = ((48, 1), (96, 2), (192, 2))
SQUEEZE = 8


@keras.saving.register_keras_serializable(package="catdog")
class FusedBatchNormalization(layers.Layer):
    """Batch normalisation by TensorFlow's fused operation.

    Keras 3 computes moments and scale in separate operations, which cost a quarter of a training step's time at 64 px.
    """

    def __init__(self, gamma: float = 1.0, momentum: float = 0.9, epsilon: float = 1e-3, **kwargs):
        super().__init__(**kwargs)
        self.initial_gamma, self.momentum, self.epsilon = gamma, momentum, epsilon

    def build(self, input_shape):
        def weight(name: str, value: float, trainable: bool):
            initializer = keras.initializers.Constant(value)
            return self.add_weight(
                name=name, shape=input_shape[-1:], initializer=initializer, trainable=trainable, autocast=False
            )

        self.gamma, self.beta = weight("gamma", self.initial_gamma, True), weight("beta", 0.0, True)
        self.mean, self.variance = weight("mean", 0.0, False), weight("variance", 1.0, False)

    def call(self, inputs, training=False):
        def normalize(mean, variance):
            return tf.raw_ops.FusedBatchNormV3(
                x=inputs, scale=self.gamma.value, offset=self.beta.value, mean=mean, variance=variance,
                epsilon=self.epsilon, is_training=training,
            )  # fmt: skip

        if not training:
            return normalize(self.mean.value, self.variance.value)[0]
        outputs, mean, variance, *_ = normalize(tf.zeros([0]), tf.zeros([0]))
        for kept, seen in ((self.mean, mean), (self.variance, variance)):
            kept.assign(kept * self.momentum + seen * (1 - self.momentum))
        return outputs


def reference(dtype: str = "float32") -> keras.Model:
    """The original lab's: four blocks of two 3x3 convolutions, two dense of 256; 200 px, 10.7 million weights."""
    keras_input = layers.Input((REFERENCE_SIZE, REFERENCE_SIZE, 3))
    x = layers.Rescaling(1 / 255, dtype=dtype)(keras_input)
    for channels in (32, 64, 128, 256):
        for _ in range(2):
            x = layers.Conv2D(channels, 3, padding="same", activation="relu", dtype=dtype)(x)
        x = layers.MaxPooling2D(2, dtype=dtype)(x)
    x = layers.Flatten(dtype=dtype)(x)
    for _ in range(2):
        x = layers.Dense(256, activation="relu", dtype=dtype)(x)
        x = layers.Dropout(0.5, dtype=dtype)(x)
    return keras.Model(keras_input, layers.Dense(1, dtype="float32")(x), name="reference")


def fast(dtype: str = "float32") -> keras.Model:
    """Residual blocks with squeeze-and-excitation behind a stem that quarters the picture; any size."""
    keras_input = layers.Input((None, None, 3))
    x = layers.Rescaling(1 / 64, offset=-2, dtype=dtype)(keras_input)
    x = _convolution(x, FAST_STEM, strides=2, dtype=dtype)
    x = _convolution(x, FAST_STAGES[0][0], strides=2, dtype=dtype)
    for stage, (channels, blocks) in enumerate(FAST_STAGES):
        for block in range(blocks):
            x = _residual(x, channels, strides=2 if stage and not block else 1, dtype=dtype)
    x = layers.GlobalAveragePooling2D(dtype=dtype)(x)
    return keras.Model(keras_input, layers.Dense(1, dtype="float32")(x), name="fast")


def _convolution(x, channels: int, kernel: int = 3, strides: int = 1, gamma: float = 1.0, relu=True, dtype="float32"):
    """Convolution, batch normalisation and, unless refused, ReLU."""
    x = layers.Conv2D(
        channels, kernel, strides, padding="same", use_bias=False, kernel_initializer="he_normal", dtype=dtype
    )(x)
    x = FusedBatchNormalization(gamma, dtype=dtype)(x)
    return layers.ReLU(dtype=dtype)(x) if relu else x


def _residual(x, channels: int, strides: int, dtype: str):
    """Two convolutions whose result is weighted by channel and added to the input; it starts as the identity."""
    y = _convolution(x, channels, strides=strides, dtype=dtype)
    y = _convolution(y, channels, gamma=0.0, relu=False, dtype=dtype)
    weight = layers.GlobalAveragePooling2D(keepdims=True, dtype=dtype)(y)
    weight = layers.Conv2D(channels // SQUEEZE, 1, activation="relu", dtype=dtype)(weight)
    weight = layers.Conv2D(channels, 1, activation="sigmoid", dtype=dtype)(weight)
    y = layers.Multiply(dtype=dtype)([y, weight])
    if strides > 1:
        x = layers.AveragePooling2D(strides, padding="same", dtype=dtype)(x)
    if x.shape[-1] != channels:
        x = _convolution(x, channels, kernel=1, relu=False, dtype=dtype)
    return layers.ReLU(dtype=dtype)(layers.Add(dtype=dtype)([y, x]))


NETWORKS: dict[str, Callable[[str], keras.Model]] = {"fast": fast, "reference": reference}


def build(name: str, dtype: str = "float32") -> keras.Model:
    """The network of that name with fresh weights. Raises InputError for an unknown name."""
    if name not in NETWORKS:
        raise InputError(f"unknown network {name!r}: choose {' or '.join(NETWORKS)}")
    return NETWORKS[name](dtype)


def training_dtype() -> str:
    """`mixed_bfloat16` where the processor computes in it, else `float32`: emulated it would be many times slower."""
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return "float32"
    return "mixed_bfloat16" if "avx512_bf16" in flags or "amx_bf16" in flags else "float32"
