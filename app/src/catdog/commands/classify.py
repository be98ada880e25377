"""Say of pictures whether they show a cat or a dog, by the poor and the well trained model.

  catdog classify cat.jpg photos            files and folders, both models side by side
  catdog classify https://… - < dog.png     an address on the web, and standard input
  catdog classify --model well cat.jpg      one of the models, or a folder that holds one
  catdog classify --json cat.jpg            one JSON line a picture: source, answers or error
  catdog classify --why why.png cat.jpg     also a heat map over the picture: what each model looked at

What is no picture, or cannot be read, is told as such, and the next one is classified. Of a folder all files are
taken, those in folders below it too. Addresses: http and https, up to 10 MiB and 20 s each. Exit code 0 if all could
be classified, else 1.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from catdog import models, sources
from catdog.errors import InputError, PictureError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog classify`."""
    parser.add_argument("sources", nargs="+", metavar="SOURCE",
                        help="file, folder of pictures, http(s) address, or - for standard input")  # fmt: skip
    parser.add_argument("--model", action="append", help="poor, well or a folder (default: poor and well); repeatable")
    parser.add_argument("--json", action="store_true", help="one JSON line a picture")
    parser.add_argument("--why", type=Path, metavar="OUT.png", help="write what the models looked at; for one picture")


def run(args: argparse.Namespace) -> int:
    """Classify; 0 when every source was a picture, else 1."""
    found = [models.find(name) for name in args.model or models.NAMES]
    addresses = [address for source in args.sources for address in sources.expand(source)]
    if args.why and len(addresses) > 1:
        raise InputError(f"--why is for one picture, {len(addresses)} were given: leave the others out")
    # Only now, because it takes seconds: a wrong model is told at once.
    from catdog.quiet import start_tensorflow

    start_tensorflow()
    from catdog.classification import Classifier

    classifiers = [Classifier(model) for model in found]
    for classifier in classifiers:
        classifier.warm_up()
    failed = 0
    for one in sources.read_all(addresses):
        result = _result(one, classifiers)
        failed += "error" in result
        print(json.dumps(result) if args.json else _in_words(result), flush=True)
        if args.why and "answers" in result:
            from catdog.heat_map import panel

            panel(one.data, classifiers).save(args.why, "PNG")
    return 1 if failed else 0


def _result(found: sources.Found, classifiers: list[Any]) -> dict[str, Any]:
    source = sources.printable(found.address)
    if found.reason:
        return {"source": source, "error": {"reason": found.reason}}
    try:
        return {"source": source, "answers": [one.classify(found.data).as_dict() for one in classifiers]}
    except PictureError as error:
        return {"source": source, "error": {"reason": str(error)}}


def _in_words(result: dict[str, Any]) -> str:
    if "error" in result:
        return f"{result['source']}: not classified: {result['error']['reason']}"
    return f"{result['source']}: " + "; ".join(
        f"{answer['model']} model: {answer['label']} ({answer['confidence']:.0%})" for answer in result["answers"]
    )
