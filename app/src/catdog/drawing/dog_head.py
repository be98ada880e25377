"""A dog's head: a long muzzle with a large nose, round eyes, ears of many kinds; the unit is the head's radius."""

from __future__ import annotations

from catdog.drawing.breeds import Breed
from catdog.drawing.canvas import Pen
from catdog.drawing.colour import BLACK, WHITE, Colour, mix
from catdog.drawing.features import eye, line_colour, prick_ear

TONGUE: Colour = (226, 112, 122)


def front(pen: Pen, breed: Breed) -> None:
    """A face that looks at us."""
    coat, w, h = breed.coat, breed.head_width, breed.head_height
    behind = breed.ear == "prick" or breed.coat.seed % 2
    for side in (-1, 1):
        if breed.ear == "prick":
            prick_ear(pen, side, breed, 0.16, 0.84 * w, 0.8 * breed.ear_size)
        elif behind:
            _ear_front(pen, side, breed)
    m = 0.4 * breed.muzzle
    if breed.mood in ("tongue", "open"):
        pen.shape(
            [(-m * 0.7, 0.55), (m * 0.7, 0.55), (m * 0.5, 1.12), (0, 1.25), (-m * 0.5, 1.12)],
            mix(coat.pale, BLACK, 0.1),
        )
        pen.ellipse(0, 0.86, m * 0.5, 0.24, (110, 44, 52), outlined=False)
    if breed.mood == "tongue":
        pen.limb([(0.02, 0.8), (0.06, 1.1), (0.05, 1.38)], [0.3, 0.36, 0.3], TONGUE)
    outline = [
        (0, -h),
        (0.55 * w, -0.9 * h),
        (0.95 * w, -0.45 * h),
        (w, 0.05 * h),
        (0.8 * w, 0.5 * h),
        (0.5 * w, 0.85 * h),
        (0, h * 0.95),
        (-0.5 * w, 0.85 * h),
        (-0.8 * w, 0.5 * h),
        (-w, 0.05 * h),
        (-0.95 * w, -0.45 * h),
        (-0.55 * w, -0.9 * h),
    ]
    pen.shape(outline, coat.base, fur=breed.fur, shade=0.7, pattern=coat.on_face())
    line = line_colour(breed)
    size = breed.eye_size
    for side in (-1, 1):
        eye(pen, side * 0.38 * w / 0.8, -0.2 * h, 0.13 * size, 0.13 * size, breed)
        if breed.coat.seed % 3 == 0:
            pen.ellipse(side * 0.36, -0.48 * h, 0.09, 0.06, coat.pale, outlined=False, angle=side * 20)
    # The muzzle comes towards us: a long oval that ends in two lips.
    muzzle = [
        (0, 0.0),
        (m * 0.62, 0.08),
        (m * 1.0, 0.5),
        (m * 1.08, 0.78),
        (m * 0.55, 0.98),
        (0, 0.88),
        (-m * 0.55, 0.98),
        (-m * 1.08, 0.78),
        (-m * 1.0, 0.5),
        (-m * 0.62, 0.08),
    ]
    pen.shape(muzzle, coat.pale, outlined=breed.coat.seed % 2 == 0, shade=0.6, fur=breed.fur * 0.5)
    nose = 0.225 * (0.6 + 0.4 * breed.muzzle)
    pen.shape(
        [
            (-nose, 0.26),
            (-nose * 0.5, 0.2),
            (nose * 0.5, 0.2),
            (nose, 0.26),
            (nose * 0.75, 0.42),
            (0, 0.52),
            (-nose * 0.75, 0.42),
        ],
        breed.nose,
    )
    pen.ellipse(-nose * 0.3, 0.27, nose * 0.25, 0.03, mix(breed.nose, WHITE, 0.6), outlined=False)
    pen.stroke([(0, 0.5), (0, 0.74)], 0.045, line)
    for side in (-1, 1):
        pen.stroke([(0, 0.74), (side * m * 0.5, 0.86), (side * m * 0.95, 0.7)], 0.045, line)
    if not behind:
        for side in (-1, 1):
            _ear_front(pen, side, breed)


def profile(pen: Pen, breed: Breed) -> None:
    """A head that looks to the right."""
    coat = breed.coat
    size = breed.ear_size
    tip = 0.72 + 0.75 * breed.muzzle
    line = line_colour(breed)
    if breed.ear == "prick":
        pen.shape([(-0.05, -0.6), (0.22, -0.72 - 0.6 * size), (0.4, -0.5)], mix(coat.ears, BLACK, 0.25), curved=False)
    if breed.mood in ("tongue", "open"):
        pen.shape(
            [(0.3, 0.45), (tip - 0.2, 0.5), (tip - 0.12, 0.68), (0.7, 0.82), (0.2, 0.72)], mix(coat.pale, BLACK, 0.15)
        )
    if breed.mood == "tongue":
        pen.limb([(tip - 0.55, 0.46), (tip - 0.22, 0.62), (tip - 0.2, 0.98)], [0.16, 0.22, 0.2], TONGUE)
    outline = [
        (-0.82, 0.15),
        (-0.7, -0.45),
        (-0.15, -0.78),
        (0.35, -0.66),
        (0.62, -0.25),
        (tip - 0.3, -0.12),
        (tip, 0.0),
        (tip + 0.02, 0.3),
        (tip - 0.25, 0.46),
        (0.75, 0.56),
        (0.2, 0.76),
        (-0.5, 0.72),
    ]
    pen.shape(outline, coat.base, fur=breed.fur * 0.7, shade=0.6, pattern=coat.on_face())
    pen.shape(
        [(0.62, 0.08), (tip - 0.2, 0.08), (tip - 0.02, 0.2), (tip - 0.25, 0.44), (0.72, 0.5)], coat.pale, outlined=False
    )
    pen.ellipse(tip - 0.03, 0.02, 0.16, 0.13, breed.nose, outlined=False)
    pen.stroke([(tip - 0.02, 0.3), (tip - 0.4, 0.36), (0.62, 0.34)], 0.05, line)
    eye(pen, 0.38, -0.2, 0.11 * breed.eye_size, 0.11 * breed.eye_size, breed)
    ear = pen.at(-0.25, -0.42, angle=breed.ear_tilt)
    if breed.ear == "prick":
        ear.shape([(-0.3, 0), (-0.12, -0.42 - 0.7 * size), (0.36, -0.12), (0.05, 0.1)], coat.ears, curved=False)
        ear.shape(
            [(-0.16, -0.08), (-0.08, -0.34 - 0.5 * size), (0.2, -0.12)], coat.inner_ear, curved=False, outlined=False
        )
    elif breed.ear == "drop":
        ear.shape(
            [
                (-0.2, -0.2),
                (0.22, -0.14),
                (0.34, 0.35 * size),
                (0.16, 1.0 * size),
                (-0.16, 1.05 * size),
                (-0.36, 0.45 * size),
            ],
            _ear_colour(breed),
            fur=breed.fur,
            shade=0.4,
        )
    elif breed.ear == "button":
        ear.shape(
            [(-0.28, -0.1), (0.0, -0.36), (0.32, -0.2), (0.48 * size, 0.34 * size), (0.0, 0.16)],
            _ear_colour(breed),
            curved=False,
        )
    else:
        ear.shape(
            [(0.2, -0.15), (-0.2, -0.3), (-0.7 * size, 0.0), (-0.75 * size, 0.2), (-0.2, 0.25), (0.15, 0.2)],
            _ear_colour(breed),
        )


def _ear_colour(breed: Breed) -> Colour:
    """Hanging ears are mostly darker than the rest."""
    return mix(breed.coat.ears, breed.coat.marks, 0.25 + breed.coat.seed % 7 / 10)


def _ear_front(pen: Pen, side: int, breed: Breed) -> None:
    size, w, h = breed.ear_size, breed.head_width, breed.head_height
    colour = _ear_colour(breed)
    ear = pen.at(side * w * 0.62, -h * 0.68, angle=-side * breed.ear_tilt)
    if breed.ear == "drop":
        outline = [
            (-side * 0.12, -0.12),
            (side * 0.3, -0.08),
            (side * 0.52 * size, 0.45 * size),
            (side * 0.42 * size, 1.05 * size),
            (side * 0.2, 1.2 * size),
            (side * 0.08, 0.8 * size),
        ]
        ear.shape(outline, colour, fur=breed.fur, shade=0.5)
    elif breed.ear == "button":
        outline = [
            (-side * 0.3, -0.1),
            (0, -0.3 * size),
            (side * 0.42 * size, -0.18),
            (side * 0.5 * size, 0.42 * size),
            (side * 0.16, 0.2),
        ]
        ear.shape(outline, colour, curved=False, fur=breed.fur, shade=0.3)
    else:
        outline = [
            (-side * 0.2, -0.05),
            (side * 0.2, -0.34 * size),
            (side * 0.75 * size, -0.2 * size),
            (side * 0.95 * size, 0.16 * size),
            (side * 0.5, 0.16),
            (side * 0.16, 0.36),
        ]
        ear.shape(outline, colour, fur=breed.fur, shade=0.3)
