"""Prepare real photos of cats and dogs from elsewhere: checked, split and laid out for `catdog train --data DIR`.

  catdog prepare FOLDER --out DIR                     any folder: PetImages/Cat/1.jpg, train/dog.17.jpg, cats/x.png …
  catdog prepare FILE.zip --out DIR                   an archive, also .tar, .tar.gz, .tar.bz2, .tar.xz
  catdog prepare https://… --sha256 HEX --out DIR     the same from the web
  catdog prepare tfds:cats_vs_dogs --out DIR          TensorFlow Datasets' 25,000: as it has prepared them in
                                                       ~/tensorflow_datasets, else the 825 MB archive it makes them of

DIR gets training/{cat,dog}, validation/{cat,dog}, photos.json (what was taken) and left_out.txt (what was not, and
why: no picture, no class in its path, the same bytes as another). If the source has training and validation photos,
that stays so; else a fifth of each class is for validation, chosen by the photos' bytes: the same ones every time.
What was interrupted goes on when the same command is given again.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from catdog.progress import ProgressLines


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog prepare`."""
    parser.add_argument("source", metavar="SOURCE", help="folder, archive, URL or tfds:cats_vs_dogs")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to; made if missing")
    parser.add_argument("--sha256", type=_sha256, metavar="HEX", help="refuse an archive that has another")
    parser.add_argument("--validation", type=_share, metavar="SHARE",
                        help="part of each class that is for validation, as 0.2 (default: see above)")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Prepare them; 0 when all that can be used are there."""
    from catdog.data.left_out import LEFT_OUT
    from catdog.data.photos import import_photos

    lines = ProgressLines()

    def downloaded(done: int, of: int | None) -> None:
        lines.passing(f"{done / 1e6:.1f}{f' of {of / 1e6:.1f}' if of else ''} MB downloaded")

    summary = import_photos(
        args.source, args.out, args.sha256, args.validation, downloaded,
        lambda done, of: lines.passing(f"{done} of {of} files looked at"),
    )  # fmt: skip
    for split, classes in summary.photos.items():
        lines.stays(f"{split}: {classes['cat']} cats, {classes['dog']} dogs")
    if summary.left_out:
        lines.stays(f"{summary.left_out} files were left out: {args.out / LEFT_OUT} says why")
    lines.stays(f"{summary.count} photos are in {args.out}")
    return 0


def _sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no SHA-256: give 64 hexadecimal digits")
    return text.lower()


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number: give a part of all, as 0.2") from None
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f"{text} is out of bounds: give more than 0 and less than 1")
    return share
