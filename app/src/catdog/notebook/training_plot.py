"""Training as one sees it in a notebook: loss and accuracy, epoch by epoch, and the time that is left."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import ipywidgets
from IPython.display import DisplayHandle, display

from catdog.data.dataset import PictureStore, usage_report
from catdog.models import files as model_files
from catdog.notebook.display import png
from catdog.training.curves import plot_curves
from catdog.training.listener import Progress, TrainingListener
from catdog.training.recipes import Phase, Recipe, get
from catdog.training.run import run_recipe

# Set (by tests) to train for as few epochs, at a fraction of the size: to see that it works, not to learn.
QUICK = "CATDOG_QUICK_EPOCHS"
_QUICK_SIZE = 32


class LivePlot(TrainingListener):
    """Curves that grow while a training tells of its progress: a bar with the time left, and a figure an epoch."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._bar = ipywidgets.IntProgress(min=0, max=1, bar_style="info", layout={"width": "30em"})
        self._told = ipywidgets.Label()
        self._figure = DisplayHandle()

    def show(self) -> None:
        """Put bar and figure below the cell."""
        display(ipywidgets.HBox([self._bar, self._told]))
        self._figure.display({"text/plain": ""}, raw=True)

    def on_batch_end(self, progress: Progress) -> None:
        self._bar.max = progress.epochs * progress.steps
        self._bar.value = (progress.epoch - 1) * progress.steps + progress.step
        self._told.value = f"epoch {progress.epoch} of {progress.epochs}, {_minutes(progress.seconds_left)} left"

    def on_epoch_end(self, record: dict, history: list[dict]) -> None:
        title = f"{self.title}: validation accuracy {record['validation_accuracy']:.2f}"
        self._figure.update(png(plot_curves(history, title)))

    def on_decode(self, done: int, of: int) -> None:
        self._told.value = f"{done} of {of} pictures read"

    def on_pictures(self, split: str, store: PictureStore) -> None:
        if store.left_out:
            print(usage_report(split, store))

    def finish(self, text: str) -> None:
        """The last word."""
        self._bar.bar_style = "success"
        self._told.value = text


def train_live(data: str | Path | None = None, network: str = "fast", preset: str = "poor", seed: int = 1) -> dict:
    """Train as `catdog train` does, with live curves; the model goes to ~/models/<preset>. The metrics.

    data: folder with {training,validation}/{cat,dog}; None: the bundled drawings. Errors as in run_recipe.
    """
    recipe = _shortened(get(network, preset))
    plot = LivePlot(f"{preset} model, network {network}")
    plot.show()
    metrics = run_recipe(recipe, Path(data) if data else None, model_files.own_folder() / preset, seed, plot)
    plot.finish(f"done in {_minutes(metrics['seconds'])}")
    return metrics


def _shortened(recipe: Recipe) -> Recipe:
    epochs = os.environ.get(QUICK)
    return replace(recipe, phases=(Phase(int(epochs), _QUICK_SIZE),)) if epochs else recipe


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d} min"
