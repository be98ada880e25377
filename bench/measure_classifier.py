"""One figure of one network, as a line of JSON: run by bench/classifier.py in the tests' environment.

measure_classifier.py training|classification|size|single|folder fast|reference
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from catdog.data import dataset
from catdog.data.dataset import PictureStore
from catdog.drawing import draw, layout
from catdog.models import files as model_files
from catdog.models import networks
from catdog.models.batches import BATCH
from catdog.models.classification import classify
from catdog.models.classifier import Classifier
from catdog.training import recipes
from catdog.training.evaluation import evaluate
from catdog.training.loop import train
from catdog.training.recipes import Phase

STEPS = 12  # of training, an epoch
REPEATS = 15
SINGLES = 100
FOLDER = 2500


def training(network: str) -> dict:
    """speeds: images a second by size, of the second of two epochs, as in the first the network is compiled."""
    recipe = recipes.get(network, "well")
    drawings = dataset.drawn("training", recipe.batch_size)
    speeds = {}
    with tempfile.TemporaryDirectory() as work:
        for size in sorted({phase.size for phase in recipe.phases}):
            one = replace(recipe, phases=(Phase(2, size),), held_out=0.0)
            folder = Path(work) / str(size)
            stores = (PictureStore.open(some, folder, one.store_side) for some in (drawings * STEPS, drawings[:2]))
            run = train(one, *stores, folder)
            speeds[size] = len(run.store) / run.history[1]["seconds"]
    return {"speeds": speeds, "memory": _peak_memory()}


def classification(network: str) -> dict:
    """speed: images a second, over all batches."""
    with tempfile.TemporaryDirectory() as folder:
        return {"speed": _bare_speed(_fresh(network, Path(folder))), "memory": _peak_memory()}


def size(network: str) -> dict:
    """bytes and weights."""
    with tempfile.TemporaryDirectory() as folder:
        model = _fresh(network, Path(folder)).model
        return {"bytes": (model.folder / model_files.WEIGHTS).stat().st_size, "weights": model.weights}


def single(network: str) -> dict:
    """milliseconds from a JPEG of 500 x 375 px, as most of the photos are before they are scaled, to the answer."""
    with tempfile.TemporaryDirectory() as folder:
        classifier = _fresh(network, Path(folder))
        buffer = io.BytesIO()
        draw("cat", 1, 500).crop((0, 0, 500, 375)).save(buffer, "JPEG")
        times = [classify([classifier], buffer.getvalue()).answers[0].seconds for _ in range(SINGLES + 1)]
        return {"milliseconds": 1000 * median(times[1:])}  # in the first the network is compiled


def folder(network: str) -> dict:
    """share: of the bare network's speed, when files are found, read and decoded as well; after the first batches."""
    with tempfile.TemporaryDirectory() as place:
        photos = Path(os.environ.get("CATDOG_PHOTOS") or place)
        pictures = "photos" if os.environ.get("CATDOG_PHOTOS") else "drawings"
        if pictures == "drawings":
            for number, example in enumerate(layout.write(layout.by_label(100, 1), photos / "some")):
                for copy in range(FOLDER // 100):
                    target = photos / "validation" / example.parent.name / f"{number}-{copy}.jpg"
                    target.parent.mkdir(parents=True, exist_ok=True)
                    Image.open(example).resize((144, 144)).save(target, quality=90)
        classifier = _fresh(network, Path(place) / "model")
        bare = [_bare_speed(classifier)]
        found = evaluate(classifier, dataset.find(photos, "validation"))
        bare.append(_bare_speed(classifier))
        return {
            "share": found.count / found.seconds / np.mean(bare), "bare": float(np.mean(bare)), "count": found.count,
            "pictures": pictures,
        }  # fmt: skip


def _fresh(network: str, folder: Path) -> Classifier:
    """An untrained model: it computes as long as a trained one."""
    recipe = recipes.get(network, "well")
    built = networks.build(network)
    return Classifier(model_files.save(folder, built, "fresh", recipe.test_size, recipe.test_flip, 1.0))


def _bare_speed(classifier: Classifier) -> float:
    side = classifier.model.size
    images = np.random.default_rng(1).integers(0, 256, (BATCH, side, side, 3), np.uint8)
    classifier.logits(images)
    started = time.perf_counter()
    for _ in range(REPEATS):
        classifier.logits(images)
    return BATCH * REPEATS / (time.perf_counter() - started)


def _peak_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


MEASURES: dict[str, Callable[[str], dict]] = {f.__name__: f for f in (training, classification, size, single, folder)}

if __name__ == "__main__":
    print(json.dumps(MEASURES[sys.argv[1]](sys.argv[2])))
