"""What becomes of a folder's pictures while they are sent, and how a command tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from catdog.progress import ProgressLines


@dataclass
class Sent:
    """Pictures of a folder. now: sent by this call; before: in an earlier one, or there already; of: all.

    left_out: what is not sent, and why.
    """

    of: int
    left_out: list[str]
    before: int = 0
    now: int = 0


@contextmanager
def told(lines: ProgressLines, done: str, where: str) -> Iterator[Callable[[Sent], None]]:
    """Gives what a sending calls at its start; however it ends, it is said how many pictures are `done`, and where."""
    begun: list[Sent] = []

    def started(sent: Sent) -> None:
        begun.append(sent)
        for line in sent.left_out:
            lines.stays(f"left out: {line}")

    try:
        yield started
    finally:
        for sent in begun:
            before = f", {sent.before} of them before" if sent.before else ""
            print(f"{sent.before + sent.now} of {sent.of} pictures are {done}{before}: {where}", flush=True)
