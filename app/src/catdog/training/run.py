"""One whole run: pictures, training, calibration, metrics, and all files of a model in its folder."""

from __future__ import annotations

import json
import os
import platform
import shlex
import shutil
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from catdog.data import dataset
from catdog.data.dataset import Example, PictureStore
from catdog.data.left_out import write_left_out
from catdog.files.disk_errors import writing
from catdog.models import files as model_files
from catdog.models.classifier import Classifier
from catdog.training.augmentation import test_batches
from catdog.training.curves import save_curves
from catdog.training.evaluation import best_temperature, evaluate
from catdog.training.listener import TrainingListener
from catdog.training.loop import SILENT, Training, train
from catdog.training.model_card import write_card
from catdog.training.recipes import Recipe

# Beside the model until the training is complete: decoded pictures and the checkpoint.
WORK = "unfinished"
# One line a file that was not used, and why; there only if there is one.
UNSEEN_DRAWINGS = 500
MIN_TO_CALIBRATE = 50


def run_recipe(recipe: Recipe, data: Path | None, out: Path, seed: int, listener: TrainingListener = SILENT) -> dict:
    """Train on `data` (None: the bundled pictures) and leave the model in `out`; the metrics.

    Raises DataError for pictures that cannot be used, InputError when `out` holds an unfinished other training,
    OutputError when `out` cannot be written or the disk is full.
    """
    photos = _examples(data, "validation")
    examples = {
        "training": _examples(data, "training") + dataset.drawn("training", recipe.drawn_training),
        "validation": photos + dataset.drawn("validation", recipe.drawn_validation),
    }
    work = out / WORK
    with writing(out):
        work.mkdir(parents=True, exist_ok=True)
        stores = {}
        for split, found in examples.items():
            stores[split] = PictureStore.open(found, work, recipe.store_side, listener.on_decode)
            listener.on_pictures(split, stores[split])
        left_out = [f"{split}: {item}" for split, store in stores.items() for item in store.left_out]
        with writing(work):
            run = train(recipe, stores["training"], stores["validation"], work, seed, listener)
        model = _calibrated(out, recipe, run)
        sets = {"validation" if data else "bundled validation": photos}
        sets["drawn, unseen"] = dataset.drawn("unseen", UNSEEN_DRAWINGS)
        metrics = {"command": _command(recipe, data, out, seed), "seed": seed} | _metrics(
            recipe, run, model, sets, left_out
        )
        _write_json(out / "history.json", run.history)
        _write_json(out / "metrics.json", metrics)
        write_left_out(out, left_out)
        save_curves(run.history, out / "curves.png", f"{recipe.preset} model")
        write_card(out / "README.md", recipe, metrics)
        # Last: until here a kill costs no more than the measuring.
        shutil.rmtree(work)
    return metrics


def _command(recipe: Recipe, data: Path | None, out: Path, seed: int) -> str:
    """The command line that does the same; without the folders' own paths, which mean nothing elsewhere."""
    source = "DIR" if data else "bundled"
    return (
        f"catdog train --data {source} --network {recipe.network} --preset {recipe.preset} "
        f"--out {shlex.quote(out.name)} --seed {seed}"
    )


def _calibrated(out: Path, recipe: Recipe, run: Training) -> model_files.Model:
    """The model as saved in `out`; with the temperature that fits the pictures held out, if they are enough."""
    model = model_files.save(out, run.model, recipe.preset, recipe.test_size, recipe.test_flip, 1.0)
    if len(run.held_out) < MIN_TO_CALIBRATE:
        return model
    temperature = _temperature(Classifier(model), run.store, run.held_out)
    return model_files.save(out, run.model, recipe.preset, recipe.test_size, recipe.test_flip, temperature)


def _metrics(
    recipe: Recipe, run: Training, model: model_files.Model, sets: dict[str, list[Example]], left_out: list[str]
) -> dict:
    classifier = Classifier(model)
    return {
        "network": recipe.network,
        "weights": run.model.count_params(),
        "weights_bytes": (model.folder / model_files.WEIGHTS).stat().st_size,
        "model_hash": model.hash,
        "pictures": {
            "training": len(run.store) - len(run.held_out),
            "of them drawn": recipe.drawn_training,
            "held out to calibrate": len(run.held_out),
            "left out": len(left_out),
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
