"""Lines of preflight's table: what was checked, whether it is well, what was found and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Line = dict[str, str]
OK, WARNING, FAILURE = "ok", "warning", "failure"


def line(check: str, state: str, found: str, fix: str = "") -> Line:
    """One line; a fix belongs to every one that is not ok."""
    return {"check": check, "state": state, "found": found, "fix": fix}


def message_lines(messages: Mapping[str, Iterable[str]], found: Mapping[str, Any] | None = None) -> list[Line]:
    """Lines of checks that return messages, by the check's name: a failure each, or ok with what was `found`."""
    lines = []
    for check, told in messages.items():
        lines += [line(check, FAILURE, message) for message in told] or [
            line(check, OK, str((found or {}).get(check, "")))
        ]
    return lines


def unseen_line(check: str, why: str) -> Line:
    """The line of something that the cluster does not show to this user."""
    return line(check, WARNING, f"cannot be seen ({why}).", "Ask who runs the cluster, or for the right to look.")


def said(entry: Mapping[str, str]) -> str:
    """A line in words: what was found, and after it what to do."""
    return " ".join(filter(None, (entry["found"], entry["fix"])))


def failure_texts(lines: Iterable[Mapping[str, str]]) -> list[str]:
    """What the failures among lines say; one that is told twice is said once."""
    return list(dict.fromkeys(said(entry) for entry in lines if entry["state"] == FAILURE))


def told_rows(lines: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Rows for a table whose last column has the words, however long they are."""
    return [{"check": entry["check"], "state": entry["state"], "found": said(entry)} for entry in lines]
