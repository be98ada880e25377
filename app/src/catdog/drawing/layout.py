"""Drawn pictures as files, a folder a label, or laid out as data/{training,validation}/{cat,dog}."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catdog import LABELS
from catdog.drawing import draw

# The lab's small set, as in the original: 80 pictures to learn from, 20 to check with.
BUNDLED_SEED = 2019
BUNDLED_TRAINING = 80
BUNDLED_VALIDATION = 20
# Seeds of the two splits are this far apart, so that no picture is in both.
_SPLIT_STEP = 10_000_000


@dataclass(frozen=True)
class Drawing:
    """One picture to draw: its file below the output folder, its label and seed."""

    path: Path
    label: str
    seed: int


def by_label(count: int, seed: int, labels: tuple[str, ...] = LABELS) -> Iterator[Drawing]:
    """`count` pictures, the labels in turn, as <label>/<label>-<seed>.png with the seeds seed, seed+1, …"""
    for index in range(count):
        label = labels[index % len(labels)]
        yield Drawing(Path(label, f"{label}-{seed + index}.png"), label, seed + index)


def laid_out(training: int, validation: int, seed: int, labels: tuple[str, ...] = LABELS) -> Iterator[Drawing]:
    """`training` + `validation` pictures in data/{training,validation}/{cat,dog}."""
    for split, count, start in (("training", training, seed), ("validation", validation, seed + _SPLIT_STEP)):
        for drawing in by_label(count, start, labels):
            yield Drawing(Path("data", split, drawing.path), drawing.label, drawing.seed)


def bundled() -> Iterator[Drawing]:
    """The lab's 80 + 20 pictures."""
    return laid_out(BUNDLED_TRAINING, BUNDLED_VALIDATION, BUNDLED_SEED)


def write(drawings: Iterator[Drawing], folder: Path, size: int = 200) -> list[Path]:
    """Draw each picture into its file (PNG) below `folder`; the files, in order."""
    written = []
    for drawing in drawings:
        path = folder / drawing.path
        path.parent.mkdir(parents=True, exist_ok=True)
        draw(drawing.label, drawing.seed, size).save(path, compress_level=3)
        written.append(path)
    return written
