"""Pictures to train on: found in folders or drawn, decoded once into a file that is mapped, not loaded.

A data folder is laid out as `training/{cat,dog}` and `validation/{cat,dog}`. However many pictures there are, what is
in memory at once is one that is being decoded for each processor (150 MB for the largest, 50 megapixels, and as much
again while it is converted), catdog.prefetch.AHEAD decoded ones of side * side * 3 bytes (62 kB at 144 px), and a
kilobyte of names for each file. The decoded ones lie in a file, which the system pages in and out.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from catdog import LABELS
from catdog.data.folder import UNFINISHED, refusal
from catdog.drawing import draw, layout
from catdog.errors import DataError, PictureError
from catdog.files.disk_errors import require_space, writing
from catdog.pictures.decoding import fit, read_file
from catdog.prefetch import ahead

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
        elif self.source.is_dir():
            raise PictureError(f"{self.source}: is a folder; only pictures right in the class's folder are used")
        else:
            image = Image.fromarray(read_file(self.source))
        return fit(image, side)


@dataclass(frozen=True)
class LeftOut:
    """A file that is not used, and why."""

    name: str
    reason: str

    @classmethod
    def of(cls, example: Example, error: PictureError) -> LeftOut:
        """The error's text begins with the file's name, which is told by itself."""
        return cls(example.name, str(error).removeprefix(f"{example.source}: "))

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


def find(folder: Path, split: str | None = None) -> list[Example]:
    """What is in `folder/[split/]{cat,dog}`, cats and dogs by name; what begins with a dot is passed over.

    Raises DataError when the folder, a class or its pictures are missing; it says what was expected and found. So it
    does of a folder that `catdog prepare` or `catdog load` has not completed: a part is never taken for the whole.
    """
    if (folder / UNFINISHED).exists():
        raise DataError(
            f"{folder}: is not complete: give the command that makes it again, which goes on from what is there, "
            f"or remove {folder / UNFINISHED} to use what has come"
        )
    examples = []
    for label in LABELS:
        class_folder = (folder / split if split else folder) / label
        inside = sorted(class_folder.iterdir()) if class_folder.is_dir() else []
        found = [path for path in inside if not path.name.startswith(".")]
        if not any(path.is_file() for path in found):
            raise DataError(refusal(folder, split, class_folder))
        examples += [Example(label, path) for path in found]
    return examples


def drawn(seeds: str, count: int) -> list[Example]:
    """`count` drawings, cat and dog in turns, from the range DRAWN_SEEDS[seeds] on."""
    first = DRAWN_SEEDS[seeds]
    return [Example(LABELS[number % 2], first + number) for number in range(count)]


def bundled(split: str) -> list[Example]:
    """The lab's own pictures: 80 for "training", 20 for "validation"."""
    return [Example(one.label, one.seed) for one in layout.bundled() if split in one.path.parts]


def usage_report(what: str, store: PictureStore, most: int = 10) -> str:
    """Lines for people: how many pictures are used, how many are left out, and of these the first and why."""
    left_out = store.left_out
    lines = [f"{what}: {len(store)} pictures are used, {len(left_out)} left out"]
    lines += [f"  left out: {item}" for item in left_out[:most]]
    if len(left_out) > most:
        lines.append(f"  … and {len(left_out) - most} more")
    return "\n".join(lines)


def decoded(examples: Iterable[Example], side: int) -> Iterator[tuple[Example, np.ndarray | PictureError]]:
    """Each example in order with its pixels, uint8 [side, side, 3], or why there are none; see catdog.prefetch."""

    def read(example: Example) -> tuple[Example, np.ndarray | PictureError]:
        try:
            return example, example.pixels(side)
        except PictureError as error:
            return example, error

    return ahead(read, examples)


class PictureStore:
    """Decoded pictures in one file.

    pixels: uint8 [count, side, side, 3], memory-mapped; targets: float32 [count], 0 cat, 1 dog.
    """

    def __init__(self, pixels: np.ndarray, targets: np.ndarray, left_out: Sequence[LeftOut] = ()):
        self.pixels, self.targets, self.left_out = pixels, targets, list(left_out)

    def __len__(self) -> int:
        return len(self.targets)

    def fingerprint(self) -> str:
        """The same for the same pixels and targets in the same order, wherever they come from."""
        digest = hashlib.sha256(np.ascontiguousarray(self.targets))
        digest.update(np.ascontiguousarray(self.pixels))
        return digest.hexdigest()[:16]

    @classmethod
    def open(
        cls, examples: Sequence[Example], folder: Path, side: int, progress: Callable[[int, int], None] | None = None
    ) -> PictureStore:
        """Decode the examples into `folder`, or take what an earlier call left there for the very same files.

        progress is told (done, of). Raises DataError when no picture of a class can be read, OutputError when
        `folder` cannot be written.
        """
        name = _fingerprint(examples, side)
        data, index = folder / f"{name}.u8", folder / f"{name}.json"
        known = _read_index(data, index, side)
        if not known:
            require_space(folder, len(examples) * side * side * 3)
            with writing(folder):
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
        digest.update(f"{example.label} {example.name}".encode(errors="surrogateescape"))
        if isinstance(example.source, Path):
            with contextlib.suppress(OSError):
                about = example.source.stat()
                # The photos in an image all have the same time: what tells another image's is when it was unpacked.
                digest.update(f"{about.st_size} {about.st_mtime_ns} {about.st_ctime_ns}".encode())
    return digest.hexdigest()[:16]


def _read_index(data: Path, index: Path, side: int) -> dict | None:
    """What an earlier call left, if it is whole."""
    try:
        known = json.loads(index.read_text())
        return known if data.stat().st_size == len(known["targets"]) * side * side * 3 else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _decode_all(
    examples: Sequence[Example], data: Path, index: Path, side: int, progress: Callable[[int, int], None] | None
) -> None:
    targets: list[int] = []
    left_out: list[LeftOut] = []
    partial = data.with_suffix(".partial")
    try:
        with writing(partial), partial.open("wb") as file:
            for example, pixels in decoded(examples, side):
                if isinstance(pixels, PictureError):
                    left_out.append(LeftOut.of(example, pixels))
                else:
                    file.write(pixels.tobytes())
                    targets.append(example.target)
                if progress:
                    progress(len(targets) + len(left_out), len(examples))
        _require_both(targets, left_out, examples)
        with writing(data):
            partial.replace(data)
            # Written last, and whole: where the index is, the pictures are complete.
            about = {"targets": targets, "left_out": [asdict(item) for item in left_out]}
            partial.write_text(json.dumps(about))
            partial.replace(index)
    finally:
        # Of no use to a later call, and as large as the disk has room for when that is full.
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _require_both(targets: list[int], left_out: list[LeftOut], examples: Sequence[Example]) -> None:
    for target, label in enumerate(LABELS):
        if target not in targets:
            names = {example.name for example in examples if example.target == target}
            first = next(item for item in left_out if item.name in names)
            raise DataError(f"no picture of a {label} can be read; the first is {first.name}: {first.reason}")
