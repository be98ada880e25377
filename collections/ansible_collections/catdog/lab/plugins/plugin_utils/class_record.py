"""What runs have done for each attendee of a class: state, seconds of each step, why it failed, what tries again.

Kept in the folder of reports as class.json, which each run reads first so that a run for one attendee leaves the
others' rows, and for people as class.csv and class.html.
"""

from __future__ import annotations

import csv
import io
import json
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from ansible_collections.catdog.lab.plugins.plugin_utils.attendee_reports import attendee_reports, thumbnails

TEMPLATE = Path(__file__).with_name("class.html.j2")
COLUMNS = ("name", "state", "step", "seconds", "task", "reason", "retry", "since")
REPORTED = ("notebook", "kafka", "topic", "user", "verified", "right", "count", "probes")  # columns, too
# States in which an attendee is served: nobody has to try again.
DONE = ("ready", "removed")


@dataclass
class Row:
    """An attendee: `state` is waiting, running, interrupted, failed, or what a run ended with (ready, removed).

    `step` is the one at work or that failed, `steps` the seconds of each, `since` when the state began.
    """

    name: str
    state: str = "waiting"
    step: str = ""
    task: str = ""
    reason: str = ""
    retry: str = ""
    since: str = ""
    steps: dict[str, float] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Of all steps together."""
        return round(sum(self.steps.values()), 1)

    def turn(self, state: str, **values: str) -> None:
        """Give it another state, from now on."""
        self.state, self.since = state, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        for name, value in values.items():
            setattr(self, name, value)


class ClassRecord:
    """The rows of a class, in the inventory's order, in `folder`."""

    def __init__(self, folder: Path, attendees: Sequence[str]) -> None:
        """Takes all attendees of the inventory; rows of others are dropped."""
        self.folder = folder
        earlier = self._earlier()
        self.rows = {name: earlier.get(name) or Row(name) for name in attendees}
        # Of who is ready, since then: the record is written again and again while others are worked on.
        self._reports: dict[tuple[str, str], tuple[dict[str, Any], list[str]]] = {}

    def _reports_of(self, row: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """What the attendee's own reports say, and thumbnails; nothing of whoever is not ready."""
        if row["state"] != "ready":
            return {}, []
        known, folder = (row["name"], row["since"]), self.folder / row["name"]
        if known not in self._reports:
            self._reports[known] = attendee_reports(folder), thumbnails(folder)
        return self._reports[known]

    def _earlier(self) -> dict[str, Row]:
        try:
            rows = json.loads((self.folder / "class.json").read_text())["attendees"]
            return {row["name"]: Row(**{key: row[key] for key in Row.__dataclass_fields__}) for row in rows}
        except (OSError, ValueError, KeyError, TypeError):  # none yet, or of another version of the bundle
            return {}

    def begin(self, names: Iterable[str]) -> None:
        """A run is going to work on these."""
        for name in names:
            self.rows[name] = Row(name)

    def not_done(self) -> list[str]:
        """Who is not served."""
        return [row.name for row in self.rows.values() if row.state not in DONE]

    def as_dict(self) -> dict[str, Any]:
        """What class.json holds; of those who have a lab also what their own reports say."""
        rows = [{**asdict(row), "seconds": row.seconds} for row in self.rows.values()]
        for row in rows:
            row["reports"], _ = self._reports_of(row)
        return {"written": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "attendees": rows}

    def write(self) -> None:
        """Write all three files, each whole or not at all. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        record = self.as_dict()
        self._put("class.json", json.dumps(record, indent=1) + "\n")
        self._put("class.csv", self._csv(record["attendees"]))
        environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        shown = {row["name"]: self._reports_of(row)[1] for row in record["attendees"]}
        page = environment.from_string(TEMPLATE.read_text())
        self._put("class.html", page.render(record, done=DONE, thumbnails=shown))

    @staticmethod
    def _csv(rows: list[dict[str, Any]]) -> str:
        text = io.StringIO()
        table = csv.DictWriter(text, [*COLUMNS, *REPORTED], extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows({**row, **row["reports"]} for row in rows)
        return text.getvalue()

    def _put(self, name: str, text: str) -> None:
        partial = self.folder / f".{name}.{os.getpid()}"
        partial.write_text(text)
        partial.replace(self.folder / name)
