"""What both kinds of head have, in a frame whose unit is the head's radius."""

from __future__ import annotations

from catdog.drawing.breeds import Breed
from catdog.drawing.canvas import Pen
from catdog.drawing.colour import BLACK, WHITE, Colour, lightness, mix


def line_colour(breed: Breed) -> Colour:
    """A colour for mouths and lids that shows on this coat."""
    return mix(breed.coat.base, BLACK, 0.75) if lightness(breed.coat.base) > 0.3 else mix(breed.coat.base, WHITE, 0.35)


def eye(pen: Pen, x: float, y: float, rx: float, ry: float, breed: Breed, slant: float = 0) -> None:
    """An eye at (x, y): a cat\'s almond with a slit, turned by `slant` degrees, or a dog\'s round one."""
    line = line_colour(breed)
    if breed.mood == "asleep":
        pen.stroke([(x - rx, y), (x, y + ry * 0.6), (x + rx, y)], 0.06, line)
        return
    ball = pen.at(x, y, angle=slant)
    if breed.kind == "cat":
        almond = [
            (-rx, 0.02),
            (-rx * 0.5, -ry * 0.85),
            (rx * 0.4, -ry),
            (rx, -ry * 0.15),
            (rx * 0.45, ry * 0.85),
            (-rx * 0.45, ry * 0.8),
        ]
        ball.shape([(px * 1.14, py * 1.18) for px, py in almond], line, outlined=False)
        ball.shape(almond, breed.eye, outlined=False)
        ball.ellipse(0, 0, rx * breed.pupil, ry * 0.92, BLACK, outlined=False)
    else:
        ball.ellipse(0, 0, rx * 1.12, ry * 1.12, line, outlined=False)
        ball.ellipse(0, 0, rx, ry, breed.eye, outlined=False)
        ball.ellipse(0, 0, rx * breed.pupil, ry * breed.pupil, BLACK, outlined=False)
    ball.ellipse(-rx * 0.3, -ry * 0.4, rx * 0.22, rx * 0.22, WHITE, outlined=False)


def prick_ear(pen: Pen, side: int, breed: Breed, inner: float, outer: float, height: float) -> None:
    """An upright ear between the angles' x positions `inner` and `outer` at the head's upper edge."""
    ear = pen.at(side * (inner + outer) / 2, 0, angle=side * breed.ear_tilt)
    half = (outer - inner) / 2
    lean = side * half * 0.45
    base = breed.head_height
    tip = -base * 0.55 - height
    outline = [
        (-side * half, -base * 0.86),
        (lean * 0.1 - side * half * 0.55, tip * 0.72),
        (lean, tip),
        (side * half * 0.95, -base * 0.75),
        (side * half * 1.2, -base * 0.3),
        (0, -base * 0.4),
    ]
    ear.shape(outline, breed.coat.ears, curved=False, fur=breed.fur * 0.5)
    ear.shape(
        [(-side * half * 0.5, -base * 0.8), (lean * 0.95, tip * 0.88), (side * half * 0.75, -base * 0.62)],
        breed.coat.inner_ear,
        curved=False,
        outlined=False,
    )
