"""Train a network on pictures of cats and dogs.

  catdog train                                     the poor model: the lab's own 80 + 20 drawings, to ~/models/poor
  catdog train --data DIR --preset well --out OUT  a good one, from DIR/{training,validation}/{cat,dog}
  catdog train --network reference                 with the original lab's network

The preset says how: epochs, sizes, rates and how many drawings are added (see catdog.training.recipes). A training
that was killed goes on from its last epoch when the same command is given again. OUT gets model.weights.h5,
model.json, metrics.json, history.json, curves.png and README.md, the model's card. Files in the data folder that are
no pictures are left out, told and listed in OUT/left_out.txt; `catdog prepare` makes a data folder of photos from
elsewhere.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from catdog.arguments import whole_number
from catdog.data.dataset import PictureStore, find, usage_report
from catdog.data.folder import SPLITS
from catdog.models import files as model_files
from catdog.progress import ProgressLines
from catdog.training.listener import Progress, TrainingListener
from catdog.training.recipes import NETWORK_NAMES, PRESETS, get

BUNDLED = "bundled"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog train`."""
    parser.add_argument("--data", default=BUNDLED, metavar="DIR",
                        help="folder with {training,validation}/{cat,dog}, or `bundled` (default)")  # fmt: skip
    parser.add_argument(
        "--network", choices=NETWORK_NAMES, default=NETWORK_NAMES[0], help=f"default {NETWORK_NAMES[0]}"
    )
    parser.add_argument("--preset", choices=PRESETS, default=PRESETS[0], help=f"default {PRESETS[0]}")
    parser.add_argument("--out", type=Path, metavar="DIR",
                        help=f"folder for the model (default: {model_files.own_folder()}/PRESET)")  # fmt: skip
    parser.add_argument("--seed", type=whole_number(0, 2**31 - 1), default=1, help="of everything random (default 1)")


def run(args: argparse.Namespace) -> int:
    """Train, measure, write; 0 when done."""
    out = args.out or model_files.own_folder() / args.preset
    data = None if args.data == BUNDLED else Path(args.data)
    for split in SPLITS if data else ():
        find(data, split)
    # Only now, because it takes seconds: a wrong folder is told at once.
    from catdog.tensorflow_startup import start_tensorflow

    start_tensorflow()
    from catdog.training.run import run_recipe

    metrics = run_recipe(get(args.network, args.preset), data, out, args.seed, _ProgressListener())
    for name, figures in metrics["sets"].items():
        print(f"{name}: accuracy {figures['accuracy']:.4f} on {figures['count']} pictures, "
              f"calibration error {figures['calibration_error']:.3f}")  # fmt: skip
    print(f"written to {out}")
    return 0


class _ProgressListener(TrainingListener):
    """A training's progress on the command line: one line an epoch, and within it what is passing."""

    def __init__(self) -> None:
        self._lines = ProgressLines()
        self._left = 0.0

    def on_decode(self, done: int, of: int) -> None:
        (self._lines.stays if done == of else self._lines.passing)(f"pictures {done}/{of} decoded")

    def on_pictures(self, split: str, store: PictureStore) -> None:
        self._lines.stays(usage_report(split, store))

    def on_batch_end(self, progress: Progress) -> None:
        self._left = progress.seconds_left
        self._lines.passing(
            f"epoch {progress.epoch}/{progress.epochs}  step {progress.step}/{progress.steps}  {progress.size} px  "
            f"loss {progress.loss:.3f}  accuracy {progress.accuracy:.3f}  left {minutes(progress.seconds_left)}"
        )

    def on_epoch_end(self, record: dict, history: list[dict]) -> None:
        self._lines.stays(
            f"epoch {record['epoch']:>2}  {record['size']} px  loss {record['loss']:.3f}  accuracy "
            f"{record['accuracy']:.3f}  validation {record['validation_accuracy']:.3f}  "
            f"{record['seconds']:.0f} s  left {minutes(self._left)}"
        )


def minutes(seconds: float) -> str:
    """As 3:05."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
