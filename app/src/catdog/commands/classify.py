"""Say of pictures whether they show a cat or a dog, by the poor and the well trained model.

  catdog classify cat.jpg dog.png          both models, side by side
  catdog classify --model well cat.jpg     one of them, or a folder that holds a model
  catdog classify --json cat.jpg           one JSON line a file: file, answers or error

A file that is no picture is told as such, and the next one is classified. Exit code 0 if all could be.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from catdog import models
from catdog.errors import PictureError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog classify`."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a picture")
    parser.add_argument("--model", action="append", help="poor, well or a folder (default: poor and well); repeatable")
    parser.add_argument("--json", action="store_true", help="one JSON line a file")


def run(args: argparse.Namespace) -> int:
    """Classify; 0 when every file was a picture, else 1."""
    found = [models.find(name) for name in args.model or models.NAMES]
    # Only now, because it takes seconds: a wrong model is told at once.
    from catdog.classification import Classifier

    classifiers = [Classifier(model) for model in found]
    for classifier in classifiers:
        classifier.warm_up()
    failed = 0
    for file in args.files:
        result: dict = {"file": str(file)}
        try:
            result["answers"] = [classifier.classify_file(file).as_dict() for classifier in classifiers]
        except PictureError as error:
            result["error"] = {"reason": str(error).removeprefix(f"{file}: ")}
            failed += 1
        print(json.dumps(result) if args.json else _in_words(result), flush=True)
    return 1 if failed else 0


def _in_words(result: dict) -> str:
    if "error" in result:
        return f"{result['file']}: not classified: {result['error']['reason']}"
    return f"{result['file']}: " + "; ".join(
        f"{answer['model']} model: {answer['label']} ({answer['confidence']:.0%})" for answer in result["answers"]
    )
