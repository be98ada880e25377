"""An attendee's row in the table of progress: what `catdog progress --json` said in the notebook, or why not."""

from __future__ import annotations

import json
from typing import Any

# What the table and the page have a column for, in this order.
STEPS = ("opened", "model", "sent", "classified", "compared")
COMMAND = ("timeout", "45", "catdog", "progress", "--json")
# What argparse says of a command that it does not know.
UNKNOWN_COMMAND = "invalid choice: 'progress'"


def seen(attendee: str, said: dict[str, Any]) -> dict[str, Any]:
    """The row of an attendee whose notebook has answered.

    done: whether each step is done (none: not known); text: the same as the table shows it; problem: what the notebook
    could not look at.
    """
    model, sent = said["model"], said["sent"]
    done = {
        "opened": said["opened"],
        "model": model is not None,
        "sent": None if sent is None else sent > 0,
        "classified": said["classified"] > 0,
        "compared": said["compared"] > 0,
    }
    text = {
        "opened": {True: "yes", False: "-", None: "?"}[said["opened"]],
        "model": _model(model),
        "sent": "?" if sent is None else _number(sent, said["more"]),
        "classified": _number(said["classified"]),
        "compared": _number(said["compared"]),
    }
    problem = "; ".join(said["unseen"])
    return _row(attendee, done, text, said["last_activity"], problem) | {"answered": True, "said": said}


def unseen(attendee: str, reason: str) -> dict[str, Any]:
    """The row of an attendee of whom nothing is known."""
    nothing = dict.fromkeys(STEPS)
    return _row(attendee, nothing, dict.fromkeys(STEPS, "?"), None, reason) | {"answered": False, "said": None}


def row(attendee: str, stdout: str, stderr: str, code: int | None) -> dict[str, Any]:
    """The row by what the command printed and how it ended (none: it did not)."""
    try:
        if code == 0:
            return seen(attendee, json.loads(stdout.splitlines()[-1]))
    except (ValueError, KeyError, TypeError, IndexError):
        return unseen(attendee, f"the notebook's answer cannot be read: {stdout.strip()[:200]!r}")
    if code is None or code == 124:
        return unseen(attendee, "the notebook does not answer in time")
    if UNKNOWN_COMMAND in stderr:
        return unseen(attendee, "the notebook is of an earlier version, which does not tell: `make lab` renews it")
    said = stderr.strip().splitlines()[-1:] or [f"exit code {code}"]
    return unseen(attendee, f"the notebook cannot tell: {said[0][:200]}")


def _row(
    attendee: str, done: dict[str, bool | None], text: dict[str, str], last: str | None, problem: str
) -> dict[str, Any]:
    return {"attendee": attendee, "done": done, "text": text, "last_activity": last, "problem": problem}


def _model(model: dict[str, Any] | None) -> str:
    if model is None:
        return "-"
    return "yes" if model["accuracy"] is None else f"{model['accuracy']:.0%}"


def _number(count: int, more: bool = False) -> str:
    return f"{count}+" if more else str(count or "-")
