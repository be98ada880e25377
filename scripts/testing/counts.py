"""What is told of tests: headings and counts."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Tally:
    """What has ended so far: how many passed, failed and were skipped, and for each failure a line and an excerpt."""

    counts: Counter = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, counts: dict[str, int], failure: str, excerpt: Iterable[str] = ()) -> None:
        """Adds what one part counted, and its failure with lines of what was said, told only if something failed."""
        self.counts.update(counts)
        if counts.get("failed"):
            self.failures.append("\n    ".join([failure, *excerpt]))


def announce(text: str) -> None:
    """Prints the heading of a part, with the time of day, so that a stall can be seen."""
    print(f"\n== {time.strftime('%H:%M:%S')} {text}", flush=True)


def counted(report: Path) -> Counter:
    """How many tests passed, failed and were skipped, by pytest's own report."""
    suite = next(ElementTree.parse(report).iter("testsuite"))
    tests, failures, errors, skipped = (int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped"))
    return Counter(passed=tests - failures - errors - skipped, failed=failures + errors, skipped=skipped)


def format_counts(counts: Counter) -> str:
    """The counts as the last line has them."""
    return ", ".join(f"{counts[what]} {what}" for what in ("passed", "failed", "skipped"))
