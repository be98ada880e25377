"""Waiting for a condition, with a bound; on time-out it says what was seen last."""

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

Seen = TypeVar("Seen")

INTERVAL = 0.2  # seconds between looks
KUBERNETES = 600.0  # seconds: what Kubernetes does by itself, such as to end pods or a namespace, or to come back


class MadeToFailError(AssertionError):
    """A wait that ended as on a time-out because somebody asked for it."""


class Breaker:
    """Makes a wait fail as on a time-out, to show that a check which fails leaves nothing behind."""

    def __init__(self) -> None:
        self._waits = 0  # that are left until one fails; 0: none does

    def arm(self, number: int) -> None:
        """Have the wait of this number fail, from now on counted from 1; 0: none."""
        self._waits = number

    def disarm(self) -> bool:
        """Have no wait fail; returns whether one was yet to."""
        waits, self._waits = self._waits, 0
        return waits > 0

    def count(self, what: str) -> None:
        """A wait begins. Raises MadeToFailError where it is to fail."""
        if self._waits:
            self._waits -= 1
            if not self._waits:
                raise MadeToFailError(f"made to fail: {what}")


breaker = Breaker()


def eventually(look: Callable[[], Seen], holds: Callable[[Seen], Any], what: str, bound: float) -> Seen:
    """Look until `holds` is true of what is seen and return that. Raises AssertionError after `bound` seconds."""
    breaker.count(what)
    deadline = time.monotonic() + bound
    while True:
        seen = look()
        if holds(seen):
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {bound:.0f} s: {what}; seen last: {shown(seen)}")
        time.sleep(INTERVAL)


def meanwhile(look: Callable[[], Seen], holds: Callable[[Seen], Any], what: str, seconds: float) -> None:
    """Look for so long and at least twice, and see that `holds` stays true. Raises AssertionError where it does not."""
    breaker.count(what)
    deadline = time.monotonic() + seconds
    looks = 0
    while looks < 2 or time.monotonic() < deadline:
        seen = look()
        assert holds(seen), f"no longer: {what}; seen: {shown(seen)}"
        looks += 1
        time.sleep(INTERVAL)


def shown(seen: Any) -> str:
    """What was seen, in a length that can be read."""
    return json.dumps(seen, default=str)[:4000]


def outcome(attempt: Callable[[], Any], *failures: type[Exception]) -> str:
    """`well`, or which of these failures an attempt ended with."""
    try:
        attempt()
    except failures as failure:
        return type(failure).__name__
    return "well"
