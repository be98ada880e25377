"""Figures of the lab's two Kafka clients against the Kafka that KAFKA_BOOTSTRAP_SERVERS and its companions name."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from commands import given, measured

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = ROOT / "app" / "clients"
PYTHON = ROOT / ".venv" / "bin" / "python"
RUNS = 15
PICTURE = b"\xff\xd8\xff\xe0" + os.urandom(100_000 - 4)  # begins as a JPEG does, which is all that clients look at


def build_go_client(folder: Path) -> Path:
    """The Go client, from the build cache where it is there."""
    command = [str(PYTHON), str(CLIENTS / "go" / "build"), str(folder)]
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
        sys.exit("The Go client could not be built: nothing was measured.")
    return folder / "kafkaClient"


def flags(mark: str, *, tls: str) -> list[str]:
    """What both are told of the brokers, each in its own spelling."""
    told = [f"{mark}brokers", given("KAFKA_BOOTSTRAP_SERVERS"), f"{mark}topic", given("KAFKA_TOPIC")]
    if os.environ.get("KAFKA_SECURITY_PROTOCOL") == "SSL":
        told += [f"{mark}{tls}", f"{mark}ca-file", given("KAFKA_SSL_CAFILE")]
    return told


def client_start() -> str:
    """From the start of each client to its end with a picture of 100 kB acknowledged (bound: 0.3 and 1.5 s)."""
    if not PYTHON.exists():
        sys.exit("The clients are measured in the lab's environment: make setup first.")
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "picture.jpg"
        picture.write_bytes(PICTURE)
        commands = {
            "Go": [str(build_go_client(Path(folder))), *flags("-", tls="tls"), "-file", str(picture)],
            "Python": [
                *(str(PYTHON), str(CLIENTS / "kafka_producer.py"), *flags("--", tls="use-tls")),
                *("--file", str(picture)),
            ],
        }
        runs = [{name: measured(command)[1:] for name, command in commands.items()} for _ in range(RUNS)]
    told = []
    for name in commands:
        seconds = [run[name][0] for run in runs]
        memory = max(run[name][1] for run in runs)
        told.append(f"{name} {statistics.median(seconds):.2f} s (most {max(seconds):.2f} s; {memory:.0f} MiB)")
    return f"{', '.join(told)}, {RUNS} pictures each in turns"


FIGURES: dict[str, Callable[[], str]] = {client_start.__name__: client_start}
