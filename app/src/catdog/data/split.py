"""Which photos are for training and which for validation, and their way to where they belong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from catdog import LABELS
from catdog.data.folder import SPLITS
from catdog.errors import DataError

# Some file systems take no more bytes in a name than 255; some room is left for what tells two of a name apart.
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Photo:
    """One that can be used. name: in its source; split: as told there; staged: name of the file set aside."""

    name: str
    label: str
    split: str | None
    sha256: str
    staged: str


@dataclass(frozen=True)
class Place:
    """Where a photo belongs in a data folder: the file `name` of split/label."""

    split: str
    label: str
    name: str

    def __str__(self) -> str:
        return f"{self.split}/{self.label}/{self.name}"

    def apart(self, sha256: str) -> Place:
        """Another place, for one whose name is taken here: a part of this SHA-256 is in its name."""
        name = PurePosixPath(self.name)
        return replace(self, name=str(name.with_stem(f"{name.stem}-{sha256[:8]}")))


def assign(photos: Sequence[Photo], share: float | None, default: float) -> tuple[dict[Photo, str], bool]:
    """The split of each photo, and whether it is the source's own, kept if it is whole and no share is asked for.

    Else, of each class, the photos whose SHA-256 is lowest are for validation: the same ones whatever they are called
    and in whatever order they come. Raises DataError when a class has fewer than two.
    """
    if share is None and {(one.split, one.label) for one in photos} >= {(s, c) for s in SPLITS for c in LABELS}:
        return {one: one.split for one in photos if one.split}, True
    assigned = {}
    for label in LABELS:
        of_class = sorted((one for one in photos if one.label == label), key=lambda one: one.sha256)
        if len(of_class) < 2:
            raise DataError(
                f"{len(of_class)} usable photos of a {label}: at least 2 are needed, one to train and one to validate"
            )
        count = min(max(round(len(of_class) * (share or default)), 1), len(of_class) - 1)
        assigned |= {one: SPLITS[number < count] for number, one in enumerate(of_class)}
    return assigned, False


def places(assigned: dict[Photo, str]) -> dict[Photo, Place]:
    """The place of each photo, another one for each: of two of one name the second has a part of its SHA-256 in it."""
    taken: dict[Photo, Place] = {}
    known: set[Place] = set()
    for photo, split in assigned.items():
        place = Place(split, photo.label, file_name(photo.name, photo.sha256))
        if place in known:
            place = place.apart(photo.sha256)
        known.add(place)
        taken[photo] = place
    return taken


def lay_out(assigned: dict[Photo, str], work: Path, out: Path) -> None:
    """Move the photos from `work` to `out/SPLIT/LABEL`; those that an earlier call has moved are there already."""
    for photo, place in places(assigned).items():
        staged = work / photo.staged
        if staged.exists():
            target = out / str(place)
            target.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(target)


def file_name(path: str, sha256: str) -> str:
    """Name of the file at `path`, as text: `?` for what is none.

    A part of its SHA-256 where that is longer than file systems take.
    """
    name = PurePosixPath(path).name.encode("utf-8", "replace").decode()
    return name if len(name.encode()) <= _LONGEST_NAME else f"{sha256[:16]}{PurePosixPath(name).suffix[:8]}"
