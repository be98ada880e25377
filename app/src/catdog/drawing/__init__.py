"""Drawn pictures of cats and dogs: endless, each known by its label and seed alone."""

from __future__ import annotations

import random
from dataclasses import replace

from PIL import Image

from catdog import LABELS
from catdog.drawing.background import choose_background, put_in_front
from catdog.drawing.breeds import BREEDS, Breed
from catdog.drawing.canvas import Canvas, Pen, Style
from catdog.drawing.colour import BLACK, WHITE, Colour, distance, lightness, mix, vary
from catdog.drawing.finish import focus, light
from catdog.drawing.poses import POSES, Pose
from catdog.errors import InputError

__all__ = ["draw"]

MIN_SIZE, MAX_SIZE = 16, 2000
POSE_WEIGHTS = (4, 3, 1, 1, 1)
# Between coat and scene, as a distance of colours (0..441).
MIN_CONTRAST = 100


def draw(label: str, seed: int, size: int = 200) -> Image.Image:
    """An RGB picture of `size` x `size` pixels of a "cat" or a "dog".

    The same label, seed and size give the same picture. Pose, breed, coat, scene, crop, light and style vary with
    the seed, and only what makes a cat a cat and a dog a dog depends on the label.

    Raises InputError for another label or a size out of 16..2000.
    """
    if label not in LABELS:
        raise InputError(f"cannot draw {label!r}: the label must be one of {', '.join(LABELS)}")
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise InputError(f"size {size} is out of bounds: give {MIN_SIZE} to {MAX_SIZE} pixels")
    rng = random.Random(f"{label} {seed}")
    canvas = choose_background(rng, size)
    behind = canvas.average()
    style = _choose_style(rng)
    breed = _choose_breed(label, rng, behind)
    if style.strokes > 1 and rng.random() < 0.4:
        breed = _as_line_drawing(breed, behind)
        style = replace(style, line=mix(behind, BLACK if lightness(behind) > 0.45 else WHITE, 0.85))
    pose = rng.choices(POSES, POSE_WEIGHTS)[0]
    pen, ground = _place(canvas, rng, style, pose, breed)
    if pose.name != "face" and rng.random() < 0.6:
        _cast_shadow(canvas, pen, rng, pose, breed)
    pose.draw(pen, breed, rng)
    put_in_front(canvas, rng, ground)
    return light(focus(canvas.finish(), rng), rng)


def _choose_breed(label: str, rng: random.Random, behind: Colour) -> Breed:
    """An animal whose coat can be told from what is behind it."""
    breed = BREEDS[label](rng)
    for _ in range(12):
        if distance(breed.coat.base, behind) > MIN_CONTRAST:
            break
        breed = BREEDS[label](rng)
    return breed


def _as_line_drawing(breed: Breed, behind: Colour) -> Breed:
    """The same animal with a coat of paper: only its lines are seen."""
    paper = mix(behind, WHITE if lightness(behind) > 0.45 else BLACK, 0.35)
    return replace(breed, coat=replace(breed.coat, base=paper, pale=paper, inner_ear=paper, markings="plain"))


def _choose_style(rng: random.Random) -> Style:
    kind = rng.choice(("flat", "flat", "shaded", "shaded", "outlined", "outlined", "sketched", "furry"))
    line = vary(rng, BLACK, 12) if rng.random() < 0.8 else vary(rng, (120, 80, 60), 40)
    wobble = rng.choice((0, 0.004, 0.012, 0.02))
    fur = rng.uniform(0.012, 0.035)
    if kind == "flat":
        return Style(line=None, width=1, wobble=wobble, fur=fur, shade=0)
    if kind == "shaded":
        return Style(line=None, width=1, wobble=wobble, fur=fur, shade=rng.uniform(0.4, 0.9))
    if kind == "furry":
        return Style(line=None, width=1, wobble=wobble, fur=fur * 1.5, shade=rng.uniform(0.3, 0.8))
    if kind == "outlined":
        return Style(line=line, width=rng.uniform(0.8, 2.2), wobble=wobble, fur=fur, shade=rng.choice((0, 0.5)))
    return Style(line=line, width=1, wobble=wobble, fur=fur * 0.5, shade=0, strokes=2)


def _place(canvas: Canvas, rng: random.Random, style: Style, pose: Pose, breed: Breed) -> tuple[Pen, float]:
    """A pen in the animal's frame, so that the head is in the picture, and the y of its feet (0..1)."""
    left, top, right, bottom = pose.box(breed)
    extent = max(right - left, bottom - top)
    face_x, face_y, radius = pose.face(breed)
    scale = rng.uniform(0.84, 1.08) / extent
    if rng.random() < 0.3:
        scale = min(scale * rng.uniform(1.1, 1.4), 0.34 / radius)
    flip = rng.choice((-1, 1))
    middle_x, middle_y = (left + right) / 2 * flip, (top + bottom) / 2
    x = 0.5 - middle_x * scale + rng.uniform(-0.07, 0.07)
    y = 0.5 - middle_y * scale + rng.uniform(-0.05, 0.08)
    # Whatever the crop, most of the head stays in the picture.
    margin = min(radius * scale * 1.05, 0.45)
    x += _into(x + face_x * scale * flip, margin)
    y += _into(y + face_y * scale, margin)
    pen = canvas.pen(rng, style).at(
        x, y, scale=scale, angle=rng.gauss(0, 5), sx=flip * rng.uniform(0.9, 1.1), sy=rng.uniform(0.92, 1.08)
    )
    return pen, y + bottom * scale


def _into(at: float, margin: float) -> float:
    """How far to move a point so that it is at least `margin` from the picture's edges."""
    return max(margin - at, 0) + min(1 - margin - at, 0)


def _cast_shadow(canvas: Canvas, pen: Pen, rng: random.Random, pose: Pose, breed: Breed) -> None:
    left, _, right, bottom = pose.box(breed)
    x, y = pen.to_canvas([[(left + right) / 2, bottom - 0.05]])[0]
    under = canvas.image.getpixel((min(max(int(x), 0), canvas.side - 1), min(max(int(y), 0), canvas.side - 1)))
    plain = Style(line=None, width=1, wobble=0, fur=0, shade=0)
    dark = mix(under, BLACK, rng.uniform(0.2, 0.5)) if rng.random() < 0.9 else mix(under, WHITE, 0.2)
    pen.styled(plain).ellipse((left + right) / 2, bottom - 0.05, (right - left) * 0.42, 0.1, dark)
