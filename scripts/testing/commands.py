"""Commands that end with the run that began them: process groups, ended as a whole when the run is interrupted."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from typing import Any

PATIENCE = 20.0  # seconds that interrupted commands have to end in order: Ansible ends its workers


class InterruptedRunError(Exception):
    """The run is over: this command did not end by itself, or was not begun any more."""


class Commands:
    """Begins commands, from any thread, and ends those that run."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen] = set()
        self._over = False

    def run(self, command: list[str], **options: Any) -> int:
        """Runs a command to its end and returns its exit status; options are Popen's. Raises InterruptedRunError."""
        with self._lock:
            if self._over:
                raise InterruptedRunError
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0, **options)
            self._running.add(process)
        status = process.wait()
        with self._lock:
            if self._over:
                raise InterruptedRunError
            self._running.discard(process)
        return status

    def end(self) -> None:
        """Begins no more commands and ends those that run with all processes of their groups."""
        with self._lock:
            self._over = True
            running = set(self._running)
        for number in (signal.SIGTERM, signal.SIGKILL):
            for process in running:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
            deadline = time.monotonic() + self._patience
            while (running := {process for process in running if is_alive(process)}) and time.monotonic() < deadline:
                time.sleep(0.05)


def is_alive(process: subprocess.Popen) -> bool:
    """Whether anything of a command's process group is left."""
    process.poll()  # its first process stays in the group until somebody has asked for its status
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True
