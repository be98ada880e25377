"""A folder of labelled pictures as one that sends them sees it: each file's place in a data folder, and its SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from catdog.data.folder import UNFINISHED, label_of, split_of
from catdog.data.left_out import LEFT_OUT
from catdog.data.photos import DEFAULT_SHARE, SUMMARY
from catdog.data.split import Photo, Place, assign, places
from catdog.errors import DataError
from catdog.prefetch import ahead

_GIVE = "give a folder that holds {training,validation}/{cat,dog} or {cat,dog}"
Listener = Callable[[int, int], None]


@dataclass(frozen=True)
class LabelledFile:
    """One picture's file. size: bytes; sha256: of its bytes, in hex."""

    path: Path
    place: Place
    size: int
    sha256: str

    def __str__(self) -> str:
        return str(self.path)


def labelled_files(folder: Path, progress: Listener | None = None) -> tuple[list[LabelledFile], list[str]]:
    """All files below `folder` that a folder or their name calls cat or dog, by name; and why the others are left out.

    What begins with a dot is passed over. If the folder has training and validation pictures of each class, that
    stays so; else a fifth of each class is for validation, those whose SHA-256 is lowest, as `catdog prepare` has it.
    Pictures are not decoded. progress is told (done, of). Raises DataError if there are none, or not all yet.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; {_GIVE}")
    if (folder / UNFINISHED).exists():
        raise DataError(f"{folder}: is not complete ({folder / UNFINISHED} is there): complete it first")
    names = _visible(folder)
    with_label = [(name, label) for name in names if (label := label_of(name))]
    left_out = [f"{name}: neither a folder nor the file's name says cat or dog" for name in names if not label_of(name)]
    if not with_label:
        raise DataError(f"{folder}: holds no picture of a cat or a dog: {len(names)} files were looked at; {_GIVE}")
    photos: dict[Photo, int] = {}
    for photo, size in ahead(lambda one: _read(folder, *one), with_label):
        photos[photo] = size
        if progress:
            progress(len(photos), len(with_label))
    assigned, _ = assign(list(photos), None, DEFAULT_SHARE)
    left_out += [f"{one.name}: is in neither training nor validation" for one in photos if one not in assigned]
    files = [
        LabelledFile(folder / photo.name, place, photos[photo], photo.sha256)
        for photo, place in places(assigned).items()
    ]
    return files, left_out


def _visible(folder: Path) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    names = (path.relative_to(folder) for path in found)
    # Not the files that `catdog prepare` and `catdog load` write beside the photos.
    return sorted(
        name.as_posix()
        for name in names
        if not any(part.startswith(".") for part in name.parts) and str(name) not in (SUMMARY, LEFT_OUT)
    )


def _read(folder: Path, name: str, label: str) -> tuple[Photo, int]:
    data = (folder / name).read_bytes()
    return Photo(name, label, split_of(name), hashlib.sha256(data).hexdigest(), name), len(data)
