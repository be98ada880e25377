"""A line about what a module waits for, from the module's process to the callback that shows signs of life.

The callback names a folder in the environment; each module that waits keeps one file in it, named by its process. A
note counts until its module forgets it, as each has to: with Mitogen the process stays for the next one. It ends with
the process, too. Modules on other machines leave no notes, and work as well without.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

FOLDER = "CATDOG_LAB_PROGRESS_NOTES"  # environment variable


def leave(note: str) -> None:
    """Leaves a note in place of the one before it, if somebody reads notes."""
    if folder := os.environ.get(FOLDER):
        with contextlib.suppress(OSError):  # a wait goes on without its note
            place = Path(folder, str(os.getpid()))
            partial = place.with_suffix(".partial")
            partial.write_text(" ".join(note.split()))
            partial.rename(place)


def forget() -> None:
    """Removes the note that this process has left, if any."""
    if folder := os.environ.get(FOLDER):
        with contextlib.suppress(OSError):
            Path(folder, str(os.getpid())).unlink()


def present(folder: str) -> Iterator[str]:
    """The notes of processes that still run, in the order in which they were left; forgets those of others."""
    places = [place for place in Path(folder).glob("*") if place.name.isdecimal()]
    for place in sorted(places, key=lambda place: int(place.name)):
        with contextlib.suppress(OSError):
            if Path("/proc", place.name).exists():
                yield place.read_text()
            else:
                place.unlink()
