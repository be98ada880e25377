"""Colours as (red, green, blue), 0..255."""

from __future__ import annotations

import math
import random

Colour = tuple[int, int, int]

BLACK: Colour = (24, 22, 24)
WHITE: Colour = (244, 242, 238)
PINK: Colour = (226, 150, 150)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` (0..1) of the other colour in the first."""
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))


def lightness(colour: Colour) -> float:
    """Perceived lightness, 0..1 (ITU-R BT.601 weights)."""
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255


def distance(one: Colour, other: Colour) -> float:
    """Distance of two colours, 0..441."""
    return math.dist(one, other)


def vary(rng: random.Random, colour: Colour, amount: float) -> Colour:
    """The colour, each channel moved by up to `amount` (0..255), all of them by up to as much together."""
    together = rng.uniform(-amount, amount)
    return tuple(max(0, min(255, round(c + together + rng.uniform(-amount, amount) * 0.6))) for c in colour)


def anything(rng: random.Random) -> Colour:
    """Any colour."""
    return (rng.randrange(256), rng.randrange(256), rng.randrange(256))
