"""How each client is called: the same call in its own flags."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

CLIENTS = Path(__file__).parents[3] / "clients"
GO_VARIABLE = "CATDOG_GO_CLIENT"
# What both call alike is not listed.
GO_FLAGS = {"use_tls": "tls", "skip_tls_verify": "insecure-skip-verify"}


@dataclass(frozen=True)
class Outcome:
    """What a client's process left: exit code, lines of standard output and of standard error, seconds it took."""

    code: int
    lines: list[str]
    said: list[str]
    seconds: float


def python_command(brokers: str, files: list[str], flags: dict[str, str | bool]) -> list[str]:
    command = [sys.executable, str(CLIENTS / "kafka_producer.py"), "--brokers", brokers]
    for name, value in flags.items():
        command += [f"--{name.replace('_', '-')}", *([] if value is True else [str(value)])]
    return command + (["--file", *files] if files else [])


def go_command(brokers: str, files: list[str], flags: dict[str, str | bool]) -> list[str]:
    named = [
        f"-{GO_FLAGS.get(name, name.replace('_', '-'))}={'true' if value is True else value}"
        for name, value in flags.items()
    ]
    return [os.environ[GO_VARIABLE], f"-brokers={brokers}", *named, *[f"-file={path}" for path in files]]


COMMANDS = {"python": python_command, "go": go_command}


def run(command: list[str], environment: dict[str, str]) -> Outcome:
    """Run a client to its end, 60 seconds at most. environment: what it gets beside this process's own."""
    inherited = {name: value for name, value in os.environ.items() if name != "KAFKA_PASSWORD"}
    started = time.monotonic()
    ended = subprocess.run(
        command, env=inherited | environment, capture_output=True, text=True, timeout=60, check=False
    )
    seconds = time.monotonic() - started
    return Outcome(ended.returncode, ended.stdout.splitlines(), ended.stderr.splitlines(), seconds)
