"""A folder of pictures that is not laid out as expected: what was expected, what is there, and what to do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

from catdog import LABELS

SPLITS = ("training", "validation")
# In a data folder while it is not complete: what has come so far.
UNFINISHED = "unfinished"
_LABEL = {name: label for label in LABELS for name in (label, f"{label}s")}
_SPLIT = {"training": "training", "train": "training", "validation": "validation", "valid": "validation",
          "val": "validation"}  # fmt: skip
# Enough to see what a folder is, however many files it holds.
_MOST_LOOKED_AT = 2000
_MOST_TOLD = 6
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz")


def label_of(name: str) -> str | None:
    """The class that a path tells: its last folder called cat, cats, dog or dogs, else a file name as cat.17.jpg."""
    path = PurePosixPath(name.lower())
    for part in reversed(path.parts[:-1]):
        if part in _LABEL:
            return _LABEL[part]
    return _LABEL.get(re.match(r"[a-z]*", path.name).group())


def split_of(name: str) -> str | None:
    """The set that a path tells, by a folder called training, train, validation, valid or val."""
    found = [_SPLIT[part] for part in PurePosixPath(name.lower()).parts[:-1] if part in _SPLIT]
    return found[-1] if found else None


def refusal(folder: Path, split: str | None, missing: Path) -> str:
    """Why the pictures of the class folder `missing` cannot be had: names it, the layout, what is there instead."""
    wanted = " and ".join(f"{split}/{label}" if split else label for label in LABELS)
    if not folder.exists():
        return f"{folder}: no such folder; give one that holds {wanted}"
    if not folder.is_dir():
        return f"{folder}: is a file; give a folder that holds {wanted}: `catdog prepare` makes one of an archive"
    if not missing.is_dir():
        wrong = f"{missing}: no such folder; pictures are expected in {wanted} of {folder}"
    else:
        wrong = f"{missing}: holds no pictures; put pictures of a {missing.name} right into it"
    return f"{wrong}. Found in {folder}: {_found(folder)}{_hint(folder, split)}"


def _found(folder: Path) -> str:
    """As `3 files, cat/ (10 files), dog/ (empty)`."""
    inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    folders = [path for path in inside if path.is_dir()]
    files = len(inside) - len(folders)
    told = [f"{files} file{'s'[: files != 1]}"] if files else []
    told += [f"{path.name}/ ({_content(path)})" for path in folders[:_MOST_TOLD]]
    if len(folders) > _MOST_TOLD:
        told.append(f"{len(folders) - _MOST_TOLD} more folders")
    return ", ".join(told) or "nothing"


def _content(folder: Path) -> str:
    kinds = Counter("folder" if path.is_dir() else "file" for path in folder.iterdir() if path.name[0] != ".")
    return ", ".join(f"{count} {kind}{'s'[: count != 1]}" for kind, count in sorted(kinds.items())) or "empty"


def _hint(folder: Path, split: str | None) -> str:
    """What to do instead, where that can be told from what is there; begins with `: `."""
    for place in (folder.absolute().parent, *islice(_folders(folder), _MOST_LOOKED_AT)):
        if _is_laid_out(place, split):
            return f": give {place}"
    names = (str(path.relative_to(folder)) for path in islice(folder.rglob("*"), _MOST_LOOKED_AT) if path.is_file())
    if {label_of(name) for name in names} >= set(LABELS):
        return f": `catdog prepare {folder} --out NEW` lays these out as expected in a folder NEW"
    if archives := sorted(path for path in folder.iterdir() if path.suffix in _ARCHIVES):
        return f": `catdog prepare {archives[0]} --out NEW` lays out what is in that archive in a folder NEW"
    return ""


def _folders(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_dir())


def _is_laid_out(folder: Path, split: str | None) -> bool:
    return all((folder / one / label).is_dir() for one in (SPLITS if split else ("",)) for label in LABELS)
