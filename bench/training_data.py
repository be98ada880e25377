"""Figures of labelled pictures on the move: a folder to a topic and to object storage, and each back as a folder.

Pictures: the data folder that CATDOG_PHOTOS names. The topic: KAFKA_BOOTSTRAP_SERVERS, KAFKA_TOPIC (an empty one) and
their companions. The bucket: the name CATDOG_BUCKET, AWS_ENDPOINT_URL_S3 and its companions; it keeps them.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from classifier import PYTHON, ROOT
from commands import given, measured

COUNTED = re.compile(r"^(\d+)(?: of \d+)? pictures are ", re.MULTILINE)


def catdog(*words: str, home: str) -> str:
    """Runs the command: how many pictures in how many seconds, and the process's peak memory."""
    if not PYTHON.exists():
        sys.exit("It is measured in the tests' environment: make setup-test first.")
    environment = os.environ | {"PYTHONPATH": str(ROOT / "app" / "src"), "HOME": home}
    said, seconds, memory = measured([str(PYTHON), "-m", "catdog", *words], environment)
    return f"{COUNTED.findall(said)[-1]} in {seconds:.0f} s ({memory:.0f} MiB)"


def training_topic() -> str:
    """A data folder sent to a topic and loaded from it (bound for 22,500 photos: 60 s each); peak memory of each."""
    photos, topic = given("CATDOG_PHOTOS"), given("KAFKA_TOPIC")
    with tempfile.TemporaryDirectory() as home:
        sent = catdog("send-training", photos, "--topic", topic, home=home)
        loaded = catdog("load", "--from-kafka", topic, "--out", str(Path(home) / "data"), home=home)
    return f"sent {sent}, loaded {loaded}"


def training_bucket() -> str:
    """A data folder stored in a bucket and loaded (bound for 22,500 photos: 120 s each); peak memory of each."""
    photos, address = given("CATDOG_PHOTOS"), f"s3://{given('CATDOG_BUCKET')}/bench-{time.time():.0f}"
    with tempfile.TemporaryDirectory() as home:
        stored = catdog("store", photos, address, home=home)
        loaded = catdog("load", "--from-s3", address, "--out", str(Path(home) / "data"), home=home)
    return f"stored {stored}, loaded {loaded}"


FIGURES: dict[str, Callable[[], str]] = {f.__name__: f for f in (training_topic, training_bucket)}
