"""Progress on the command line: a line that moves on a terminal, else a line every half minute."""

from __future__ import annotations

import sys
import time


class ProgressLines:
    """What is passing is shown now and then; what stays is always printed."""

    EVERY, EVERY_LIVE = 30.0, 0.5

    def __init__(self, to_stderr: bool = False) -> None:
        self._file = sys.stderr if to_stderr else sys.stdout
        self._live = self._file.isatty()
        self._told = time.monotonic()

    def passing(self, line: str) -> None:
        """Replaced by the next one on a terminal."""
        now = time.monotonic()
        if now - self._told >= (self.EVERY_LIVE if self._live else self.EVERY):
            self._told = now
            self._print(line, stays=False)

    def stays(self, line: str) -> None:
        """A result."""
        self._told = time.monotonic()
        self._print(line, stays=True)

    def _print(self, line: str, stays: bool) -> None:
        if self._live:
            print(f"\r\033[K{line}", end="\n" if stays else "", file=self._file, flush=True)
        else:
            print(line, file=self._file, flush=True)
