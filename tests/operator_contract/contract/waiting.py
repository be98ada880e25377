"""Waiting for a condition, with a bound; on time-out it says what was seen last."""

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

Seen = TypeVar("Seen")

INTERVAL = 0.5  # seconds between looks
SOON, LONG = 90.0, 600.0  # seconds: what an operator does at its next pass, and what needs pods to start


def eventually(look: Callable[[], Seen], holds: Callable[[Seen], Any], what: str, timeout: float = SOON) -> Seen:
    """Look until `holds` is true of what is seen and return that. Raises AssertionError with the last look."""
    deadline = time.monotonic() + timeout
    while True:
        seen = look()
        if holds(seen):
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(
                f"not within {timeout:.0f} s: {what}; seen last: {json.dumps(seen, default=str)[:4000]}"
            )
        time.sleep(INTERVAL)


def outcome(attempt: Callable[[], Any], *failures: type[Exception]) -> str:
    """`well`, or which of these failures an attempt ended with."""
    try:
        attempt()
    except failures as failure:
        return type(failure).__name__
    return "well"
