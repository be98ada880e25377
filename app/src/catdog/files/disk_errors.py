"""Writing to disk: what cannot be written is an error that names the path and says what to do."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catdog.errors import OutputError

_AGAIN = "then give the same command again: it goes on from what is done"
_ADVICE = {
    errno.ENOSPC: f"the disk is full: make room, {_AGAIN}",
    errno.EDQUOT: f"your quota is used up: make room, {_AGAIN}",
    errno.EFBIG: f"the file would be larger than is allowed here (see ulimit -f): raise the limit, {_AGAIN}",
    errno.EROFS: "is on a file system that is read-only: choose another folder",
    errno.EACCES: "may not be written by this user: choose another folder, or change its permissions",
    errno.EPERM: "may not be written by this user: choose another folder, or change its permissions",
    errno.ENOTDIR: "cannot be made, as there is a file in the place of a folder: choose another one",
    errno.EEXIST: "cannot be made, as there is a file in its place: choose another one",
}


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns an OSError of what is written inside into OutputError: of the file the system names, else of `path`."""
    try:
        yield
    except BrokenPipeError:  # the reader of the standard output has gone: nothing to do with the path
        raise
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> OutputError:
    """What to say of a path that could not be written."""
    reason = _ADVICE.get(error.errno or 0) or f"cannot be written: {error.strerror or error}"
    return OutputError(f"{os.fsdecode(error.filename) if error.filename else path}: {reason}")


def require_space(folder: Path, needed: int) -> None:
    """Raises OutputError when fewer than `needed` bytes are free where `folder` is, or will be."""
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if needed > free:
        sizes = f"{needed / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free"
        raise OutputError(f"{folder}: {sizes}: make room, or choose another folder")


def prove_writable(path: Path, size: int) -> None:
    """Makes `path` a file of `size` bytes, to be written over by a library that would fail half-way, and less clearly.

    Raises OutputError when it cannot be made.
    """
    with writing(path), path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)
