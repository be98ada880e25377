"""What lies behind and before an animal. Chosen without regard to whether it is a cat or a dog."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image

from catdog.drawing.canvas import SUPERSAMPLING, Canvas, Pen, Style
from catdog.drawing.colour import WHITE, Colour, anything, mix, vary

_PLAIN = Style(line=None, width=1, wobble=0, fur=0.04, shade=0.5)


def _flat(rng: random.Random, size: int) -> Canvas:
    return Canvas.blank(size, anything(rng))


def _gradient(rng: random.Random, size: int) -> Canvas:
    """From one colour to another in any direction."""
    one, other = np.array(anything(rng)), np.array(anything(rng))
    y, x = np.mgrid[0:1:32j, 0:1:32j]
    dx, dy = rng.uniform(-1, 1), rng.uniform(-1, 1)
    ramp = x * dx + y * dy
    ramp = (ramp - ramp.min()) / max(float(np.ptp(ramp)), 1e-6)
    pixels = one + ramp[..., None] * (other - one)
    side = size * SUPERSAMPLING
    return Canvas(Image.fromarray(pixels.astype(np.uint8)).resize((side, side), Image.Resampling.BILINEAR), size)


def _texture(rng: random.Random, size: int) -> Canvas:
    """Blotches of two or three colours, coarse or fine: a carpet, a hedge, a wall."""
    cells = rng.choice((4, 7, 12, 24, 50))
    noise = np.random.default_rng(rng.getrandbits(32)).random((cells, cells, 1))
    one, other = np.array(anything(rng)), np.array(vary(rng, anything(rng), 30))
    pixels = (one + noise * (other - one)).astype(np.uint8)
    side = size * SUPERSAMPLING
    how = rng.choice((Image.Resampling.NEAREST, Image.Resampling.BICUBIC, Image.Resampling.BILINEAR))
    return Canvas(Image.fromarray(pixels).resize((side, side), how), size)


def _pattern(rng: random.Random, size: int) -> Canvas:
    """Stripes, checks or dots: a curtain, tiles, a blanket."""
    canvas = _flat(rng, size)
    colour, kind, step = anything(rng), rng.choice(("stripes", "checks", "dots")), rng.uniform(0.05, 0.2)
    pen = canvas.pen(rng, _PLAIN).at(0.5, 0.5, angle=rng.uniform(0, 180))
    count = int(0.75 / step) + 1
    for row in range(-count, count + 1):
        if kind == "stripes":
            pen.stroke([(-0.8, row * step), (0.8, row * step)], step * 0.5, colour)
            continue
        for column in range(-count, count + 1):
            x, y = column * step, row * step
            if kind == "dots":
                pen.ellipse(x, y, step * 0.25, step * 0.25, colour)
            elif (row + column) % 2:
                pen.shape([(x, y), (x + step, y), (x + step, y + step), (x, y + step)], colour, curved=False)
    return canvas


def _room(rng: random.Random, size: int) -> Canvas:
    """A wall, a floor and some furniture."""
    canvas = _flat(rng, size)
    pen = canvas.pen(rng, _PLAIN)
    horizon = rng.uniform(0.45, 0.8)
    floor = vary(rng, rng.choice(((150, 108, 70), (190, 170, 140), (110, 110, 118), (90, 66, 50), (204, 196, 186))), 20)
    pen.shape([(0, horizon), (1, horizon), (1, 1), (0, 1)], floor, curved=False)
    if rng.random() < 0.5:
        for index in range(6):
            y = horizon + (1 - horizon) * (index / 6) ** 1.4
            pen.stroke([(0, y), (1, y)], 0.006, mix(floor, (0, 0, 0), 0.25))
    for _ in range(rng.randint(0, 3)):
        _furniture(pen, rng, horizon)
    return canvas


def _furniture(pen: Pen, rng: random.Random, horizon: float) -> None:
    kind, x, colour = rng.choice(("window", "sofa", "lamp", "shelf", "ball", "plant")), rng.random(), anything(rng)
    if kind == "window":
        y, w, h = rng.uniform(0.05, 0.25), rng.uniform(0.12, 0.25), rng.uniform(0.12, 0.28)
        pen.shape([(x - w, y), (x + w, y), (x + w, y + h), (x - w, y + h)], WHITE, curved=False)
        pane = vary(rng, (150, 190, 226), 30)
        pen.shape(
            [
                (x - w * 0.9, y + 0.02),
                (x + w * 0.9, y + 0.02),
                (x + w * 0.9, y + h - 0.02),
                (x - w * 0.9, y + h - 0.02),
            ],
            pane,
            curved=False,
        )
        pen.stroke([(x, y), (x, y + h)], 0.015, WHITE)
    elif kind == "sofa":
        w, top = rng.uniform(0.2, 0.45), horizon - rng.uniform(0.15, 0.3)
        pen.shape([(x - w, top), (x + w, top), (x + w, horizon + 0.08), (x - w, horizon + 0.08)], colour, curved=False)
        pen.ellipse(x - w, horizon - 0.05, 0.07, 0.13, mix(colour, (0, 0, 0), 0.2))
        pen.ellipse(x + w, horizon - 0.05, 0.07, 0.13, mix(colour, (0, 0, 0), 0.2))
    elif kind == "lamp":
        pen.stroke([(x, horizon + 0.02), (x, horizon - 0.4)], 0.015, mix(colour, (0, 0, 0), 0.5))
        pen.shape(
            [
                (x - 0.05, horizon - 0.5),
                (x + 0.05, horizon - 0.5),
                (x + 0.1, horizon - 0.36),
                (x - 0.1, horizon - 0.36),
            ],
            colour,
            curved=False,
        )
    elif kind == "shelf":
        y = rng.uniform(0.1, 0.35)
        pen.stroke([(x - 0.2, y), (x + 0.2, y)], 0.02, mix(colour, (0, 0, 0), 0.4))
        for index in range(7):
            left = x - 0.18 + index * 0.05
            pen.shape(
                [(left, y), (left + 0.04, y), (left + 0.04, y - rng.uniform(0.06, 0.13)), (left, y - 0.1)],
                anything(rng),
                curved=False,
            )
    elif kind == "ball":
        pen.ellipse(x, horizon + rng.uniform(0, 0.2), 0.06, 0.06, colour, shade=1)
    else:
        for _ in range(7):
            tip = (x + rng.uniform(-0.15, 0.15), horizon - rng.uniform(0.1, 0.35))
            pen.limb(
                [(x, horizon), ((x + tip[0]) / 2, tip[1] * 0.6 + horizon * 0.4), tip],
                [0.01, 0.05, 0.01],
                vary(rng, (70, 130, 66), 25),
            )


def _outdoors(rng: random.Random, size: int) -> Canvas:
    """Sky over grass, sand, snow or street, with hills, trees, a sun, a fence."""
    sky = vary(rng, rng.choice(((140, 190, 236), (200, 214, 226), (244, 190, 140), (70, 84, 130), (180, 226, 240))), 20)
    canvas = Canvas.blank(size, sky)
    pen = canvas.pen(rng, _PLAIN)
    horizon = rng.uniform(0.35, 0.75)
    ground = vary(
        rng, rng.choice(((96, 150, 70), (130, 160, 80), (206, 186, 140), (236, 240, 244), (110, 108, 104))), 22
    )
    if rng.random() < 0.3:
        pen.ellipse(rng.random(), rng.uniform(0.05, 0.3), 0.08, 0.08, vary(rng, (250, 226, 120), 20))
    for _ in range(rng.randint(0, 3)):
        x, y = rng.random(), rng.uniform(0.03, 0.3)
        for part in range(3):
            pen.ellipse(x + part * 0.06, y + rng.uniform(-0.02, 0.02), 0.07, 0.04, mix(sky, WHITE, 0.7))
    for _ in range(rng.randint(0, 3)):
        x, w = rng.random(), rng.uniform(0.15, 0.5)
        pen.shape(
            [
                (x - w, horizon + 0.02),
                (x + rng.uniform(-0.1, 0.1), horizon - rng.uniform(0.08, 0.3)),
                (x + w, horizon + 0.02),
            ],
            mix(ground, sky, rng.uniform(0.2, 0.6)),
            curved=rng.random() < 0.6,
        )
    pen.shape([(0, horizon), (1, horizon + rng.uniform(-0.05, 0.05)), (1, 1), (0, 1)], ground, curved=False)
    for _ in range(rng.randint(0, 3)):
        x, tall = rng.random(), rng.uniform(0.15, 0.4)
        pen.stroke([(x, horizon + 0.04), (x, horizon - tall)], rng.uniform(0.02, 0.05), vary(rng, (92, 66, 46), 15))
        pen.ellipse(x, horizon - tall, tall * 0.4, tall * 0.5, vary(rng, (70, 120, 60), 30), fur=1, shade=1)
    if rng.random() < 0.2:
        for index in range(11):
            pen.stroke(
                [(index / 10, horizon - 0.12), (index / 10, horizon + 0.06)], 0.035, vary(rng, (190, 170, 140), 10)
            )
    return canvas


def _clutter(rng: random.Random, size: int) -> Canvas:
    """Discs, wedges and strips of any colour, out of focus or sharp."""
    canvas = _gradient(rng, size)
    pen = canvas.pen(rng, _PLAIN)
    for _ in range(rng.randint(4, 14)):
        x, y, reach, colour = rng.random(), rng.random(), rng.uniform(0.04, 0.3), anything(rng)
        kind = rng.choice(("disc", "wedge", "strip"))
        if kind == "disc":
            pen.ellipse(x, y, reach, reach * rng.uniform(0.4, 1), colour, angle=rng.uniform(0, 180), shade=rng.random())
        elif kind == "wedge":
            pen.at(x, y, scale=reach, angle=rng.uniform(0, 360)).shape(
                [(-1, 0.6), (0, -1), (0.8, 0.7)], colour, curved=False
            )
        else:
            pen.at(x, y, scale=reach, angle=rng.uniform(0, 360)).limb(
                [(-1.5, 0), (0, rng.uniform(-0.6, 0.6)), (1.5, 0)], [0.3, 0.3, 0.2], colour
            )
    return canvas


_SCENES = (_flat, _gradient, _texture, _pattern, _room, _room, _outdoors, _outdoors, _clutter)


def choose_background(rng: random.Random, size: int) -> Canvas:
    """A canvas with a scene by chance on it, often out of focus or hazy, as behind a portrait."""
    canvas = rng.choice(_SCENES)(rng, size)
    if rng.random() < 0.5:
        coarse = rng.choice((8, 12, 20))
        blurred = canvas.image.resize((coarse, coarse), Image.Resampling.BOX)
        canvas.image.paste(blurred.resize(canvas.image.size, Image.Resampling.BICUBIC))
    haze = Image.new("RGB", canvas.image.size, vary(rng, (150, 150, 150), 90))
    canvas.image.paste(Image.blend(canvas.image, haze, rng.uniform(0.1, 0.55)))
    return canvas


def put_in_front(canvas: Canvas, rng: random.Random, ground: float) -> None:
    """Now and then something that hides a little of the animal: grass, a ball, a ledge. ground: y of its feet, 0..1."""
    kind = rng.choice(("nothing",) * 8 + ("grass", "ball", "ledge", "stem"))
    pen = canvas.pen(rng, _PLAIN)
    colour: Colour = anything(rng)
    if kind == "grass":
        green = vary(rng, (88, 140, 62), 30)
        for _ in range(26):
            x = rng.random()
            pen.limb(
                [(x, ground + 0.1), (x + rng.uniform(-0.05, 0.05), ground - rng.uniform(0.02, 0.12))],
                [0.02, 0.003],
                vary(rng, green, 20),
            )
    elif kind == "ball":
        radius = rng.uniform(0.03, 0.08)
        pen.ellipse(rng.random(), ground - radius * 0.5, radius, radius, colour, shade=1)
    elif kind == "ledge":
        top = min(0.97, ground - rng.uniform(0, 0.08))
        pen.shape([(0, top), (1, top), (1, 1), (0, 1)], colour, curved=False)
    elif kind == "stem":
        x = rng.choice((rng.uniform(0, 0.2), rng.uniform(0.8, 1)))
        pen.limb(
            [(x, 1), (x + rng.uniform(-0.1, 0.1), 0.5), (x + rng.uniform(-0.1, 0.1), 0)], [0.04, 0.03, 0.02], colour
        )
