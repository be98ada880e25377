"""What tells one cat from the next and one dog from the next: proportions, ears, eyes, muzzle, tail."""

from __future__ import annotations

import random
from dataclasses import dataclass

from catdog.drawing.coat import Coat, choose_coat
from catdog.drawing.colour import Colour, vary

_CAT_EYES = ((150, 178, 66), (196, 176, 62), (214, 150, 48), (98, 150, 190), (104, 160, 112), (168, 120, 54))
_DOG_EYES = ((64, 42, 30), (92, 60, 36), (44, 34, 32), (128, 88, 48), (60, 44, 40), (120, 150, 178))
_NOSES_CAT = ((214, 138, 136), (196, 116, 112), (120, 74, 70), (54, 44, 46))
_NOSES_DOG = ((30, 27, 30), (40, 34, 36), (58, 44, 40), (104, 70, 60))


@dataclass(frozen=True)
class Breed:
    """One animal. Lengths are shares of the head's radius (head) or of half the trunk's length (body).

    head_width, head_height: half axes of the face. ear: shape's name. ear_size: 1 is usual.
    muzzle: length of the muzzle in profile, width of it from the front. eye_size, pupil: width of the pupil.
    leg: length. build: half height of the trunk. neck: length. tail: its shape's name. tail_width.
    mood: mouth and eyes, "calm", "tongue", "open", "asleep".
    """

    kind: str
    coat: Coat
    head_width: float
    head_height: float
    ear: str
    ear_size: float
    ear_tilt: float
    muzzle: float
    eye_size: float
    eye: Colour
    pupil: float
    nose: Colour
    leg: float
    leg_width: float
    build: float
    neck: float
    head_scale: float
    tail: str
    tail_width: float
    fur: float
    mood: str
    whiskers: float
    collar: Colour | None


def _collar(rng: random.Random) -> Colour | None:
    return (rng.randrange(256), rng.randrange(256), rng.randrange(256)) if rng.random() < 0.25 else None


def cat(rng: random.Random) -> Breed:
    """A cat by chance, from the slender to the round-faced."""
    round_faced = rng.random()
    return Breed(
        kind="cat",
        coat=choose_coat(rng),
        head_width=rng.uniform(0.9, 1.0) + 0.12 * round_faced,
        head_height=rng.uniform(0.74, 0.84) + 0.04 * round_faced,
        ear="prick",
        ear_size=rng.uniform(0.85, 1.3) - 0.15 * round_faced,
        ear_tilt=rng.uniform(-10, 16),
        muzzle=rng.uniform(0.8, 1.2),
        eye_size=rng.uniform(0.85, 1.3),
        eye=vary(rng, rng.choice(_CAT_EYES), 20),
        pupil=rng.choice((0.16, 0.24, 0.35, 0.6)),
        nose=vary(rng, rng.choice(_NOSES_CAT), 10),
        leg=rng.uniform(0.55, 0.85),
        leg_width=rng.uniform(0.17, 0.24),
        build=rng.uniform(0.34, 0.52),
        neck=rng.uniform(0.0, 0.12),
        head_scale=rng.uniform(0.58, 0.74),
        tail=rng.choice(("up", "hook", "wave", "low")),
        tail_width=rng.uniform(0.11, 0.24),
        fur=rng.choice((0, 0, 0.4, 1)),
        mood=rng.choice(("calm",) * 6 + ("open", "asleep")),
        whiskers=rng.uniform(0.8, 1.2),
        collar=_collar(rng),
    )


def dog(rng: random.Random) -> Breed:
    """A dog by chance, from the small and long to the tall and lean."""
    ear = rng.choice(("drop", "drop", "drop", "drop", "button", "button", "rose", "prick"))
    return Breed(
        kind="dog",
        coat=choose_coat(rng),
        head_width=rng.uniform(0.7, 0.84),
        head_height=rng.uniform(0.86, 1.0),
        ear=ear,
        ear_size=rng.uniform(0.95, 1.35),
        ear_tilt=rng.uniform(-10, 12),
        muzzle=rng.uniform(1.0, 1.35),
        eye_size=rng.uniform(0.85, 1.25),
        eye=vary(rng, rng.choice(_DOG_EYES), 12),
        pupil=rng.uniform(0.5, 0.7),
        nose=vary(rng, rng.choice(_NOSES_DOG), 8),
        leg=rng.choice((rng.uniform(0.45, 0.6), rng.uniform(0.7, 1.1), rng.uniform(0.8, 1.2))),
        leg_width=rng.uniform(0.18, 0.28),
        build=rng.uniform(0.36, 0.54),
        neck=rng.uniform(0.15, 0.4),
        head_scale=rng.uniform(0.54, 0.7),
        tail=rng.choice(("sabre", "curl", "stub", "down", "flag")),
        tail_width=rng.uniform(0.1, 0.22),
        fur=rng.choice((0, 0, 0.4, 1)),
        mood=rng.choice(("calm", "calm", "calm", "tongue", "tongue", "tongue", "open", "asleep")),
        whiskers=0,
        collar=_collar(rng),
    )


BREEDS = {"cat": cat, "dog": dog}
