"""Tell how far the attendee has come, for the instructor's table: inside the notebook's container.

  catdog progress                in words
  catdog progress --json         one JSON line: opened, model, sent, more, classified, compared, last_activity, unseen

It tells of the notebook opened, the own model that was trained last, pictures sent that are not the verification's,
classified, compared. No picture, name of a file or answer is in it. What cannot be looked at is told in `unseen`, and
the rest stands. Exit code 0.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catdog.standing.standing import Standing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog progress`."""
    parser.add_argument("--json", action="store_true", help="one JSON line")


def run(args: argparse.Namespace) -> int:
    """Look and tell; 0."""
    from catdog.standing.standing import look

    found = look()
    print(json.dumps(found.as_dict()) if args.json else _format(found))
    return 0


def _format(found: Standing) -> str:
    model = found.model
    accuracy = f"right on {model['accuracy']:.0%}" if model and model["accuracy"] is not None else "not measured"
    lines = {
        "notebook opened": {True: "yes", False: "no", None: "not known"}[found.opened],
        "own model": f"{model['name']}, {accuracy}" if model else "none",
        "pictures sent": "not known" if found.sent is None else f"{found.sent}{' or more' if found.more else ''}",
        "classified": found.classified,
        "compared": found.compared,
        "last activity": found.last_activity or "none",
    }
    return "\n".join([*(f"{name}: {value}" for name, value in lines.items()), *found.unseen])
