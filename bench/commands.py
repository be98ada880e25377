"""What figures share that measure a command: what the environment has to say, and what a process took."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence


def given(name: str) -> str:
    """A variable of the environment that has to be there."""
    if not os.environ.get(name):
        sys.exit(f"{name} is not set, see bench/README.md: nothing was measured.")
    return os.environ[name]


def measured(command: Sequence[str], environment: Mapping[str, str] | None = None) -> tuple[str, float, float]:
    """Runs it to its end: standard output, seconds, and the process's peak memory in MiB."""
    started = time.monotonic()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - started
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} failed: nothing was measured.")
    return said, seconds, usage.ru_maxrss / 1024
