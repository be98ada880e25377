"""A folder of photos for the notebook's image: which of its files count, and in words why one cannot be used.

Files count as the app counts them (`catdog send-training`): all below the folder that a folder or their own name calls
cat or dog. What begins with a dot is passed over, and links to folders are not followed. A unit test holds both to
the same files.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

LABELS, SPLITS = ("cat", "dog"), ("training", "validation")
# In a folder that `catdog prepare` or `catdog load` has not completed.
UNFINISHED = "unfinished"
# Folders by which a path tells class and split, in lower case.
LABEL_FOLDERS = {"cat": "cat", "cats": "cat", "dog": "dog", "dogs": "dog"}
SPLIT_FOLDERS = {
    **dict.fromkeys(("training", "train"), "training"),
    **dict.fromkeys(("validation", "valid", "val"), "validation"),
}
# How the pictures begin that the app decodes: JPEG, PNG, GIF, BMP, WebP, TIFF, AVIF, JPEG 2000, PPM, ICO.
PICTURE_HEADS = re.compile(
    rb"\xff\xd8\xff|\x89PNG|GIF8|BM|RIFF....WEBP|II[*+]\0|MM\0[*+]|....ftypavi[fs]"
    rb"|\0\0\0\x0cjP  |\xffO\xffQ|P[1-6]\s|\0\0\x01\0",
    re.DOTALL,
)
HEAD_LENGTH = 16
# A picture that begins like nothing in particular.
TGA = ".tga"
GIVE = "Give one that holds {training,validation}/{cat,dog} or {cat,dog}."
MOST_TOLD = 6


class PhotoFolderError(ValueError):
    """A folder of photos that cannot be used: the message names it, says why, and what to do."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(f"the folder of photos {folder} (lab_photos) {why}")


def named_folder(named: str) -> Path:
    """The folder that an instructor named, absolute, by the folder in which Ansible was called."""
    return Path(named).expanduser().absolute()


def photo_files(folder: Path) -> dict[str, os.stat_result]:
    """The photos of a folder, by their path in it, with slashes. Raises PhotoFolderError where it cannot be used."""
    photos = found_photos(folder)
    check_photos(folder, list(photos))
    return photos


def found_photos(folder: Path) -> dict[str, os.stat_result]:
    """All that a folder or their name calls cat or dog, however few. Raises PhotoFolderError for what is no folder,
    not complete or cannot be read.
    """
    if not folder.is_dir():
        why = "is a file" if folder.exists() else "does not exist"
        raise PhotoFolderError(folder, f"{why}. {GIVE}{prepare_hint(folder) if folder.exists() else ''}")
    if (folder / UNFINISHED).exists():
        raise PhotoFolderError(
            folder,
            f"is not complete: {folder / UNFINISHED} is there. Give the command that makes it again and let it end.",
        )
    try:
        return {name: about for name, about in visible_files(folder) if label_of(name)}
    except OSError as error:
        raise unreadable(folder, error) from error


def check_photos(folder: Path, names: list[str]) -> None:
    """Raises PhotoFolderError unless the photos of these names are enough to train with, and can be read."""
    try:
        if not names:
            raise PhotoFolderError(folder, f"{told_without_photos(folder)} {GIVE}")
        check_names(folder, names)
        check_classes(folder, names)
    except OSError as error:
        raise unreadable(folder, error) from error


def visible_files(folder: Path, inside: str = "") -> Iterator[tuple[str, os.stat_result]]:
    """Path and state of every file below a folder; of a link to a file, that file's."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from visible_files(Path(entry.path), f"{inside}{entry.name}/")
            elif entry.is_file():
                yield inside + entry.name, entry.stat()


def label_of(name: str) -> str | None:
    """The class that a path tells: its last folder called cat, cats, dog or dogs, else a file name as cat.17.jpg."""
    *folders, file = name.lower().split("/")
    for part in reversed(folders):
        if part in LABEL_FOLDERS:
            return LABEL_FOLDERS[part]
    return LABEL_FOLDERS.get(re.match(r"[a-z]*", file)[0])


def split_of(name: str) -> str | None:
    """The split that a path tells, by its last folder called training, train, validation, valid or val."""
    found = [SPLIT_FOLDERS[part] for part in name.lower().split("/")[:-1] if part in SPLIT_FOLDERS]
    return found[-1] if found else None


def check_names(folder: Path, names: list[str]) -> None:
    """Raises PhotoFolderError for a name that the notebook could not write down."""
    for name in names:
        try:
            name.encode()
        except UnicodeEncodeError:
            raise PhotoFolderError(
                folder, f"has a file whose name is no UTF-8: {os.fsencode(name)}. Rename it."
            ) from None


def check_classes(folder: Path, names: list[str]) -> None:
    """Raises PhotoFolderError unless there are pictures of each class, to train and to validate with."""
    places = {(split, label): [] for split in (*SPLITS, None) for label in LABELS}
    for name in names:
        places[split_of(name), label_of(name)].append(name)
    # As the app has it: a split is kept where it is whole, else a fifth of each class validates.
    if all(places[split, label] for split in SPLITS for label in LABELS):
        needed = {f"{split}/{label}": (1, places[split, label]) for split in SPLITS for label in LABELS}
    else:
        needed = {label: (2, [name for name in names if label_of(name) == label]) for label in LABELS}
    if any(len(files) < least for least, files in needed.values()):
        counts = " and ".join(f"{len(files)} of a {label}" for label, (_, files) in needed.items())
        raise PhotoFolderError(
            folder, f"holds {counts}: at least 2 of each are needed, one to train with and one to validate with."
        )
    for place, (least, files) in needed.items():
        readable = list(islice((name for name in files if begins_as_picture(folder / name)), least))
        if len(readable) < least:
            raise PhotoFolderError(
                folder,
                f"holds {len(files)} files of {place}, of which {len(readable) or 'none'} can be a picture that the "
                f"notebook reads: {least} at least must be JPEG, PNG, GIF, BMP, WebP, TIFF or AVIF. "
                f"{min(set(files) - set(readable))} is not.",
            )


def begins_as_picture(path: Path) -> bool:
    """Whether a file's first bytes are a picture's."""
    if path.suffix.lower() == TGA:
        return True
    with path.open("rb") as file:
        return bool(PICTURE_HEADS.match(file.read(HEAD_LENGTH)))


def told_without_photos(folder: Path) -> str:
    """What a folder holds in which nothing is called cat or dog."""
    entries = sorted(entry.name + "/" * entry.is_dir() for entry in folder.iterdir() if not entry.name.startswith("."))
    if not entries:
        return "is empty."
    more = ", …" if len(entries) > MOST_TOLD else ""
    return (
        "holds no picture of a cat or a dog: no file is in a folder called cat or dog, or has a name as cat.17.jpg. "
        f"In it are {', '.join(entries[:MOST_TOLD])}{more}."
    )


def unreadable(folder: Path, error: OSError) -> PhotoFolderError:
    """What the system says, and of which file."""
    return PhotoFolderError(folder, f"cannot be read: {error.filename}: {error.strerror}. Let this user read it.")


def prepare_hint(file: Path) -> str:
    """What makes a folder of an archive."""
    return f" Of an archive it is made by: PYTHONPATH=app/src .venv/bin/python -m catdog prepare {file} --out NEW"
