"""Filters for the class: how many have done each step, and the rows of its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.attendee_progress import STEPS

# What a step is called at the head of its column, and after "7 of 20".
HEADS = {
    "opened": ("notebook opened", "have opened the notebook"),
    "model": ("own model", "have trained a model"),
    "sent": ("pictures sent", "have sent a picture"),
    "classified": ("classified", "have classified"),
    "compared": ("compared", "have compared"),
}


def progress_counts(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For each step its name, head, words, and how many of all have done it."""
    return [
        {
            "step": step,
            "head": HEADS[step][0],
            "words": HEADS[step][1],
            "done": sum(row["done"][step] is True for row in rows),
            "of": len(rows),
        }
        for step in STEPS
    ]


def progress_table(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The rows by the heads of their columns, for text_table."""
    return [
        {
            "attendee": row["attendee"],
            **{HEADS[step][0]: row["text"][step] for step in STEPS},
            "last activity": local_time(row["last_activity"]) or "-",
            "remark": row["problem"],
        }
        for row in rows
    ]


def local_time(utc: str | None) -> str:
    """Hour and minute of this machine's clock, with the day if it is another one than today; empty for none."""
    if not utc:
        return ""
    time = datetime.fromisoformat(utc).astimezone()
    return time.strftime("%H:%M" if time.date() == datetime.now().astimezone().date() else "%Y-%m-%d %H:%M")


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"progress_counts": progress_counts, "progress_table": progress_table, "local_time": local_time}
