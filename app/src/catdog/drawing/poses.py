"""Whole animals: a face, sitting, standing, walking, lying. Each pose says which box it fills."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from catdog.drawing import heads
from catdog.drawing.breeds import Breed
from catdog.drawing.canvas import Pen
from catdog.drawing.colour import BLACK, mix


@dataclass(frozen=True)
class Pose:
    """How an animal is put. box: (left, top, right, bottom) it fills; face: centre and radius of its head in it."""

    name: str
    box: Callable[[Breed], tuple[float, float, float, float]]
    face: Callable[[Breed], tuple[float, float, float]]
    draw: Callable[[Pen, Breed, random.Random], None]


def _tail(pen: Pen, breed: Breed, x: float, y: float, rng: random.Random) -> None:
    """A tail from (x, y) backwards (to the left)."""
    width, coat = breed.tail_width, breed.coat
    sway = rng.uniform(-0.12, 0.12)
    paths = {
        "up": [(0, 0), (-0.25, -0.25), (-0.32, -0.75), (-0.3 + sway, -1.2)],
        "hook": [(0, 0), (-0.3, -0.2), (-0.4, -0.8), (-0.3, -1.15), (-0.08, -1.18 + sway)],
        "wave": [(0, 0), (-0.45, 0.05), (-0.75, -0.35), (-1.0, -0.5 + sway), (-1.25, -0.35)],
        "low": [(0, 0), (-0.35, 0.2), (-0.6, 0.5), (-0.95, 0.55 + sway), (-1.15, 0.35)],
        "sabre": [(0, 0), (-0.3, -0.12), (-0.6, -0.4 + sway), (-0.75, -0.7)],
        "curl": [(0, 0), (-0.22, -0.25), (-0.1, -0.55), (0.2, -0.52), (0.22, -0.28 + sway)],
        "stub": [(0, 0), (-0.14, -0.12), (-0.22, -0.26)],
        "down": [(0, 0), (-0.22, 0.12), (-0.32, 0.5), (-0.38 + sway, 0.8)],
        "flag": [(0, 0), (-0.3, -0.1), (-0.6, -0.3), (-0.85, -0.6 + sway)],
    }
    path = [(x + px, y + py) for px, py in paths[breed.tail]]
    colour = coat.marks if coat.markings == "points" else coat.base
    if breed.kind == "cat":
        widths = [width, width * (1 + breed.fur * 0.5), width * (1 + breed.fur * 0.4), width * 0.85]
    elif breed.tail == "flag":
        widths = [width, width * 2.2, width * 2, width * 0.5]
    else:
        widths = [width * 1.2, width, width * 0.35]
    pen.limb(path, widths, colour, fur=breed.fur * 0.6)


def _leg(pen: Pen, breed: Breed, x: float, y: float, swing: float, hind: bool, far: bool) -> None:
    """A leg from the trunk at (x, y) down, its foot moved forwards by `swing`."""
    coat, width, length = breed.coat, breed.leg_width, breed.leg
    colour = coat.dark(0.3) if far else coat.base
    knee = (x + swing * 0.4 + (-0.1 if hind else 0.04), y + length * 0.55)
    foot = (x + swing, y + length)
    pen.limb(
        [(x, y - 0.1), knee, foot],
        [width * (2.0 if hind else 1.5), width * 0.95, width * 0.8],
        colour,
        fur=breed.fur * 0.3,
    )
    paw = mix(coat.paws, BLACK, 0.3) if far else coat.paws
    pen.ellipse(foot[0] + width * 0.3, foot[1] + 0.01, width * 0.72, width * 0.42, paw)


def _trunk(breed: Breed) -> list[tuple[float, float]]:
    """Outline of a trunk in side view: a cat's belly hangs, a dog's chest is deep and its waist tucked up."""
    b = breed.build
    if breed.kind == "cat":
        return [
            (-1.02, -0.1),
            (-0.75, -b),
            (-0.1, -b * 0.9),
            (0.6, -b * 1.02),
            (1.0, -b * 0.6),
            (1.02, 0.1),
            (0.6, b * 0.8),
            (-0.1, b * 0.98),
            (-0.7, b * 0.85),
            (-1.0, 0.25),
        ]
    return [
        (-1.0, -b * 0.5),
        (-0.7, -b * 0.92),
        (0, -b * 0.85),
        (0.6, -b * 1.0),
        (1.02, -b * 0.8),
        (1.1, b * 0.2),
        (0.8, b * 1.15),
        (0.4, b * 1.1),
        (-0.2, b * 0.62),
        (-0.7, b * 0.5),
        (-1.0, b * 0.3),
    ]


def _head_place(breed: Breed) -> tuple[float, float, float]:
    """Centre and radius of the head in side view."""
    lift = breed.build + breed.neck + breed.head_scale * 0.3
    return 1.12 + breed.neck * 0.55 + breed.head_scale * 0.2, -lift, breed.head_scale


def _neck_and_head(pen: Pen, breed: Breed, rng: random.Random, shoulder: tuple[float, float]) -> None:
    x, y, radius = _head_place(breed)
    thick = breed.head_scale * (1.15 if breed.kind == "cat" else 1.05)
    pen.limb(
        [shoulder, ((shoulder[0] + x) / 2, (shoulder[1] + y) / 2), (x - radius * 0.2, y + radius * 0.2)],
        [breed.build * 1.7, thick * 1.2, thick],
        breed.coat.base,
        fur=breed.fur * 0.5,
    )
    if breed.collar is not None:
        mx, my = shoulder[0] * 0.45 + x * 0.55, shoulder[1] * 0.45 + y * 0.55
        pen.limb(
            [(mx - thick * 0.5, my - thick * 0.25), (mx + thick * 0.45, my + thick * 0.45)], [0.09, 0.09], breed.collar
        )
    draw_head = heads.profile if rng.random() < 0.6 else heads.front
    draw_head(pen.at(x, y, scale=radius, angle=rng.uniform(-16, 14)), breed)


def _upright(pen: Pen, breed: Breed, rng: random.Random, stride: float) -> None:
    """Standing and walking."""
    b = breed.build
    hip, chest = b * 0.45, b * 0.5
    swing = [stride * rng.uniform(0.6, 1.1) * sign for sign in (1, -1, -1, 1)]
    _leg(pen, breed, -0.62, hip, swing[0], hind=True, far=True)
    _leg(pen, breed, 0.78, chest, swing[1], hind=False, far=True)
    _tail(pen, breed, -0.95, -b * 0.45, rng)
    pen.shape(_trunk(breed), breed.coat.base, fur=breed.fur, shade=0.9, pattern=breed.coat.on_body(1.0, b))
    _leg(pen, breed, -0.78, hip, swing[2], hind=True, far=False)
    _leg(pen, breed, 0.62, chest, swing[3], hind=False, far=False)
    _neck_and_head(pen, breed, rng, (0.8, -b * 0.3))


def standing(pen: Pen, breed: Breed, rng: random.Random) -> None:
    """On four legs, side view."""
    _upright(pen, breed, rng, rng.uniform(0, 0.1))


def walking(pen: Pen, breed: Breed, rng: random.Random) -> None:
    """In stride, side view."""
    _upright(pen, breed, rng, rng.uniform(0.22, 0.42))


def lying(pen: Pen, breed: Breed, rng: random.Random) -> None:
    """On its belly, paws to the front, side view."""
    b, coat, width = breed.build, breed.coat, breed.leg_width
    _tail(pen, breed, -0.95, b * 0.4, rng)
    pen.limb([(0.6, b * 0.7), (1.1, b * 0.92), (1.5, b * 0.92)], [width * 1.4, width, width * 0.9], coat.dark(0.25))
    trunk = [
        (-1.05, b * 0.5),
        (-0.95, -b * 0.5),
        (-0.4, -b * 0.95),
        (0.4, -b * 0.9),
        (0.95, -b),
        (1.15, 0),
        (0.95, b),
        (0, b * 1.05),
        (-0.8, b * 1.02),
    ]
    pen.shape(trunk, coat.base, fur=breed.fur, shade=0.9, pattern=coat.on_body(1.0, b))
    pen.ellipse(-0.62, b * 0.35, 0.46, b * 0.72, coat.base, fur=breed.fur * 0.5, shade=0.5)
    pen.limb([(-0.6, b * 0.98), (-0.1, b * 1.0)], [width * 0.8, width * 0.8], coat.paws)
    reach = rng.uniform(0.25, 0.6)
    pen.limb([(0.7, b * 0.6), (0.95, b * 0.98), (1.1 + reach, b * 1.0)], [width * 1.5, width, width * 0.9], coat.paws)
    _neck_and_head(pen, breed, rng, (0.85, -b * 0.2))


def sitting(pen: Pen, breed: Breed, rng: random.Random) -> None:
    """On its haunches, facing us. The unit is the same as in side view; the head is at the top."""
    coat, width = breed.coat, breed.leg_width
    slim = 0.38 + breed.build * 0.35
    side = rng.choice((-1, 1))
    if breed.kind == "cat":
        pen.limb(
            [
                (side * slim, 0.98),
                (side * (slim + 0.4), 1.0),
                (side * (slim + 0.62), 0.72),
                (side * (slim + 0.5), 0.4 + rng.uniform(-0.3, 0.2)),
            ],
            [breed.tail_width * 1.2] * 4,
            coat.marks if coat.markings == "points" else coat.base,
            fur=breed.fur * 0.5,
        )
    else:
        _tail(pen.at(side * slim, 0.85, scale=0.8, sx=-side), breed, 0, 0, rng)
    top = -0.55 - breed.neck
    shoulder = slim * (0.62 if breed.kind == "cat" else 0.74)
    body = [
        (0, top - 0.1),
        (shoulder * 0.8, top + 0.05),
        (shoulder, top + 0.5),
        (slim, 0.45),
        (slim * 1.05, 0.9),
        (0, 1.05),
        (-slim * 1.05, 0.9),
        (-slim, 0.45),
        (-shoulder, top + 0.5),
        (-shoulder * 0.8, top + 0.05),
    ]
    pen.shape(body, coat.base, fur=breed.fur, shade=0.8, pattern=coat.on_body(slim * 1.1, 1.0))
    if coat.markings == "bib":
        pen.ellipse(0, top + 0.6, shoulder * 0.5, 0.5, coat.pale, outlined=False, fur=breed.fur)
    for half in (-1, 1):
        pen.ellipse(half * slim * 0.88, 0.72, slim * 0.42, 0.36, coat.base, shade=0.5, fur=breed.fur * 0.4)
        pen.ellipse(half * slim * 0.95, 1.0, width * 0.95, width * 0.5, coat.paws)
    for half in (-1, 1):
        x = half * shoulder * 0.42
        pen.limb([(x * 1.1, 0.05), (x, 0.6), (x, 1.0)], [width * 1.15, width, width], coat.base)
        pen.ellipse(x, 1.02, width * 0.68, width * 0.42, coat.paws)
    if breed.collar is not None:
        pen.limb(
            [(-shoulder * 0.85, top + 0.2), (0, top + 0.32), (shoulder * 0.85, top + 0.2)],
            [0.1, 0.1, 0.1],
            breed.collar,
        )
    x, y, radius = _sitting_face(breed)
    heads.front(pen.at(x, y, scale=radius, angle=rng.uniform(-14, 14)), breed)


def _sitting_face(breed: Breed) -> tuple[float, float, float]:
    radius = breed.head_scale * 1.18
    return 0, -0.55 - breed.neck - radius * 0.55, radius


def face(pen: Pen, breed: Breed, rng: random.Random) -> None:
    """Head and shoulders."""
    coat = breed.coat
    shoulder = rng.uniform(0.75, 1.1)
    body = [(-0.5, 0.3), (-shoulder, 1.2), (-shoulder * 1.15, 2.4), (shoulder * 1.15, 2.4), (shoulder, 1.2), (0.5, 0.3)]
    pen.shape(body, coat.dark(0.12), fur=breed.fur * 0.5, shade=0.6, pattern=coat.on_body(1.0, 2.0))
    if breed.collar is not None:
        pen.limb([(-0.72, 1.0), (0, 1.22), (0.72, 1.0)], [0.16, 0.16, 0.16], breed.collar)
    if rng.random() < 0.75:
        heads.front(pen.at(0, 0, angle=rng.uniform(-6, 6)), breed)
    else:
        room = 1.0 if breed.kind == "cat" else 0.88
        heads.profile(pen.at(-0.1 if room == 1 else -0.3, 0.05, scale=room, angle=rng.uniform(-12, 10)), breed)


def _side_box(breed: Breed) -> tuple[float, float, float, float]:
    x, y, radius = _head_place(breed)
    return (
        -1.5,
        y - radius * 1.4,
        x + radius * (1.3 if breed.kind == "cat" else 1.7),
        breed.build * 0.5 + breed.leg + 0.1,
    )


def _lying_box(breed: Breed) -> tuple[float, float, float, float]:
    x, y, radius = _head_place(breed)
    return -1.5, y - radius * 1.4, x + radius * (1.3 if breed.kind == "cat" else 1.7), breed.build + 0.15


def _sitting_box(breed: Breed) -> tuple[float, float, float, float]:
    _, y, radius = _sitting_face(breed)
    return -1.1, y - radius * 1.5, 1.1, 1.15


def _side_face(breed: Breed) -> tuple[float, float, float]:
    """As _head_place, but for a dog with room for its muzzle."""
    x, y, radius = _head_place(breed)
    return (x, y, radius) if breed.kind == "cat" else (x + radius * 0.3, y, radius * 1.3)


POSES = (
    Pose("face", lambda _: (-1.2, -1.5, 1.2, 1.35), lambda _: (0, 0, 1.0), face),
    Pose("sitting", _sitting_box, _sitting_face, sitting),
    Pose("standing", _side_box, _side_face, standing),
    Pose("walking", _side_box, _side_face, walking),
    Pose("lying", _lying_box, _side_face, lying),
)
