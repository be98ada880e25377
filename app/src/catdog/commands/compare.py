"""Compare the poor and the well trained model on a list of pictures, as a web page and a contact sheet.

  catdog compare lists/original.txt                 to comparison/comparison.html and comparison/comparison.png
  catdog compare lists/own.txt --out DIR            to another folder, made if missing
  catdog compare lists/own.txt --model well --model FOLDER

LIST is a text file: a file, a folder or an http(s) address a line, relative to the list; [a heading] begins a group, #
a comment. What cannot be read becomes a row that says so. Exit code 0 when both files are written, 1 when no picture of
the list could be classified.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from catdog import diary
from catdog.comparison import lists
from catdog.files.disk_errors import writing
from catdog.models import files as model_files

if TYPE_CHECKING:
    from catdog.comparison.comparison import Row

DEFAULT_OUT = Path("comparison")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog compare`."""
    parser.add_argument("list", type=Path, metavar="LIST", help="text file of files, folders and addresses")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, metavar="DIR", help=f"default {DEFAULT_OUT}")
    parser.add_argument("--model", action="append", help="poor, well or a folder (default: poor and well); repeatable")


def run(args: argparse.Namespace) -> int:
    """Compare; 0 when both files are written and at least one picture was classified."""
    groups = lists.read(args.list)
    found = [model_files.find(name) for name in args.model or model_files.NAMES]
    # Before minutes of work: a folder that cannot be written is told at once.
    partial = args.out / "comparison.partial"
    with writing(args.out):
        args.out.mkdir(parents=True, exist_ok=True)
        partial.touch()
    from catdog.tensorflow_startup import start_tensorflow

    start_tensorflow()
    from catdog.comparison.comparison import compare
    from catdog.comparison.contact_sheet import sheet
    from catdog.comparison.page import page
    from catdog.models.classifier import Classifier

    classifiers = [Classifier(model) for model in found]
    comparison = compare(args.list.stem, groups, classifiers, _tell)
    html, png = args.out / "comparison.html", args.out / "comparison.png"
    # Under another name first: what an earlier comparison left stays whole until it is replaced.
    with writing(html):
        partial.write_text(page(comparison), encoding="utf-8")
        partial.replace(html)
    with writing(png):
        sheet(comparison).save(partial, "PNG")
        partial.replace(png)
    print(comparison.summary())
    print(f"Written: {html} and {png}")
    classified = sum(bool(row.answers) for row in comparison.rows)
    diary.note(diary.COMPARED, classified)
    return 0 if classified else 1


def _tell(row: Row, done: int, of: int) -> None:
    print(f"{done}/{of} {row}", flush=True)
