"""What the parts of a picture are drawn with: a pen in local units on a canvas twice as fine as the picture."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from catdog.drawing.colour import Colour, mix

Point = tuple[float, float]
# Draws the marks of a coat in the frame of the part that wears them.
Pattern = Callable[["Pen"], None]

SUPERSAMPLING = 2
_CURVE_STEPS = 6


@dataclass(frozen=True)
class Style:
    """How shapes are put on the canvas.

    line: colour of outlines, or None. width: of outlines, in 1/200 of the picture's side.
    wobble: unsteadiness of the hand and fur: raggedness of coats, both relative to a shape's size.
    shade: strength of the shading of round parts, 0..1. strokes: how often a line is gone over.
    """

    line: Colour | None
    width: float
    wobble: float
    fur: float
    shade: float
    strokes: int = 1


def _catmull_rom_basis(steps: int) -> np.ndarray:
    t = np.linspace(0, 1, steps, endpoint=False)
    return 0.5 * np.stack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3], axis=1
    )


_BASIS = _catmull_rom_basis(_CURVE_STEPS)
_CIRCLE = np.stack(
    [np.cos(np.linspace(0, 2 * np.pi, 28, endpoint=False)), np.sin(np.linspace(0, 2 * np.pi, 28, endpoint=False))],
    axis=1,
)


def _ball_shadow() -> Image.Image:
    """Darkness of a ball lit from the upper left, 64x64, 0..255."""
    y, x = np.mgrid[-1:1:64j, -1:1:64j]
    distance = np.hypot(x + 0.35, y + 0.45)
    return Image.fromarray((np.clip((distance - 0.45) / 1.2, 0, 1) * 255).astype(np.uint8))


_BALL_SHADOW = _ball_shadow()


def smooth(points: np.ndarray, closed: bool = True) -> np.ndarray:
    """A Catmull-Rom curve [N*6, 2] through points [N, 2]."""
    if closed:
        around = np.stack([np.roll(points, shift, axis=0) for shift in (1, 0, -1, -2)], axis=1)
    else:
        padded = np.concatenate([points[:1], points, points[-1:]])
        around = np.stack([padded[i : len(padded) - 3 + i] for i in range(4)], axis=1)
    curve = np.einsum("sk,nkd->nsd", _BASIS, around).reshape(-1, 2)
    return curve if closed else np.concatenate([curve, points[-1:]])


class Canvas:
    """An RGB image of `size` x `size` pixels, drawn at SUPERSAMPLING times that and reduced at the end."""

    def __init__(self, image: Image.Image, size: int) -> None:
        self.size = size
        self.side = size * SUPERSAMPLING
        self.image = image
        self.draw = ImageDraw.Draw(image)

    @classmethod
    def blank(cls, size: int, background: Colour) -> Canvas:
        """A canvas of one colour for a picture of `size` x `size` pixels."""
        return cls(Image.new("RGB", (size * SUPERSAMPLING, size * SUPERSAMPLING), background), size)

    def average(self) -> Colour:
        """The mean colour of the middle."""
        edge = self.side // 4
        middle = self.image.resize((1, 1), Image.Resampling.BOX, box=(edge, edge, self.side - edge, self.side - edge))
        return middle.getpixel((0, 0))

    def pen(self, rng: random.Random, style: Style) -> Pen:
        """A pen whose unit is the picture's side, with its origin in the upper left corner."""
        return Pen(self, rng, style, np.array([[self.side, 0, 0], [0, self.side, 0]], dtype=float))

    def finish(self) -> Image.Image:
        """The picture in its own size."""
        return self.image.reduce(SUPERSAMPLING)


class Pen:
    """Draws in a local frame: x to the right, y down, both in the frame's own unit."""

    def __init__(self, canvas: Canvas, rng: random.Random, style: Style, matrix: np.ndarray) -> None:
        self.canvas = canvas
        self.rng = rng
        self.style = style
        self.matrix = matrix

    def at(self, x: float, y: float, scale: float = 1, angle: float = 0, sx: float = 1, sy: float = 1) -> Pen:
        """A pen with its origin at (x, y), turned by `angle` degrees, its unit `scale` (times sx, sy) of this one's."""
        turn = math.radians(angle)
        cos, sin = math.cos(turn) * scale, math.sin(turn) * scale
        local = np.array([[cos * sx, -sin * sy, x], [sin * sx, cos * sy, y], [0, 0, 1]])
        return Pen(self.canvas, self.rng, self.style, self.matrix @ local)

    def styled(self, style: Style) -> Pen:
        """The same pen in another style."""
        return Pen(self.canvas, self.rng, style, self.matrix)

    @property
    def unit(self) -> float:
        """Length of the local unit in canvas pixels."""
        return math.sqrt(abs(float(np.linalg.det(self.matrix[:, :2]))))

    def to_canvas(self, points: np.ndarray) -> np.ndarray:
        """Local points [N, 2] in canvas pixels."""
        return points @ self.matrix[:, :2].T + self.matrix[:, 2]

    def shape(
        self,
        points: Sequence[Point] | np.ndarray,
        fill: Colour,
        *,
        curved: bool = True,
        outlined: bool = True,
        fur: float = 0,
        shade: float = 0,
        pattern: Pattern | None = None,
    ) -> None:
        """A closed area. fur: share of the style's raggedness; shade: share of its shading; pattern: drawn inside."""
        outline = np.asarray(points, dtype=float)
        if curved:
            outline = smooth(outline)
        outline = self._roughen(outline, fur)
        pixels = self.to_canvas(outline)
        self.canvas.draw.polygon(pixels.ravel().tolist(), fill=fill)
        if pattern is not None or shade * self.style.shade > 0:
            self._inside(pixels, shade * self.style.shade, pattern, fill)
        if outlined and self.style.line is not None:
            self._outline(pixels)

    def ellipse(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        fill: Colour,
        *,
        angle: float = 0,
        outlined: bool = True,
        fur: float = 0,
        shade: float = 0,
        pattern: Pattern | None = None,
    ) -> None:
        """A filled ellipse around (x, y), turned by `angle` degrees."""
        turn = math.radians(angle)
        axes = np.array([[rx * math.cos(turn), rx * math.sin(turn)], [-ry * math.sin(turn), ry * math.cos(turn)]])
        self.shape(
            _CIRCLE @ axes + (x, y), fill, curved=False, outlined=outlined, fur=fur, shade=shade, pattern=pattern
        )

    def limb(
        self,
        points: Sequence[Point],
        widths: Sequence[float],
        fill: Colour,
        *,
        outlined: bool = True,
        fur: float = 0,
        shade: float = 0,
        pattern: Pattern | None = None,
    ) -> None:
        """A leg or tail: a curve along `points` that is as thick as `widths` says at each, with round ends."""
        line = smooth(np.asarray(points, dtype=float), closed=False)
        steps = np.linspace(0, len(widths) - 1, len(line))
        half = np.interp(steps, np.arange(len(widths)), widths)[:, None] / 2
        along = np.gradient(line, axis=0)
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
        across = np.stack([-along[:, 1], along[:, 0]], axis=1) * half
        tip = line[-1] + along[-1] * half[-1] * 0.9
        outline = np.concatenate([line + across, tip[None], (line - across)[::-1]])
        self.shape(outline, fill, curved=False, outlined=outlined, fur=fur, shade=shade, pattern=pattern)

    def stroke(self, points: Sequence[Point], width: float, colour: Colour, *, curved: bool = True) -> None:
        """An open line, `width` in local units, never thinner than a hair."""
        line = np.asarray(points, dtype=float)
        if curved and len(line) > 2:
            line = smooth(line, closed=False)
        flat = self.to_canvas(line).ravel().tolist()
        self.canvas.draw.line(flat, fill=colour, width=max(SUPERSAMPLING // 2, round(width * self.unit)))

    def _roughen(self, outline: np.ndarray, fur: float) -> np.ndarray:
        """The outline as an unsteady hand or a ragged coat has it."""
        spread = float(np.ptp(outline, axis=0).max())
        if self.style.wobble > 0:
            phase, waves = self.rng.uniform(0, 6.28), self.rng.uniform(2, 5)
            turn = np.linspace(0, 2 * np.pi, len(outline), endpoint=False)
            outline = outline + (np.sin(turn * round(waves) + phase) * self.style.wobble * spread)[:, None]
        amount = self.style.fur * fur
        if amount <= 0:
            return outline
        dense = np.repeat(outline, 3, axis=0)
        following = np.roll(outline, -1, axis=0)
        dense[1::3] += (following - outline) / 3
        dense[2::3] += (following - outline) * 2 / 3
        outward = dense - outline.mean(axis=0)
        noise = np.random.default_rng(self.rng.getrandbits(32)).uniform(-0.3, 1, len(dense))
        noise[::2] *= -0.3
        return (
            dense
            + outward
            / np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
            * (noise * amount * spread)[:, None]
        )

    def _inside(self, pixels: np.ndarray, shade: float, pattern: Pattern | None, fill: Colour) -> None:
        """Draw the pattern and the shading, clipped to the area."""
        left, top = np.floor(np.clip(pixels.min(axis=0), 0, self.canvas.side)).astype(int).tolist()
        right, bottom = np.ceil(np.clip(pixels.max(axis=0), 0, self.canvas.side)).astype(int).tolist()
        if right - left < 2 or bottom - top < 2:
            return
        box = (left, top, right, bottom)
        area = Image.new("L", (right - left, bottom - top), 0)
        ImageDraw.Draw(area).polygon((pixels - (left, top)).ravel().tolist(), fill=255)
        if pattern is not None:
            layer = Canvas(self.canvas.image.crop(box), self.canvas.size)
            shifted = self.matrix - [[0, 0, left], [0, 0, top]]
            pattern(Pen(layer, self.rng, self.style, shifted))
            self.canvas.image.paste(layer.image, box, area)
        if shade > 0:
            dark = _BALL_SHADOW.resize(area.size, Image.Resampling.BILINEAR).point(
                [round(level * shade) for level in range(256)]
            )
            self.canvas.image.paste(mix(fill, (20, 14, 24), 0.75), box, ImageChops.multiply(area, dark))

    def _outline(self, pixels: np.ndarray) -> None:
        width = max(1, round(self.style.width * self.canvas.side / 200))
        closed = np.concatenate([pixels, pixels[:1]])
        for stroke in range(self.style.strokes):
            moved = closed
            if stroke:
                shift = self.canvas.side * 0.006
                moved = closed + np.array([self.rng.uniform(-shift, shift), self.rng.uniform(-shift, shift)])
            self.canvas.draw.line(moved.ravel().tolist(), fill=self.style.line, width=width)
