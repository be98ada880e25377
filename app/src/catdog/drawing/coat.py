"""Coats: colours and markings, the same choice for cats and dogs, so that neither is known by its colour."""

from __future__ import annotations

import random
from dataclasses import dataclass

from catdog.drawing.canvas import Pattern, Pen
from catdog.drawing.colour import BLACK, WHITE, Colour, lightness, mix, vary

_BASES: tuple[Colour, ...] = (
    (40, 38, 42),
    (82, 78, 80),
    (140, 140, 146),
    (196, 196, 200),
    (240, 236, 228),
    (228, 210, 178),
    (214, 168, 104),
    (206, 132, 62),
    (184, 98, 44),
    (140, 92, 58),
    (104, 68, 44),
    (70, 48, 38),
    (160, 132, 104),
    (122, 118, 104),
)
_MARKINGS = ("plain", "plain", "stripes", "stripes", "patches", "patches", "spots", "points", "bib", "bib")


@dataclass(frozen=True)
class Coat:
    """Colours of one animal. base: most of it; marks: stripes, patches; pale: muzzle, chest, paws."""

    base: Colour
    marks: Colour
    pale: Colour
    inner_ear: Colour
    markings: str
    socks: bool
    seed: int

    @property
    def ears(self) -> Colour:
        """Colour of ears (and mask), darker on a pointed coat."""
        return self.marks if self.markings == "points" else self.base

    @property
    def paws(self) -> Colour:
        """Colour of paws."""
        if self.markings == "points":
            return self.marks
        return self.pale if self.socks else self.base

    def dark(self, share: float = 0.25) -> Colour:
        """The base colour in the shade, for what lies behind."""
        return mix(self.base, BLACK, share)

    def on_body(self, reach: float, height: float) -> Pattern | None:
        """Markings of a body that spans -reach..reach by -height..height."""
        if self.markings == "stripes":
            return lambda pen: self._stripes(pen, reach, height)
        if self.markings in ("patches", "spots"):
            return lambda pen: self._blots(pen, reach, height)
        return None

    def on_face(self) -> Pattern | None:
        """Markings of a face of radius 1."""
        if self.markings == "stripes":
            return self._forehead
        if self.markings == "patches":
            return lambda pen: self._blots(pen, 1, 0.9)
        if self.markings == "spots":
            return lambda pen: self._blots(pen, 1, 0.9)
        if self.markings == "points":
            return lambda pen: pen.ellipse(0, 0.2, 0.62, 0.62, self.marks, outlined=False)
        if self.markings == "bib":
            return self._blaze
        return None

    def _stripes(self, pen: Pen, reach: float, height: float) -> None:
        rng = random.Random(self.seed)
        count = rng.randint(5, 9)
        for index in range(count):
            x = -reach + 2 * reach * (index + rng.uniform(0.2, 0.8)) / count
            end = height * rng.uniform(-0.1, 0.7)
            bend = rng.uniform(-0.12, 0.12) * reach
            width = rng.uniform(0.04, 0.09) * reach
            pen.limb(
                [(x, -height * 1.2), (x + bend, -height * 0.3), (x - bend / 2, end)],
                [width * 2, width * 1.4, width * 0.2],
                self.marks,
                outlined=False,
            )

    def _forehead(self, pen: Pen) -> None:
        rng = random.Random(self.seed)
        for x in (-0.32, 0, 0.32):
            length = rng.uniform(0.3, 0.5)
            pen.limb([(x * 1.1, -1.1), (x * 0.8, -0.9 + length)], [0.12, 0.05], self.marks, outlined=False)
        for side in (-1, 1):
            for y in (0.12, 0.36):
                pen.limb([(side * 1.1, y), (side * 0.62, y + 0.06)], [0.11, 0.03], self.marks, outlined=False)

    def _blots(self, pen: Pen, reach: float, height: float) -> None:
        rng = random.Random(self.seed + round(reach * 10))
        many = self.markings == "spots"
        for _ in range(rng.randint(9, 18) if many else rng.randint(2, 4)):
            size = rng.uniform(0.05, 0.13) if many else rng.uniform(0.25, 0.6)
            x, y = rng.uniform(-reach, reach), rng.uniform(-height, height)
            colour = self.marks if many or rng.random() < 0.6 else self.pale
            pen.ellipse(
                x,
                y,
                size * reach,
                size * rng.uniform(0.6, 1.1) * reach,
                colour,
                angle=rng.uniform(0, 180),
                outlined=False,
                fur=1,
            )

    def _blaze(self, pen: Pen) -> None:
        width = 0.1 + (self.seed % 20) / 100
        pen.shape(
            [(0, -1.0), (width, -0.3), (width * 2.2, 1.1), (-width * 2.2, 1.1), (-width, -0.3)],
            self.pale,
            outlined=False,
        )


def choose_coat(rng: random.Random) -> Coat:
    """A coat by chance."""
    base = vary(rng, rng.choice(_BASES), 18)
    bright = lightness(base) > 0.45
    marks = mix(base, BLACK, rng.uniform(0.4, 0.8)) if bright else mix(base, rng.choice(_BASES[3:9]), 0.6)
    pale = mix(base, WHITE, rng.uniform(0.4, 0.95)) if rng.random() < 0.75 else mix(base, WHITE, 0.12)
    return Coat(
        base=base,
        marks=vary(rng, marks, 10),
        pale=pale,
        inner_ear=mix(base, vary(rng, (222, 150, 146), 14), rng.uniform(0.6, 0.95)),
        markings=rng.choice(_MARKINGS),
        socks=rng.random() < 0.35,
        seed=rng.getrandbits(24),
    )
