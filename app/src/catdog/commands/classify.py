"""Say of pictures whether they show a cat or a dog, by the poor and the well trained model.

  catdog classify cat.jpg photos                  files and folders, both models side by side
  catdog classify https://… - < dog.png           an address on the web, and standard input
  catdog classify --model well cat.jpg            one of the models, or a folder that holds one
  catdog classify --json cat.jpg                  one JSON line a picture: source, answers or error
  catdog classify --explain explained.png cat.jpg  also a heat map over the picture: what each model looked at

What is no picture, or cannot be read, is told as such, and the next one is classified. Of a folder all files are
taken, those in folders below it too. Addresses: http and https, up to 10 MiB and 20 s each. Exit code 0 if all could
be classified, else 1. More than 32 pictures are classified in batches; their seconds are a part of the batch's.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from catdog import diary
from catdog.errors import InputError, PictureError
from catdog.files import web
from catdog.models import files as model_files
from catdog.models.answer import Answer
from catdog.models.classification import Classified, classify
from catdog.pictures import sources

# More pictures than these are classified in batches.
FEW = 32
# The picture with its answers, where there are few, and what is told of it.
Results = Iterator[tuple[Classified | None, dict[str, Any]]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog classify`."""
    parser.add_argument("sources", nargs="+", metavar="SOURCE",
                        help="file, folder of pictures, http(s) address, or - for standard input")  # fmt: skip
    parser.add_argument("--model", action="append", help="poor, well or a folder (default: poor and well); repeatable")
    parser.add_argument("--json", action="store_true", help="one JSON line a picture")
    parser.add_argument("--explain", type=Path, metavar="OUT.png",
                        help="write what the models looked at; for one picture")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Classify; 0 when every source was a picture, else 1."""
    found = [model_files.find(name) for name in args.model or model_files.NAMES]
    addresses = [address for source in args.sources for address in sources.expand(source)]
    if args.explain and len(addresses) > 1:
        raise InputError(f"--explain is for one picture, {len(addresses)} were given: leave the others out")
    # Only now, because it takes seconds: a wrong model is told at once.
    from catdog.tensorflow_startup import start_tensorflow

    start_tensorflow()
    from catdog.models.classifier import Classifier

    classifiers = [Classifier(model) for model in found]
    done = failed = 0
    for classified, result in (_many if _are_many_files(addresses) else _few)(addresses, classifiers):
        done += 1
        failed += "error" in result
        print(json.dumps(result) if args.json else _format(result), flush=True)
        if args.explain and classified:
            from catdog.models.heat_map import panel

            panel(classified, classifiers).save(args.explain, "PNG")
    diary.note(diary.CLASSIFIED, done - failed)
    return 1 if failed else 0


def _are_many_files(addresses: list[str]) -> bool:
    others = (address == sources.STANDARD_INPUT or web.is_url(address) for address in addresses)
    return len(addresses) > FEW and not any(others)


def _few(addresses: list[str], classifiers: list[Any]) -> Results:
    """Each is told as soon as it is there, with its own time."""
    for classifier in classifiers:
        classifier.warm_up()
    for found in sources.read_all(addresses):
        try:
            if found.reason:
                raise PictureError(found.reason)
            classified = classify(classifiers, found.data)
            yield classified, _result(found.address, classified.answers)
        except PictureError as error:
            yield None, _result(found.address, (), str(error))


def _many(addresses: list[str], classifiers: list[Any]) -> Results:
    """In batches, which is faster."""
    from catdog.models import batches

    def read(address: str) -> bytes:
        found = sources.read(address)
        if found.reason:
            raise PictureError(found.reason)
        return found.data

    for address, answers in batches.classify(classifiers, read, addresses):
        if isinstance(answers, PictureError):
            yield None, _result(address, (), str(answers))
        else:
            yield None, _result(address, answers)


def _result(address: str, answers: Iterable[Answer], reason: str = "") -> dict[str, Any]:
    said = {"error": {"reason": reason}} if reason else {"answers": [answer.as_dict() for answer in answers]}
    return {"source": sources.printable(address)} | said


def _format(result: dict[str, Any]) -> str:
    if "error" in result:
        return f"{result['source']}: not classified: {result['error']['reason']}"
    return f"{result['source']}: " + "; ".join(
        f"{answer['model']} model: {answer['label']} ({answer['confidence']:.0%})" for answer in result["answers"]
    )
