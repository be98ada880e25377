"""Labelled pictures that come one by one, laid out as a data folder: whole files only, and in the end all of them.

What has come lies in OUT/unfinished, with a journal, until the last one is there; then it is moved to where it belongs.
While that folder is there no training takes OUT. Several processes may fill one OUT from one source.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from catdog import LABELS
from catdog.data.folder import SPLITS, UNFINISHED
from catdog.data.intake import JOURNAL
from catdog.data.left_out import write_left_out
from catdog.data.photos import SUMMARY, Summary
from catdog.data.split import Place, file_name
from catdog.errors import DataError, InputError, PictureError
from catdog.files.disk_errors import writing
from catdog.files.journal import Journal
from catdog.limits import MAX_MESSAGE_BYTES, MAX_MESSAGE_SIZE


def place_of(split: str | None, label: str | None, path: str, sha256: str) -> Place:
    """Where a picture belongs that its sender calls so. path: of its file there, or its name alone.

    Raises PictureError when class or split are missing or others than there are, or the name is none for a file.
    """
    for what, told, known in (("label", label, LABELS), ("split", split, SPLITS)):
        if told not in known:
            has = f"the {what} {told!r}" if told else f"no {what}"
            raise PictureError(f"has {has}: {' or '.join(known)} is expected")
    name = file_name(path, sha256)
    if not name or name.startswith(".") or "\0" in name:
        raise PictureError(f"has {path!r} for a name, which is none for a picture")
    return Place(split, label, name)


def check_size(size: int) -> None:
    """Raises PictureError for bytes that are none, or more than a picture may have."""
    if not size:
        raise PictureError("is empty")
    if size > MAX_MESSAGE_BYTES:
        raise PictureError(f"{size} bytes are more than the limit of {MAX_MESSAGE_BYTES} ({MAX_MESSAGE_SIZE})")


class Arrivals:
    """Fills the data folder `out`. Use as a context manager; `finish` when all have come.

    about: what they come from; an earlier call's work is gone on with when it was the same. notes: what the caller has
    noted by then. Raises InputError when `out` holds something else, OutputError when it cannot be written.
    """

    def __init__(self, out: Path, about: dict[str, str]) -> None:
        self._out, self._work, self._about = out, out / UNFINISHED, about
        if not (self._work / JOURNAL).exists():
            self._check_free()
        with writing(out):
            self._work.mkdir(parents=True, exist_ok=True)
        self._journal = Journal(self._work / JOURNAL)
        first, *self.notes = list(self._journal.lines()) or [None]
        if first is None:
            self._journal.add(about)
        elif first != about:
            self._journal.close()
            before = ", ".join(f"{key} {value}" for key, value in first.items())
            raise InputError(f"{self._work} is of other pictures ({before}): remove it, or give another --out")

    def __enter__(self) -> Arrivals:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._journal.close()

    def put(self, place: Place, data: bytes) -> bool:
        """Set a picture aside; whether it was not there yet. Another one in its place is replaced. Of any thread."""
        staged = self._work / str(place)
        if _holds(staged, data) or (not staged.exists() and _holds(self._out / str(place), data)):
            return False
        self._stage(staged, lambda partial: partial.write_bytes(data))
        return True

    def link(self, place: Place, path: Path) -> None:
        """Set a link to the picture's file aside, which stays where it is. Of any thread."""
        self._stage(self._work / str(place), lambda partial: partial.symlink_to(path))

    def note(self, *notes: dict) -> None:
        """Have `notes` of a later call hold these."""
        self._journal.add(*notes)

    def leave_out(self, name: str, reason: str) -> None:
        """Tell of one that is not taken."""
        self._journal.add({"left_out": f"{name}: {reason}"})

    def left_out(self) -> list[str]:
        """What was not taken, and why; each once, of all who fill this folder."""
        return list(dict.fromkeys(note["left_out"] for note in self._journal.lines() if "left_out" in note))

    def finish(self, may_be_none: bool = False) -> Summary:
        """All have come: move them to their places, and tell what is there. The last one who fills this folder ends it.

        What is in validation too is left out of training: a source's split changes as pictures are added to it.
        Raises DataError when nothing is there, unless that may be.
        """
        with writing(self._out):
            for staged in list(self._staged()):
                target = self._out / staged.relative_to(self._work)
                target.parent.mkdir(parents=True, exist_ok=True)
                with contextlib.suppress(FileNotFoundError):  # another one who fills this folder was faster
                    staged.replace(target)
            for path, same in _in_both(self._out):
                told = f"has the same bytes as {same.relative_to(self._out)}, and what validates is not trained on"
                self.leave_out(str(path.relative_to(self._out)), told)
                path.unlink(missing_ok=True)
            left_out = self.left_out()
            counts = {split: {label: _count(self._out / split / label) for label in LABELS} for split in SPLITS}
            summary = Summary(self._about["source"], None, None, counts, len(left_out))
            if not summary.count:
                self._give_up(left_out, may_be_none)
            elif self._journal.is_last():
                self._complete(summary, left_out)
        return summary

    def _complete(self, summary: Summary, left_out: list[str]) -> None:
        write_left_out(self._out, left_out)
        partial = self._out / f".{SUMMARY}.{os.getpid()}"
        partial.write_text(json.dumps(asdict(summary) | {"asked": self._about}, indent=1) + "\n")
        partial.replace(self._out / SUMMARY)
        shutil.rmtree(self._work, ignore_errors=True)

    def _give_up(self, left_out: list[str], may_be_none: bool) -> None:
        if self._journal.is_last():
            shutil.rmtree(self._work, ignore_errors=True)
        with contextlib.suppress(OSError):  # it held something before
            self._out.rmdir()
        if may_be_none:
            return
        first = f"; the first: {left_out[0]}" if left_out else ""
        raise DataError(
            f"{self._about['source']}: holds no labelled picture of a cat or a dog: "
            f"{len(left_out)} were left out{first}"
        )

    def _stage(self, staged: Path, write: Callable[[Path], object]) -> None:
        """Have `staged` be what is written, whole or not at all."""
        partial = self._work / f"{os.getpid()}-{threading.get_ident()}.partial"
        with writing(staged):
            try:
                write(partial)
                with contextlib.suppress(FileExistsError):
                    staged.parent.mkdir(parents=True)
                partial.replace(staged)
            except OSError:
                partial.unlink(missing_ok=True)  # of no use, and it takes what room there is
                raise

    def _staged(self) -> Iterator[Path]:
        for split in SPLITS:
            yield from (self._work / split).glob("*/*")

    def _check_free(self) -> None:
        try:
            if json.loads((self._out / SUMMARY).read_text())["asked"] == self._about:
                return
        except (OSError, ValueError, KeyError, TypeError):
            pass
        for split in SPLITS:
            if (self._out / split).exists():
                raise InputError(
                    f"{self._out / split} is there already, from elsewhere: give another --out, or remove {self._out}"
                )


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False


def _in_both(out: Path) -> Iterator[tuple[Path, Path]]:
    """Pictures to train on, each with one of the same bytes that validates."""
    training, validation = (_by_kind(out / split) for split in SPLITS)
    for kind in training.keys() & validation.keys():
        known = {digest: path for path in validation[kind] if (digest := _sha256(path))}
        for path in training[kind]:
            if same := known.get(_sha256(path)):
                yield path, same


def _by_kind(folder: Path) -> dict[tuple[bool, int], list[Path]]:
    """The files by what is quickly told: whether they are links, and their sizes. One's own file beside links stays."""
    found: dict[tuple[bool, int], list[Path]] = {}
    for path in folder.glob("*/*"):
        with contextlib.suppress(FileNotFoundError):  # another one who fills this folder has left it out
            if path.is_file():
                found.setdefault((path.is_symlink(), path.stat().st_size), []).append(path)
    return found


def _sha256(path: Path) -> str | None:
    """Of a file that is still there."""
    with contextlib.suppress(FileNotFoundError):
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return None


def _count(folder: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return sum(not path.name.startswith(".") for path in folder.iterdir())
    return 0
