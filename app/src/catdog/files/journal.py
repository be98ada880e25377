"""A journal: lines of JSON that are only ever added, from which what was interrupted goes on."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from catdog.files.disk_errors import writing


class Journal:
    """The file at `path`, made if missing. Several processes may add to one: each addition is one write at its end.

    A line that a kill or a full disk has left half-written is passed over. Raises OutputError if it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with writing(path):
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            fcntl.flock(self._file, fcntl.LOCK_SH)
            if not self._ends_a_line():
                os.write(self._file, b"\n")

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def is_last(self) -> bool:
        """Give up this process's part in it; whether no other one has it open."""
        fcntl.flock(self._file, fcntl.LOCK_UN)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        os.close(self._file)

    def lines(self) -> Iterator[dict]:
        """All whole lines, oldest first."""
        with self._path.open("rb") as file:
            for line in file:
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue
                if isinstance(entry, dict):
                    yield entry

    def add(self, *entries: dict) -> None:
        """Add a line each."""
        text = b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)
        with writing(self._path):
            while text:
                text = text[os.write(self._file, text) :]

    def _ends_a_line(self) -> bool:
        size = os.fstat(self._file).st_size
        return size == 0 or os.pread(self._file, 1, size - 1) == b"\n"
