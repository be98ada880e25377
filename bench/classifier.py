"""Figures of the classifier: network `fast` against `reference`, each measured in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What make setup-test links: it has TensorFlow.
PYTHON = ROOT / ".venv-test" / "bin" / "python"
NETWORKS = ("fast", "reference")
GOAL = 0.93


def measure(*words: str, cores: str = "") -> dict:
    """What bench/measure_classifier.py says, run on the cores (as taskset names them; all if there are none)."""
    if not PYTHON.exists():
        sys.exit("The classifier is measured in the tests' environment: make setup-test first.")
    command = ["taskset", "--cpu-list", cores] * bool(cores) + [str(PYTHON), "bench/measure_classifier.py", *words]
    done = subprocess.run(command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)} could not be measured.")
    return json.loads(done.stdout.splitlines()[-1])


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT / "app" / "src"), "TF_CPP_MIN_LOG_LEVEL": "3"}


def _side_by_side(figure: str, text: Callable[[dict], str], **options: str) -> str:
    return "; ".join(f"{network} {text(measure(figure, network, **options))}" for network in NETWORKS)


def training_speed() -> str:
    """Images a second in training, at each size of the recipe `well`; and the process's peak memory."""

    def text(found: dict) -> str:
        speeds = ", ".join(f"{speed:.1f}/s at {size} px" for size, speed in found["speeds"].items())
        return f"{speeds} ({found['memory'] / 2**20:.0f} MiB)"

    return _side_by_side("training", text)


def classification_speed() -> str:
    """Images a second in classification, decoded pictures in batches; and the process's peak memory."""
    return _side_by_side("classification", lambda one: f"{one['speed']:.1f}/s ({one['memory'] / 2**20:.0f} MiB)")


def model_size() -> str:
    """Size of the file of weights."""
    return _side_by_side("size", lambda one: f"{one['bytes'] / 1e6:.1f} MB, {one['weights']:,} weights")


def single_picture() -> str:
    """From bytes to answer, warm, on one core: median of 100 (bound: 20 ms with fast)."""
    return _side_by_side("single", lambda one: f"{one['milliseconds']:.1f} ms", cores="0")


def folder_share() -> str:
    """2,500 pictures in a folder classified, as a part of the bare network's speed (bound: 70 % with fast)."""
    found = measure("folder", "fast")
    return f"{found['share']:.0%} of {found['bare']:.0f}/s ({found['count']} {found['pictures']})"


def classify_start() -> str:
    """`catdog classify` of one picture, from its start to its answer, both models (bound: 6 s); median of 3."""
    with tempfile.TemporaryDirectory() as folder:
        catdog = [str(PYTHON), "-m", "catdog"]
        subprocess.run([*catdog, "draw", "--count", "1", "--out", folder], env=_environment(), check=True)
        picture = next(Path(folder).rglob("*.png"))
        seconds = []
        for _ in range(3):
            started = time.monotonic()
            subprocess.run([*catdog, "classify", str(picture)], env=_environment(), check=True)
            seconds.append(time.monotonic() - started)
    return f"{sorted(seconds)[1]:.1f} s"


def time_to_goal() -> str:
    """Training time to 0.93 and final accuracy, from the history of the shipped model and of CATDOG_REFERENCE's."""
    folders = {"fast": ROOT / "app" / "models" / "well"}
    if given := os.environ.get("CATDOG_REFERENCE"):
        folders["reference"] = Path(given)
    told = []
    for network, folder in folders.items():
        spent, reached = 0.0, "not reached"
        for record in json.loads((folder / "history.json").read_text()):
            spent += record["seconds"]
            if record["validation_accuracy"] >= GOAL and reached == "not reached":
                reached = f"after {spent / 60:.1f} min"
        figures = json.loads((folder / "metrics.json").read_text())["sets"]["validation"]
        told.append(f"{network} {GOAL} {reached}, {figures['accuracy']:.4f} after {spent / 60:.1f} min")
    return "; ".join(told)


FIGURES: dict[str, Callable[[], str]] = {
    f.__name__: f
    for f in (
        training_speed, classification_speed, model_size, single_picture, folder_share, classify_start, time_to_goal,
    )
}  # fmt: skip
