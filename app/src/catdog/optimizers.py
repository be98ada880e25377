"""Optimizers of the recipes, and how their learning rate goes."""

from __future__ import annotations

import math

import keras
from keras import ops

from catdog.recipes import Recipe

# Steps of the Newton-Schulz iteration, and what they cost: a tenth of a training step at 64 px.
ORTHOGONALISATION_STEPS = 5


class KernelMuon(keras.optimizers.Muon):
    """Muon for convolutions: a kernel [height, width, inputs, outputs] is a matrix [height * width * inputs, outputs].

    Keras' own takes 2D weights only. All that is no kernel (scales, offsets, the last layer) goes by AdamW, as there.
    Source: K. Jordan, Muon: an optimizer for hidden layers, 2024.
    """

    def _should_use_adamw(self, variable) -> bool:
        return len(variable.shape) != 4

    def zeropower_via_newtonschulz5(self, x, steps: int):
        matrix = ops.reshape(x, (-1, x.shape[-1]))
        return ops.reshape(super().zeropower_via_newtonschulz5(matrix, steps), x.shape)

    def lr_adjust(self, x):
        return x * (math.sqrt(max(math.prod(x.shape[:-1]), x.shape[-1])) * self.rms_rate)


def build(recipe: Recipe) -> keras.optimizers.Optimizer:
    """The optimizer of a recipe. Only kernels decay: on scales and offsets decay would fight the normalisation."""
    if recipe.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(recipe.learning_rate)
    if recipe.optimizer == "muon":
        return KernelMuon(
            recipe.learning_rate, weight_decay=recipe.weight_decay, adam_weight_decay=None,
            ns_steps=ORTHOGONALISATION_STEPS,
        )  # fmt: skip
    optimizer = keras.optimizers.AdamW(recipe.learning_rate, weight_decay=recipe.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    return optimizer


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """At step 0..steps-1: constant for RMSprop, else one cycle: straight up, then down to nothing along a cosine."""
    if recipe.optimizer == "rmsprop":
        return recipe.learning_rate
    rise = max(1, round(steps * recipe.warm_up))
    if step < rise:
        return recipe.learning_rate * (step + 1) / rise
    return recipe.learning_rate * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise))) / 2
