"""A cat's head: wide, with upright ears, slit eyes, a small nose and whiskers; the unit is the head's radius."""

from __future__ import annotations

from catdog.drawing.breeds import Breed
from catdog.drawing.canvas import Pen
from catdog.drawing.colour import BLACK, WHITE, lightness, mix
from catdog.drawing.features import eye, line_colour, prick_ear


def front(pen: Pen, breed: Breed) -> None:
    """A face that looks at us."""
    coat, w, h = breed.coat, breed.head_width, breed.head_height
    for side in (-1, 1):
        prick_ear(pen, side, breed, 0.22, 0.92 * w, 0.72 * breed.ear_size)
    outline = [
        (0, -h),
        (0.5 * w, -0.92 * h),
        (0.9 * w, -0.4 * h),
        (w, 0.15 * h),
        (0.78 * w, 0.68 * h),
        (0.35 * w, 0.97 * h),
        (0, h * 1.02),
        (-0.35 * w, 0.97 * h),
        (-0.78 * w, 0.68 * h),
        (-w, 0.15 * h),
        (-0.9 * w, -0.4 * h),
        (-0.5 * w, -0.92 * h),
    ]
    pen.shape(outline, coat.base, fur=breed.fur, shade=0.7, pattern=coat.on_face())
    line = line_colour(breed)
    puff = 0.23 * breed.muzzle
    pen.ellipse(0, 0.68 * h, puff * 0.8, puff * 0.62, coat.pale, outlined=False)
    for side in (-1, 1):
        pen.ellipse(side * puff * 0.78, 0.46 * h, puff, puff * 0.8, coat.pale, outlined=False, shade=0.3)
    size = breed.eye_size
    for side in (-1, 1):
        eye(pen.at(side * 0.42 * w, -0.1 * h, sx=side), 0, 0, 0.22 * size, 0.18 * size, breed, slant=-12)
    if breed.mood == "open":
        pen.ellipse(0, 0.66 * h, puff * 0.5, puff * 0.62, (120, 48, 56), outlined=False)
    pen.shape([(-0.11, 0.22 * h), (0.11, 0.22 * h), (0.03, 0.36 * h), (-0.03, 0.36 * h)], breed.nose, curved=False)
    mouth = 0.5 * h
    pen.stroke([(0, 0.36 * h), (0, mouth)], 0.04, line)
    for side in (-1, 1):
        pen.stroke([(0, mouth), (side * 0.1, mouth + 0.1), (side * 0.26, mouth + 0.02)], 0.04, line)
    hair = mix(line, WHITE, 0.8) if lightness(coat.base) < 0.5 else line
    for side in (-1, 1):
        for rank in (-1, 0, 1):
            reach = side * (0.5 + 0.75 * breed.whiskers)
            pen.stroke(
                [
                    (side * 0.25, 0.46 * h + rank * 0.05),
                    (reach * 0.7, 0.42 * h + rank * 0.12),
                    (reach, 0.46 * h + rank * 0.24),
                ],
                0.038,
                hair,
            )


def profile(pen: Pen, breed: Breed) -> None:
    """A head that looks to the right."""
    coat = breed.coat
    size = breed.ear_size
    pen.shape([(0.1, -0.62), (0.42, -0.7 - 0.62 * size), (0.62, -0.45)], mix(coat.ears, BLACK, 0.25), curved=False)
    outline = [
        (-0.85, 0.15),
        (-0.72, -0.5),
        (-0.15, -0.84),
        (0.4, -0.68),
        (0.72, -0.28),
        (0.93, 0.05),
        (1.0, 0.22),
        (0.9, 0.45),
        (0.55, 0.66),
        (0, 0.8),
        (-0.55, 0.68),
    ]
    pen.shape(outline, coat.base, fur=breed.fur, shade=0.6, pattern=coat.on_face())
    pen.shape([(-0.5, -0.5), (-0.2, -0.72 - 0.68 * size), (0.25, -0.62), (-0.05, -0.4)], coat.ears, curved=False)
    pen.shape([(-0.32, -0.55), (-0.17, -0.6 - 0.52 * size), (0.1, -0.6)], coat.inner_ear, curved=False, outlined=False)
    pen.ellipse(0.72, 0.38, 0.26 * breed.muzzle, 0.19, coat.pale, outlined=False)
    pen.shape([(0.88, 0.04), (1.03, 0.12), (0.98, 0.26), (0.88, 0.2)], breed.nose, curved=False, outlined=False)
    line = line_colour(breed)
    pen.stroke([(0.95, 0.26), (0.86, 0.42), (0.62, 0.46)], 0.045, line)
    eye(pen, 0.42, -0.12, 0.15 * breed.eye_size, 0.18 * breed.eye_size, breed, slant=-8)
    hair = mix(line, WHITE, 0.8) if lightness(coat.base) < 0.5 else line
    for rank in (-1, 0, 1):
        pen.stroke(
            [
                (0.75, 0.36 + rank * 0.04),
                (0.5 - 0.15 * breed.whiskers, 0.48 + rank * 0.1),
                (0.35 - 0.5 * breed.whiskers, 0.62 + rank * 0.22),
            ],
            0.038,
            hair,
        )
        pen.stroke([(0.85, 0.36), (1.1 + 0.2 * breed.whiskers, 0.42 + rank * 0.14)], 0.038, hair)
