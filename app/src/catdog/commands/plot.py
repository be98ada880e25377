"""Plot how models learned: loss and accuracy of training and validation over the epochs, a picture a model.

catdog plot --out DIR                     the original lab's two pictures: DIR/poor.png and DIR/well.png
catdog plot poor ~/models/mine --out DIR  those of the models named, or in the folders given
"""

from __future__ import annotations

import argparse
from pathlib import Path

from catdog.errors import InputError
from catdog.files.disk_errors import writing
from catdog.models import files as model_files


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog plot`."""
    parser.add_argument("models", nargs="*", metavar="MODEL", help="poor, well or a folder (default: poor and well)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the pictures")


def run(args: argparse.Namespace) -> int:
    """Plot; 0 when all are written."""
    found = [model_files.find(name) for name in args.models or model_files.NAMES]
    histories = [model_files.history(model) for model in found]
    files = [args.out / f"{_name(model)}.png" for model in found]
    if len(set(files)) < len(files):
        raise InputError("two models have the same name, so one picture would replace the other: plot them apart")
    # Only now, because it takes a while: a wrong model is told at once.
    from catdog.training.curves import save_curves, title

    with writing(args.out):
        args.out.mkdir(parents=True, exist_ok=True)
    for model, history, file in zip(found, histories, files, strict=True):
        with writing(file):
            save_curves(history, file, title(_name(model), model_files.metrics(model)))
        print(f"written: {file}")
    return 0


def _name(model: model_files.Model) -> str:
    """`poor`, `well`, or its folder's name: models of one's own are called by their preset."""
    return model.name if model.folder.name in model_files.NAMES else model.folder.resolve().name
