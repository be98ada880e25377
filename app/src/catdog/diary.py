"""What was done in this notebook, a line each time, for whoever wants to know how far the attendee has come.

A line says what, when and with how many pictures; never which ones, nor what came out. CATDOG_UNNOTED set: nothing is
noted. So the lab's own verification, which runs the same commands in the same place, leaves no trace.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

CLASSIFIED, COMPARED = "classified", "compared"
UNNOTED = "CATDOG_UNNOTED"
# Some ten thousand lines: a loop that asks for ever does not fill the home folder.
MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Doing:
    """All entries of one kind together: with how many pictures, and when the last one was made."""

    pictures: int = 0
    last: datetime | None = None


def note(what: str, pictures: int) -> None:
    """Add an entry, unless there was no picture. A diary that cannot be written disturbs nobody."""
    if pictures <= 0 or os.environ.get(UNNOTED):
        return
    line = json.dumps({"did": what, "pictures": pictures, "at": datetime.now(UTC).isoformat(timespec="seconds")})
    with suppress(OSError):
        path = file()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.stat().st_size < MOST_BYTES:
            # One write at the end of the file: kernels beside each other do not mix their lines.
            with path.open("a", encoding="utf-8") as diary:
                diary.write(line + "\n")


def read() -> dict[str, Doing]:
    """What was done, by its kind; what is damaged or missing counts as not done."""
    try:
        lines = file().read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    done: dict[str, Doing] = {}
    for line in lines:
        with suppress(ValueError, KeyError, TypeError):
            entry = json.loads(line)
            before, at = done.get(entry["did"], Doing()), datetime.fromisoformat(entry["at"])
            done[entry["did"]] = Doing(before.pictures + int(entry["pictures"]), max(before.last or at, at))
    return done


def file() -> Path:
    """Where the diary is: in the home folder, so that it goes with all else that the attendee has made."""
    return Path.home() / ".catdog" / "diary.jsonl"
