"""The picture of a training: accuracy and loss over its epochs, of training and of validation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator


def title(name: str, metrics: dict) -> str:
    """Of a model's picture, from what was measured when it was trained."""
    measured, figures = next(iter(metrics["sets"].items()))
    pictures = metrics["pictures"]["training"]
    return f"{name} model: {pictures:,} pictures, accuracy {figures['accuracy']:.3f} on {measured}"


def save_curves(history: Sequence[dict], path: Path, title: str) -> None:
    """Write `plot_curves` as PNG."""
    plot_curves(history, title).savefig(path, dpi=100, metadata={"Software": None})


def plot_curves(history: Sequence[dict], title: str, figure: Figure | None = None) -> Figure:
    """Draw into the figure, or a new one; where the pictures' size changes there is a thin line."""
    figure = figure or Figure(figsize=(10, 4), layout="constrained")
    figure.suptitle(title)
    epochs = [record["epoch"] for record in history]
    for axes, what in zip(figure.subplots(1, 2), ("accuracy", "loss"), strict=True):
        axes.plot(epochs, [record[what] for record in history], label="training")
        axes.plot(epochs, [record[f"validation_{what}"] for record in history], label="validation")
        for before, after in pairwise(history):
            if before["size"] != after["size"]:
                axes.axvline(after["epoch"] - 0.5, color="grey", linewidth=0.5)
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_ylabel(what)
        axes.grid(alpha=0.3)
        axes.legend()
    return figure
