"""One whole run: pictures, training, calibration, metrics, and all files of a model in its folder."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from catdog import dataset, models
from catdog.classification import Classifier
from catdog.curves import save_curves
from catdog.dataset import Example, PictureStore
from catdog.evaluation import best_temperature, evaluate
from catdog.model_card import write_card
from catdog.pipeline import test_batches
from catdog.recipes import Recipe
from catdog.training import EpochListener, Listener, train

# Beside the model until the training is complete: decoded pictures and the checkpoint.
WORK = "unfinished"
UNSEEN_DRAWINGS = 500
MIN_TO_CALIBRATE = 50


def run_recipe(
    recipe: Recipe,
    data: Path | None,
    out: Path,
    seed: int,
    command: str,
    on_progress: Listener | None = None,
    on_epoch: EpochListener | None = None,
    on_decode: Callable[[int, int], None] | None = None,
) -> dict:
    """Train on `data` (None: the bundled pictures) and leave the model in `out`; the metrics.

    Raises DataError for pictures that cannot be used, InputError when `out` holds an unfinished other training.
    """
    training, photos = _examples(data, "training"), _examples(data, "validation")
    validation = photos + dataset.drawn("validation", recipe.drawn_validation)
    work = out / WORK
    work.mkdir(parents=True, exist_ok=True)
    run = train(
        recipe, training + dataset.drawn("training", recipe.drawn_training), validation, work, seed,
        on_progress, on_epoch, on_decode,
    )  # fmt: skip
    model = models.save(out, run.model, recipe.preset, recipe.test_size, recipe.test_flip, 1.0)
    if len(run.held_out) >= MIN_TO_CALIBRATE:
        temperature = _temperature(Classifier(model), run.store, run.held_out)
        model = models.save(out, run.model, recipe.preset, recipe.test_size, recipe.test_flip, temperature)
    classifier = Classifier(model)
    sets = {
        "validation" if data else "bundled validation": photos,
        "drawn, unseen": dataset.drawn("unseen", UNSEEN_DRAWINGS),
    }
    metrics = {
        "command": command,
        "seed": seed,
        "network": recipe.network,
        "weights": run.model.count_params(),
        "weights_bytes": (out / models.WEIGHTS).stat().st_size,
        "model_hash": model.hash,
        "pictures": {
            "training": len(run.store) - len(run.held_out),
            "of them drawn": recipe.drawn_training,
            "held out to calibrate": len(run.held_out),
            "left out": [f"{item.name}: {item.reason}" for item in run.store.left_out[:20]],
        },
        "temperature": model.temperature,
        "sets": {name: evaluate(classifier, examples).as_dict() for name, examples in sets.items()},
        "seconds": round(sum(record["seconds"] for record in run.history), 1),
        "processor_seconds": round(sum(record["processor_seconds"] for record in run.history), 1),
        "resumed_after_epochs": run.resumed_at,
        "computed_in": run.dtype,
        "machine": _machine(),
        "tensorflow": version("tensorflow-cpu"),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
    }
    _write_json(out / "history.json", run.history)
    _write_json(out / "metrics.json", metrics)
    save_curves(run.history, out / "curves.png", f"{recipe.preset} model")
    write_card(out / "README.md", recipe, metrics)
    # Last: until here a kill costs no more than the measuring.
    shutil.rmtree(work)
    return metrics


def _examples(data: Path | None, split: str) -> list[Example]:
    return dataset.find(data, split) if data else dataset.bundled(split)


def _temperature(classifier: Classifier, store: PictureStore, rows: np.ndarray) -> float:
    logits, targets = [], []
    for images, wanted in test_batches(store, rows, classifier.model.size):
        logits.append(classifier.logits(np.clip(np.round(images.numpy()), 0, 255).astype(np.uint8)))
        targets.append(wanted.numpy()[:, 0])
    return best_temperature(np.concatenate(logits), np.concatenate(targets))


def _machine() -> str:
    """Processor and cores, without the machine's name."""
    name = platform.processor() or platform.machine()
    for line in _lines(Path("/proc/cpuinfo")):
        if line.startswith("model name"):
            name = line.split(":", 1)[1].strip()
            break
    return f"{name}, {len(os.sched_getaffinity(0))} cores"


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n")
