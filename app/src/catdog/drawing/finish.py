"""Light, grain and focus over a finished drawing."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image, ImageFilter


def light(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Brightness, contrast, tint, a light from one side, now and then no colour at all."""
    pixels = np.asarray(picture, dtype=np.float32)
    size = pixels.shape[0]
    ramp = np.linspace(-1, 1, size, dtype=np.float32)
    slope = 1 + rng.uniform(-0.2, 0.2) * ramp[None, :] + rng.uniform(-0.2, 0.2) * ramp[:, None]
    contrast, brightness = rng.uniform(0.75, 1.12), rng.uniform(-20, 14)
    tint = np.array([rng.uniform(0.86, 1.12) for _ in range(3)], dtype=np.float32)
    pixels = ((pixels - 128) * contrast + (128 + brightness)) * slope[..., None] * tint
    if rng.random() < 0.08:
        pixels = np.repeat(pixels @ np.array([[0.299], [0.587], [0.114]], dtype=np.float32), 3, axis=2)
    if rng.random() < 0.12:
        grain = np.random.default_rng(rng.getrandbits(32))
        pixels = pixels + grain.standard_normal((size, size, 1), dtype=np.float32) * rng.uniform(4, 14)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def focus(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Sharp, a little blurred, or brushed: pixels moved about as a brush does."""
    kind = rng.choice(("sharp",) * 8 + ("blurred", "brushed", "coarse"))
    size = picture.size[0]
    if kind == "blurred":
        return picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.1) * size / 200))
    if kind == "coarse":
        small = round(size * rng.uniform(0.5, 0.8))
        return picture.resize((small, small), Image.Resampling.BILINEAR).resize((size, size), Image.Resampling.BICUBIC)
    if kind == "brushed":
        reach = max(1, round(size / 200 * rng.choice((1, 2, 2))))
        noise = np.random.default_rng(rng.getrandbits(32)).integers(-reach, reach + 1, (2, size, size))
        y, x = np.mgrid[0:size, 0:size]
        pixels = np.asarray(picture)
        moved = pixels[np.clip(y + noise[0], 0, size - 1), np.clip(x + noise[1], 0, size - 1)]
        return Image.fromarray(moved).filter(ImageFilter.BoxBlur(1))
    return picture
