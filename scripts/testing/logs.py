"""What tests wrote: shown while it is written, and of what failed an excerpt for the end of the run."""

from __future__ import annotations

import contextlib
import re
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

INTERVAL = 0.2  # seconds between two looks into a log that grows
MOST_LINES, MOST_CHARACTERS = 8, 200
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# How the callback lab_progress begins a failure that counts and one of a loop's item before it, and what follows its
# message; how Molecule tells its own.
FAILED = re.compile(r"FAILED[:,] ")
ITEM = re.compile(r"Failed for ")
AGAIN = re.compile(r"  (try again|only this step): ")
MOLECULE = re.compile(r"(CRITICAL|ERROR)\b")


@contextlib.contextmanager
def shown_as_it_grows(log: TextIO) -> Iterator[None]:
    """Prints what others add to an open log. (A pipe would stay open as long as anything that they left behind.)"""
    ended = threading.Event()

    def show() -> None:
        with Path(log.name).open(errors="replace") as text:
            text.seek(0, 2)
            begun.set()
            over = False
            while not over:
                over = ended.wait(INTERVAL)
                print(text.read(), end="", flush=True)

    begun = threading.Event()
    thread = threading.Thread(target=show)
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def shortened(lines: list[str]) -> list[str]:
    """The first lines that say something, as many and as long as an excerpt may be."""
    said = [line.rstrip() for line in lines if line.strip()]
    return [line if len(line) <= MOST_CHARACTERS else line[: MOST_CHARACTERS - 1] + "…" for line in said[:MOST_LINES]]


def first_lines(log: Path) -> list[str]:
    """An excerpt of a log that begins with what matters, a linter's."""
    return shortened(log.read_text(errors="replace").splitlines()) if log.exists() else []


def scenario_failure(log: Path) -> list[str]:
    """What failed in a scenario: the task and its message; else what Molecule says, else the last lines."""
    lines = COLOURS.sub("", log.read_text(errors="replace")).splitlines() if log.exists() else []
    told = next((number for number, line in enumerate(lines) if MOLECULE.match(line)), len(lines))
    # Not the first: a scenario goes on after a failure that it provoked and rescued.
    failures = [number for number, line in enumerate(lines[:told]) if FAILED.match(line)]
    if failures:
        number = failures[-1]
        task, *following = lines[number + 1 :] or [""]
        end = next((at for at, text in enumerate(following) if AGAIN.match(text)), len(following))
        return shortened([lines[number], task, *_message(_of_item(lines[:number], task)), *_message(following[:end])])
    if told < len(lines):
        return shortened(lines[told:])
    return shortened([line for line in lines if line.strip()][-MOST_LINES:])


def _of_item(lines: list[str], task: str) -> list[str]:
    """What the first item of a task's loop that failed said; empty if it has no loop."""
    for number, line in enumerate(lines[:-1]):
        if ITEM.match(line) and lines[number + 1] == task:
            following = lines[number + 2 :]
            return following[: next((at for at, text in enumerate(following) if not text), len(following))]
    return []


def _message(lines: list[str]) -> list[str]:
    """A failed task's message, from where a playbook or tests that the task ran tell a failure of their own."""
    inner = (at for at, line in enumerate(lines) if re.match(r"\s*FAILED\b", line))
    return lines[next(inner, 0) :]


def failed_tests(report: Path) -> list[str]:
    """The tests that failed by pytest's own report, each with the first line of why."""
    failed = []
    for case in ElementTree.parse(report).iter("testcase"):
        for result in case:
            if result.tag in ("failure", "error"):
                why = (result.get("message") or "").strip().partition("\n")[0]
                failed.append(f"{case.get('classname')}::{case.get('name')}: {why}")
    return shortened(failed)
