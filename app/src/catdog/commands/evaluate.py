"""Measure a model on labelled pictures.

  catdog evaluate --data DIR                 the well model on DIR/{cat,dog} or DIR/validation/{cat,dog}
  catdog evaluate --data DIR --model poor    the attendee's own, or the shipped poor one
  catdog evaluate --data DIR --model FOLDER  any model that `catdog train` wrote
  catdog evaluate --drawn 500 --json         on drawings of seeds that no recipe trains on

With --json the last line holds accuracy, count, calibration_error, log_loss, confusion, left_out, seconds, model and
model_hash.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from catdog.arguments import whole_number


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog evaluate`."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, metavar="DIR", help="folder with {cat,dog} or validation/{cat,dog}")
    source.add_argument("--drawn", type=whole_number(2, 100_000), metavar="N", help="N unseen drawings instead")
    parser.add_argument("--model", default="well", help="poor, well (default) or a folder that holds a model")
    parser.add_argument("--json", action="store_true", help="the last line as JSON")


def run(args: argparse.Namespace) -> int:
    """Evaluate; 0 when done, however good the model is."""
    from catdog.data import dataset
    from catdog.models import files as model_files

    model = model_files.find(args.model)
    examples = dataset.drawn("unseen", args.drawn) if args.drawn else dataset.find(args.data, _split(args.data))
    # Only now, because it takes seconds: a wrong folder or model is told at once.
    from catdog.tensorflow_startup import start_tensorflow

    start_tensorflow()
    from catdog.models.classifier import Classifier
    from catdog.training.evaluation import evaluate

    result = evaluate(Classifier(model), examples)
    for left_out in result.left_out:
        print(f"left out: {left_out}", file=sys.stderr)
    if args.json:
        print(json.dumps(result.as_dict()))
    else:
        wrong = sum(of for truth, row in result.confusion.items() for label, of in row.items() if label != truth)
        print(f"{result.model} model {result.model_hash}: accuracy {result.accuracy:.4f} on {result.count} pictures "
              f"({wrong} wrong, {len(result.left_out)} left out), calibration error {result.calibration_error:.3f}, "
              f"{result.seconds:.1f} s")  # fmt: skip
    return 0


def _split(folder: Path) -> str | None:
    return "validation" if (folder / "validation").is_dir() else None
