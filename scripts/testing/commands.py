"""Commands that end with the run that began them: process groups, ended as a whole when the run is interrupted."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

PATIENCE = 20.0  # seconds that interrupted commands have to end in order: Ansible ends its workers


class InterruptedRunError(Exception):
    """The run is over: this command did not end by itself, or was not begun any more."""


class Commands:
    """Begins commands, from any thread, and ends those that run."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._running: set[int] = set()  # process groups
        self._over = False

    def run(self, command: list[str], **options: Any) -> int:
        """Runs a command to its end and returns its exit status; options are Popen's. Raises InterruptedRunError."""
        with self._lock:
            if self._over:
                raise InterruptedRunError
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0, **options)
            self._running.add(process.pid)
        status = process.wait()
        with self._lock:
            if self._over:
                raise InterruptedRunError
            self._running.discard(process.pid)
        return status

    def end(self) -> None:
        """Begins no more commands and ends those that run with all processes of their groups."""
        with self._lock:
            self._over = True
            running = set(self._running)
        for number in (signal.SIGTERM, signal.SIGKILL):
            for group in running:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(group, number)
            deadline = time.monotonic() + self._patience
            while (running := running & living_groups()) and time.monotonic() < deadline:
                time.sleep(0.1)


def living_groups() -> set[int]:
    """The process groups of this machine that have a process which has not ended."""
    groups = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            state, _, group = stat.read_text(errors="replace").rpartition(")")[2].split()[:3]
            if state not in "ZX":  # ended, and nobody has asked for its status
                groups.add(int(group))
    return groups
