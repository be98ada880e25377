"""Figures of `catdog stream` against the Kafka that KAFKA_BOOTSTRAP_SERVERS and its companions name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable

from classifier import PYTHON, ROOT


def measure(figure: str) -> dict:
    """What bench/measure_streaming.py says of one figure."""
    if not PYTHON.exists():
        sys.exit("The stream is measured in the tests' environment: make setup-test first.")
    if not os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        sys.exit(
            "KAFKA_BOOTSTRAP_SERVERS is not set: name the brokers, and what else `catdog stream` needs to reach them."
        )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "app" / "src"), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [str(PYTHON), "bench/measure_streaming.py", figure]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{figure} could not be measured.")
    return json.loads(done.stdout.splitlines()[-1])


def stream_share() -> str:
    """Pictures a second through Kafka, as a part of the bare models' (bound: 80 %); peak memory of the service."""
    found = measure("share")
    return (
        f"{found['share']:.0%} of {found['bare']:.1f}/s ({found['count']} {found['pictures']}, both models; "
        f"{found['memory'] / 2**20:.0f} MiB)"
    )


def stream_latency() -> str:
    """From produced to predicted at 20 pictures a second (bound: p99 150 ms)."""
    found = measure("latency")
    return (
        f"p50 {found['p50']:.0f} ms, p99 {found['p99']:.0f} ms, most {found['most']:.0f} ms ({found['count']} pictures)"
    )


def stream_replicas() -> str:
    """Two replicas on two partitions: what part of the pictures each takes, and the second's peak memory."""
    found = measure("replicas")
    return f"{found['shares'][0]:.0%} and {found['shares'][1]:.0%} ({found['memory'] / 2**20:.0f} MiB each at most)"


FIGURES: dict[str, Callable[[], str]] = {f.__name__: f for f in (stream_share, stream_latency, stream_replicas)}
