"""Heads from the front and in profile, in a frame whose unit is the head's radius."""

from __future__ import annotations

from catdog.drawing.breeds import Breed
from catdog.drawing.canvas import Pen
from catdog.drawing.colour import BLACK, WHITE, Colour, lightness, mix

TONGUE: Colour = (226, 112, 122)


def front(pen: Pen, breed: Breed) -> None:
    """A face that looks at us."""
    if breed.kind == "cat":
        _cat_front(pen, breed)
    else:
        _dog_front(pen, breed)


def profile(pen: Pen, breed: Breed) -> None:
    """A head that looks to the right."""
    if breed.kind == "cat":
        _cat_profile(pen, breed)
    else:
        _dog_profile(pen, breed)


def _line_colour(breed: Breed) -> Colour:
    """A colour for mouths and lids that shows on this coat."""
    return mix(breed.coat.base, BLACK, 0.75) if lightness(breed.coat.base) > 0.3 else mix(breed.coat.base, WHITE, 0.35)


def _eye(pen: Pen, x: float, y: float, rx: float, ry: float, breed: Breed, slant: float = 0) -> None:
    line = _line_colour(breed)
    if breed.mood == "asleep":
        pen.stroke([(x - rx, y), (x, y + ry * 0.6), (x + rx, y)], 0.06, line)
        return
    eye = pen.at(x, y, angle=slant)
    if breed.kind == "cat":
        almond = [(-rx, 0.02), (-rx * 0.5, -ry * 0.85), (rx * 0.4, -ry), (rx, -ry * 0.15), (rx * 0.45, ry * 0.85),
                  (-rx * 0.45, ry * 0.8)]  # fmt: skip
        eye.shape([(px * 1.14, py * 1.18) for px, py in almond], line, outlined=False)
        eye.shape(almond, breed.eye, outlined=False)
        eye.ellipse(0, 0, rx * breed.pupil, ry * 0.92, BLACK, outlined=False)
    else:
        eye.ellipse(0, 0, rx * 1.12, ry * 1.12, line, outlined=False)
        eye.ellipse(0, 0, rx, ry, breed.eye, outlined=False)
        eye.ellipse(0, 0, rx * breed.pupil, ry * breed.pupil, BLACK, outlined=False)
    eye.ellipse(-rx * 0.3, -ry * 0.4, rx * 0.22, rx * 0.22, WHITE, outlined=False)


def _prick_ear(pen: Pen, side: int, breed: Breed, inner: float, outer: float, height: float) -> None:
    """An upright ear between the angles' x positions `inner` and `outer` at the head's upper edge."""
    ear = pen.at(side * (inner + outer) / 2, 0, angle=side * breed.ear_tilt)
    half = (outer - inner) / 2
    lean = side * half * 0.45
    base = breed.head_height
    tip = -base * 0.55 - height
    outline = [(-side * half, -base * 0.86), (lean * 0.1 - side * half * 0.55, tip * 0.72), (lean, tip),
               (side * half * 0.95, -base * 0.75), (side * half * 1.2, -base * 0.3), (0, -base * 0.4)]  # fmt: skip
    ear.shape(outline, breed.coat.ears, curved=False, fur=breed.fur * 0.5)
    ear.shape(
        [(-side * half * 0.5, -base * 0.8), (lean * 0.95, tip * 0.88), (side * half * 0.75, -base * 0.62)],
        breed.coat.inner_ear,
        curved=False,
        outlined=False,
    )


def _cat_front(pen: Pen, breed: Breed) -> None:
    coat, w, h = breed.coat, breed.head_width, breed.head_height
    for side in (-1, 1):
        _prick_ear(pen, side, breed, 0.22, 0.92 * w, 0.72 * breed.ear_size)
    outline = [(0, -h), (0.5 * w, -0.92 * h), (0.9 * w, -0.4 * h), (w, 0.15 * h), (0.78 * w, 0.68 * h),
               (0.35 * w, 0.97 * h), (0, h * 1.02), (-0.35 * w, 0.97 * h), (-0.78 * w, 0.68 * h), (-w, 0.15 * h),
               (-0.9 * w, -0.4 * h), (-0.5 * w, -0.92 * h)]  # fmt: skip
    pen.shape(outline, coat.base, fur=breed.fur, shade=0.7, pattern=coat.on_face())
    line = _line_colour(breed)
    puff = 0.23 * breed.muzzle
    pen.ellipse(0, 0.68 * h, puff * 0.8, puff * 0.62, coat.pale, outlined=False)
    for side in (-1, 1):
        pen.ellipse(side * puff * 0.78, 0.46 * h, puff, puff * 0.8, coat.pale, outlined=False, shade=0.3)
    size = breed.eye_size
    for side in (-1, 1):
        _eye(pen.at(side * 0.42 * w, -0.1 * h, sx=side), 0, 0, 0.22 * size, 0.18 * size, breed, slant=-12)
    if breed.mood == "open":
        pen.ellipse(0, 0.66 * h, puff * 0.5, puff * 0.62, (120, 48, 56), outlined=False)
    pen.shape([(-0.11, 0.22 * h), (0.11, 0.22 * h), (0.03, 0.36 * h), (-0.03, 0.36 * h)], breed.nose, curved=False)
    mouth = 0.5 * h
    pen.stroke([(0, 0.36 * h), (0, mouth)], 0.04, line)
    for side in (-1, 1):
        pen.stroke([(0, mouth), (side * 0.1, mouth + 0.1), (side * 0.26, mouth + 0.02)], 0.04, line)
    hair = mix(line, WHITE, 0.6) if lightness(coat.base) < 0.5 else mix(line, WHITE, 0.2)
    for side in (-1, 1):
        for rank in (-1, 0, 1):
            reach = side * (0.5 + 0.75 * breed.whiskers)
            pen.stroke([(side * 0.25, 0.46 * h + rank * 0.05), (reach * 0.7, 0.42 * h + rank * 0.12),
                        (reach, 0.46 * h + rank * 0.24)], 0.022, hair)  # fmt: skip


def _dog_ear_front(pen: Pen, side: int, breed: Breed) -> None:
    size, w, h = breed.ear_size, breed.head_width, breed.head_height
    ear = pen.at(side * w * 0.62, -h * 0.68, angle=-side * breed.ear_tilt)
    if breed.ear == "drop":
        outline = [(-side * 0.12, -0.12), (side * 0.3, -0.08), (side * 0.52 * size, 0.45 * size),
                   (side * 0.42 * size, 1.05 * size), (side * 0.2, 1.2 * size), (side * 0.08, 0.8 * size)]  # fmt: skip
        ear.shape(outline, breed.coat.ears, fur=breed.fur, shade=0.5)
    elif breed.ear == "button":
        outline = [(-side * 0.3, -0.1), (0, -0.3 * size), (side * 0.42 * size, -0.18), (side * 0.5 * size, 0.42 * size),
                   (side * 0.16, 0.2)]  # fmt: skip
        ear.shape(outline, mix(breed.coat.ears, BLACK, 0.18), curved=False, fur=breed.fur, shade=0.3)
    else:
        outline = [(-side * 0.2, -0.05), (side * 0.2, -0.34 * size), (side * 0.75 * size, -0.2 * size),
                   (side * 0.95 * size, 0.16 * size), (side * 0.5, 0.16), (side * 0.16, 0.36)]  # fmt: skip
        ear.shape(outline, mix(breed.coat.ears, BLACK, 0.15), fur=breed.fur, shade=0.3)


def _dog_front(pen: Pen, breed: Breed) -> None:
    coat, w, h = breed.coat, breed.head_width, breed.head_height
    behind = breed.ear == "prick" or breed.coat.seed % 2
    for side in (-1, 1):
        if breed.ear == "prick":
            _prick_ear(pen, side, breed, 0.16, 0.84 * w, 0.8 * breed.ear_size)
        elif behind:
            _dog_ear_front(pen, side, breed)
    m = 0.4 * breed.muzzle
    if breed.mood in ("tongue", "open"):
        pen.shape([(-m * 0.7, 0.55), (m * 0.7, 0.55), (m * 0.5, 1.12), (0, 1.25), (-m * 0.5, 1.12)], mix(coat.pale, BLACK, 0.1))
        pen.ellipse(0, 0.86, m * 0.5, 0.24, (110, 44, 52), outlined=False)
    if breed.mood == "tongue":
        pen.limb([(0.02, 0.8), (0.06, 1.1), (0.05, 1.38)], [0.3, 0.36, 0.3], TONGUE)
    outline = [(0, -h), (0.55 * w, -0.9 * h), (0.95 * w, -0.45 * h), (w, 0.05 * h), (0.8 * w, 0.5 * h),
               (0.5 * w, 0.85 * h), (0, h * 0.95), (-0.5 * w, 0.85 * h), (-0.8 * w, 0.5 * h), (-w, 0.05 * h),
               (-0.95 * w, -0.45 * h), (-0.55 * w, -0.9 * h)]  # fmt: skip
    pen.shape(outline, coat.base, fur=breed.fur, shade=0.7, pattern=coat.on_face())
    line = _line_colour(breed)
    size = breed.eye_size
    for side in (-1, 1):
        _eye(pen, side * 0.38 * w / 0.8, -0.2 * h, 0.13 * size, 0.13 * size, breed)
        if breed.coat.seed % 3 == 0:
            pen.ellipse(side * 0.36, -0.48 * h, 0.09, 0.06, coat.pale, outlined=False, angle=side * 20)
    # The muzzle comes towards us: a long oval that ends in two lips.
    muzzle = [(0, 0.0), (m * 0.62, 0.08), (m * 1.0, 0.5), (m * 1.08, 0.78), (m * 0.55, 0.98), (0, 0.88),
              (-m * 0.55, 0.98), (-m * 1.08, 0.78), (-m * 1.0, 0.5), (-m * 0.62, 0.08)]  # fmt: skip
    pen.shape(muzzle, coat.pale, outlined=breed.coat.seed % 2 == 0, shade=0.6, fur=breed.fur * 0.5)
    nose = 0.225 * (0.6 + 0.4 * breed.muzzle)
    pen.shape([(-nose, 0.26), (-nose * 0.5, 0.2), (nose * 0.5, 0.2), (nose, 0.26), (nose * 0.75, 0.42), (0, 0.52),
               (-nose * 0.75, 0.42)], breed.nose)  # fmt: skip
    pen.ellipse(-nose * 0.3, 0.27, nose * 0.25, 0.03, mix(breed.nose, WHITE, 0.6), outlined=False)
    pen.stroke([(0, 0.5), (0, 0.74)], 0.045, line)
    for side in (-1, 1):
        pen.stroke([(0, 0.74), (side * m * 0.5, 0.86), (side * m * 0.95, 0.7)], 0.045, line)
    if not behind:
        for side in (-1, 1):
            _dog_ear_front(pen, side, breed)


def _cat_profile(pen: Pen, breed: Breed) -> None:
    coat = breed.coat
    size = breed.ear_size
    pen.shape([(0.1, -0.62), (0.42, -0.7 - 0.62 * size), (0.62, -0.45)], mix(coat.ears, BLACK, 0.25), curved=False)
    outline = [(-0.85, 0.15), (-0.72, -0.5), (-0.15, -0.84), (0.4, -0.68), (0.72, -0.28), (0.93, 0.05), (1.0, 0.22),
               (0.9, 0.45), (0.55, 0.66), (0, 0.8), (-0.55, 0.68)]  # fmt: skip
    pen.shape(outline, coat.base, fur=breed.fur, shade=0.6, pattern=coat.on_face())
    pen.shape([(-0.5, -0.5), (-0.2, -0.72 - 0.68 * size), (0.25, -0.62), (-0.05, -0.4)], coat.ears, curved=False)
    pen.shape([(-0.32, -0.55), (-0.17, -0.6 - 0.52 * size), (0.1, -0.6)], coat.inner_ear, curved=False, outlined=False)
    pen.ellipse(0.72, 0.38, 0.26 * breed.muzzle, 0.19, coat.pale, outlined=False)
    pen.shape([(0.88, 0.04), (1.03, 0.12), (0.98, 0.26), (0.88, 0.2)], breed.nose, curved=False, outlined=False)
    line = _line_colour(breed)
    pen.stroke([(0.95, 0.26), (0.86, 0.42), (0.62, 0.46)], 0.045, line)
    _eye(pen, 0.42, -0.12, 0.15 * breed.eye_size, 0.18 * breed.eye_size, breed, slant=-8)
    hair = mix(line, WHITE, 0.6) if lightness(coat.base) < 0.5 else mix(line, WHITE, 0.2)
    for rank in (-1, 0, 1):
        pen.stroke([(0.75, 0.36 + rank * 0.04), (0.5 - 0.15 * breed.whiskers, 0.48 + rank * 0.1),
                    (0.35 - 0.5 * breed.whiskers, 0.62 + rank * 0.22)], 0.024, hair)  # fmt: skip
        pen.stroke([(0.85, 0.36), (1.1 + 0.2 * breed.whiskers, 0.42 + rank * 0.14)], 0.022, hair)


def _dog_profile(pen: Pen, breed: Breed) -> None:
    coat = breed.coat
    size = breed.ear_size
    tip = 0.72 + 0.75 * breed.muzzle
    line = _line_colour(breed)
    if breed.ear == "prick":
        pen.shape([(-0.05, -0.6), (0.22, -0.72 - 0.6 * size), (0.4, -0.5)], mix(coat.ears, BLACK, 0.25), curved=False)
    if breed.mood in ("tongue", "open"):
        pen.shape([(0.3, 0.45), (tip - 0.2, 0.5), (tip - 0.12, 0.68), (0.7, 0.82), (0.2, 0.72)], mix(coat.pale, BLACK, 0.15))
    if breed.mood == "tongue":
        pen.limb([(tip - 0.55, 0.46), (tip - 0.22, 0.62), (tip - 0.2, 0.98)], [0.16, 0.22, 0.2], TONGUE)
    outline = [(-0.82, 0.15), (-0.7, -0.45), (-0.15, -0.78), (0.35, -0.66), (0.62, -0.25), (tip - 0.3, -0.12),
               (tip, 0.0), (tip + 0.02, 0.3), (tip - 0.25, 0.46), (0.75, 0.56), (0.2, 0.76), (-0.5, 0.72)]  # fmt: skip
    pen.shape(outline, coat.base, fur=breed.fur * 0.7, shade=0.6, pattern=coat.on_face())
    pen.shape([(0.62, 0.08), (tip - 0.2, 0.08), (tip - 0.02, 0.2), (tip - 0.25, 0.44), (0.72, 0.5)],
              coat.pale, outlined=False)  # fmt: skip
    pen.ellipse(tip - 0.03, 0.02, 0.16, 0.13, breed.nose, outlined=False)
    pen.stroke([(tip - 0.02, 0.3), (tip - 0.4, 0.36), (0.62, 0.34)], 0.05, line)
    _eye(pen, 0.38, -0.2, 0.11 * breed.eye_size, 0.11 * breed.eye_size, breed)
    ear = pen.at(-0.25, -0.42, angle=breed.ear_tilt)
    if breed.ear == "prick":
        ear.shape([(-0.3, 0), (-0.12, -0.42 - 0.7 * size), (0.36, -0.12), (0.05, 0.1)], coat.ears, curved=False)
        ear.shape([(-0.16, -0.08), (-0.08, -0.34 - 0.5 * size), (0.2, -0.12)], coat.inner_ear, curved=False, outlined=False)
    elif breed.ear == "drop":
        ear.shape([(-0.2, -0.2), (0.22, -0.14), (0.34, 0.35 * size), (0.16, 1.0 * size), (-0.16, 1.05 * size),
                   (-0.36, 0.45 * size)], mix(coat.ears, BLACK, 0.15), fur=breed.fur, shade=0.4)  # fmt: skip
    elif breed.ear == "button":
        ear.shape([(-0.28, -0.1), (0.0, -0.36), (0.32, -0.2), (0.48 * size, 0.34 * size), (0.0, 0.16)],
                  mix(coat.ears, BLACK, 0.18), curved=False)  # fmt: skip
    else:
        ear.shape([(0.2, -0.15), (-0.2, -0.3), (-0.7 * size, 0.0), (-0.75 * size, 0.2), (-0.2, 0.25), (0.15, 0.2)],
                  mix(coat.ears, BLACK, 0.18))  # fmt: skip
