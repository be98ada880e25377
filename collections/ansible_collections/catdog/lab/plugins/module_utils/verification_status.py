"""What the last verification's report is worth now: the same lab's, or one's that has changed since."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple


class Verification(NamedTuple):
    """A row of the table: what was sent, a state (Passed, Failed, Outdated, Missing, Unknown), and of when it is."""

    name: str
    state: str
    detail: str


def last_verification(path: Path, objects: dict[str, str] | None) -> Verification:
    """Judge the report at `path`. `objects`: uids of the lab's present objects by title, None if it cannot be seen."""
    try:
        report = json.loads(path.read_text())
    except FileNotFoundError:
        return Verification("", "Missing", "run `make verify`")
    except (OSError, ValueError) as error:
        return Verification(str(path), "Unknown", str(error))
    try:
        return judge(report, objects)
    except (AttributeError, KeyError, TypeError):
        return Verification(str(path), "Unknown", "no report of this version of the lab: run `make verify`")


def judge(report: dict[str, Any], objects: dict[str, str] | None) -> Verification:
    state, source = "Passed" if report["passed"] else "Failed", report["source"]
    when = f"at {report['started'].replace('T', ' ').rstrip('Z')} UTC"
    if objects is None:
        return Verification(source, "Unknown", f"{state.lower()} {when}, of a lab that cannot be seen now")
    if changes := differences(report["objects"], objects):
        return Verification(source, "Outdated", f"{state.lower()} {when}; since then {changes}")
    failure = report["failure"].splitlines()
    result = failure[0] if failure else f"{report['right']} of {report['count']} right"
    return Verification(source, state, f"{result} {when}")


def differences(verified: dict[str, str], present: dict[str, str]) -> str:
    """How the present objects differ from the verified ones, in words; empty if those are all there."""
    changed = [
        f"{title} is {'another one' if title in present else 'gone'}"
        for title, uid in verified.items()
        if present.get(title) != uid
    ]
    return ", ".join(changed)
