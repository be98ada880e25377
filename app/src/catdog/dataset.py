"""Pictures to train on: found in folders or drawn, decoded once into a file that is mapped, not loaded.

A data folder is laid out as `training/{cat,dog}` and `validation/{cat,dog}`. Memory stays the same however many
pictures there are: the decoded ones lie in a file of side * side * 3 bytes each (62 kB at 144 px), which the system
pages in and out.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from catdog import LABELS
from catdog.drawing import draw, layout
from catdog.errors import DataError, PictureError
from catdog.pictures import read_file

SPLITS = ("training", "validation")
# First seeds of the drawn pictures, far apart so that no set meets another, nor the bundled
# ones (catdog.drawing.layout). Those of "unseen", and all below 1,000,000, are never trained on by a recipe.
DRAWN_SEEDS = {"training": 2_000_000, "validation": 3_000_000, "unseen": 4_000_000}
DRAWN_SIZE = 200


@dataclass(frozen=True)
class Example:
    """One labelled picture: a file, or the seed of a drawing."""

    label: str
    source: Path | int

    @property
    def target(self) -> int:
        """0 for a cat, 1 for a dog."""
        return LABELS.index(self.label)

    @property
    def name(self) -> str:
        return f"drawn {self.label} {self.source}" if isinstance(self.source, int) else str(self.source)

    def pixels(self, side: int) -> np.ndarray:
        """uint8 [side, side, 3]; raises PictureError."""
        if isinstance(self.source, int):
            image = draw(self.label, self.source, DRAWN_SIZE)
        else:
            image = Image.fromarray(read_file(self.source))
        return fit(image, side)


@dataclass(frozen=True)
class LeftOut:
    """A file that is not used, and why."""

    name: str
    reason: str


def fit(image: Image.Image, side: int) -> np.ndarray:
    """The whole picture as a square, uint8 [side, side, 3]; its proportions are not kept, as in the photos' set."""
    return np.asarray(image.convert("RGB").resize((side, side), Image.Resampling.BILINEAR))


def find(folder: Path, split: str | None = None) -> list[Example]:
    """The files under `folder/[split/]{cat,dog}`, cats and dogs by name; what begins with a dot is passed over.

    Raises DataError when the folder, a class or its pictures are missing.
    """
    base = folder / split if split else folder
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; give one that holds {_layout(split)}")
    examples = []
    for label in LABELS:
        class_folder = base / label
        if not class_folder.is_dir():
            raise DataError(f"{class_folder}: no such folder; pictures are expected in {_layout(split)} of {folder}")
        files = sorted(path for path in class_folder.iterdir() if path.is_file() and not path.name.startswith("."))
        if not files:
            raise DataError(f"{class_folder}: holds no pictures; put pictures of a {label} right into it")
        examples += [Example(label, path) for path in files]
    return examples


def drawn(seeds: str, count: int) -> list[Example]:
    """`count` drawings, cat and dog in turns, from the range DRAWN_SEEDS[seeds] on."""
    first = DRAWN_SEEDS[seeds]
    return [Example(LABELS[number % 2], first + number) for number in range(count)]


def bundled(split: str) -> list[Example]:
    """The lab's own pictures: 80 for "training", 20 for "validation"."""
    return [Example(one.label, one.seed) for one in layout.bundled() if split in one.path.parts]


def _layout(split: str | None) -> str:
    return " and ".join(f"{split}/{label}" if split else label for label in LABELS)


class PictureStore:
    """Decoded pictures in one file.

    pixels: uint8 [count, side, side, 3], memory-mapped; targets: float32 [count], 0 cat, 1 dog.
    """

    def __init__(self, pixels: np.ndarray, targets: np.ndarray, left_out: Sequence[LeftOut] = ()):
        self.pixels, self.targets, self.left_out = pixels, targets, list(left_out)

    def __len__(self) -> int:
        return len(self.targets)

    @classmethod
    def open(
        cls, examples: Sequence[Example], folder: Path, side: int, progress: Callable[[int, int], None] | None = None
    ) -> PictureStore:
        """Decode the examples into `folder`, or take what an earlier call left there for the very same files.

        progress is told (done, of). Raises DataError when no picture of a class can be read.
        """
        name = _fingerprint(examples, side)
        data, index = folder / f"{name}.u8", folder / f"{name}.json"
        if not index.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _decode_all(examples, data, index, side, progress)
        known = json.loads(index.read_text())
        targets = np.array(known["targets"], dtype=np.float32)
        pixels = np.memmap(data, np.uint8, "r", shape=(len(targets), side, side, 3))
        return cls(pixels, targets, [LeftOut(**item) for item in known["left_out"]])


def _fingerprint(examples: Sequence[Example], side: int) -> str:
    """The same for the same files, unchanged since, in the same order."""
    digest = hashlib.sha256(f"{side}".encode())
    for example in examples:
        digest.update(f"{example.label} {example.name}".encode())
        if isinstance(example.source, Path):
            with contextlib.suppress(OSError):
                about = example.source.stat()
                digest.update(f"{about.st_size} {about.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def _decode_all(
    examples: Sequence[Example], data: Path, index: Path, side: int, progress: Callable[[int, int], None] | None
) -> None:
    targets, left_out = [], []
    partial = data.with_suffix(".partial")
    with partial.open("wb") as file:
        for example, pixels, reason in _decoded(examples, side):
            if pixels is None:
                left_out.append({"name": example.name, "reason": reason})
            else:
                file.write(pixels.tobytes())
                targets.append(example.target)
            if progress:
                progress(len(targets) + len(left_out), len(examples))
    for target, label in enumerate(LABELS):
        if target not in targets:
            partial.unlink()
            example = next(example for example in examples if example.target == target)
            reason = next(item["reason"] for item in left_out if item["name"] == example.name)
            raise DataError(f"no picture of a {label} can be read; the first is {example.name}: {reason}")
    partial.replace(data)
    # Written last: where the index is, the pictures are complete.
    index.write_text(json.dumps({"targets": targets, "left_out": left_out}))


def _decoded(examples: Sequence[Example], side: int) -> Iterator[tuple[Example, np.ndarray | None, str]]:
    for example in examples:
        try:
            yield example, example.pixels(side), ""
        except PictureError as error:
            # The message begins with the file's name, which the report gives by itself.
            yield example, None, str(error).removeprefix(f"{example.source}: ")
