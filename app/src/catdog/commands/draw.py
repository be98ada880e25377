"""Draw pictures of cats and dogs.

catdog draw --out DIR --count 10 --seed 1              ten pictures, cats and dogs in turn: DIR/{cat,dog}/*.png
catdog draw --out DIR --count 1 --seed 7 --label dog   one dog
catdog draw --out DIR --count 2000 --seed 1 --layout   DIR/data/{training,validation}/{cat,dog}, a fifth to validate
catdog draw --out DIR --bundled                        the lab's own 80 + 20, laid out so
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from catdog import LABELS
from catdog.arguments import whole_number
from catdog.drawing import MAX_SIZE, MIN_SIZE, layout
from catdog.errors import InputError

MAX_COUNT = 100_000
MAX_SEED = 2**53


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog draw`."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to; made if missing")
    parser.add_argument("--count", type=whole_number(1, MAX_COUNT), default=10, help="how many in all (default 10)")
    parser.add_argument("--seed", type=whole_number(0, MAX_SEED), default=1, help="first picture's seed (default 1)")
    parser.add_argument("--label", choices=LABELS, help="draw this animal only (default: both in turn)")
    parser.add_argument(
        "--size",
        type=whole_number(MIN_SIZE, MAX_SIZE),
        default=200,
        metavar="PIXELS",
        help="side of the square pictures (default 200)",
    )
    parser.add_argument("--layout", action="store_true", help="write data/{training,validation}/{cat,dog}")
    parser.add_argument("--bundled", action="store_true", help="the lab's own 80 + 20 pictures; --count, --seed unused")
    parser.add_argument("--json", action="store_true", help="one JSON line a picture: path, label, seed")


def run(args: argparse.Namespace) -> int:
    """Draw; 0 when all are written."""
    labels = (args.label,) if args.label else LABELS
    if args.bundled:
        if args.label:
            raise InputError("--bundled draws cats and dogs: leave --label out")
        drawings = list(layout.bundled())
    elif args.layout:
        validation = args.count // 5
        drawings = list(layout.laid_out(args.count - validation, validation, args.seed, labels))
    else:
        drawings = list(layout.by_label(args.count, args.seed, labels))
    paths = layout.write(iter(drawings), args.out, args.size)
    if args.json:
        for path, drawing in zip(paths, drawings, strict=True):
            print(json.dumps({"path": str(path), "label": drawing.label, "seed": drawing.seed}))
    else:
        print(f"{len(paths)} pictures written to {args.out}")
    return 0
