"""The last words of a run that a signal ends: Ansible calls no callback then."""

from __future__ import annotations

import atexit
import functools
import os
import signal
from collections.abc import Callable
from types import FrameType


class Interruption:
    """Goes over Ansible's own handlers of SIGINT and SIGTERM, which end the run as before.

    `is_told`: whether an interruption is told, as between a playbook's start and its end.
    """

    def __init__(self, words: Callable[[], str]) -> None:
        """Takes what makes the words; they are written to standard output, once."""
        self._words = words
        self._process = os.getpid()
        self._interrupted = False
        self.is_told = True
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, functools.partial(self._handle, signal.getsignal(number)))
        atexit.register(self._tell)  # after Ansible's own line

    def _handle(self, ansible: Callable, number: int, frame: FrameType | None) -> None:
        self._interrupted = True
        if number == signal.SIGTERM:
            self._tell()  # Ansible's handler ends the process at once
        ansible(number, frame)

    def _tell(self) -> None:
        # A worker has the handlers, too, until it sets its own.
        if self._interrupted and self.is_told and os.getpid() == self._process:
            self.is_told = False
            os.write(1, f"\n{self._words()}\n".encode())
