"""How the suite is shown to hold: other orders of its checks, and checks that are made to fail."""

import random
from typing import TypeVar

Item = TypeVar("Item")

ORDERS = "file, reverse or random:SEED"
FAILURES = "odd or even, or one of them with the number of the wait that fails, such as odd:2"


def ordered(items: list[Item], order: str) -> list[Item]:
    """The checks in an order of ORDERS; the same seed gives the same one. Raises ValueError on another."""
    kind, _, seed = order.partition(":")
    if order == "file":
        return list(items)
    if order == "reverse":
        return items[::-1]
    if kind == "random" and seed.isdigit():
        return random.Random(int(seed)).sample(items, len(items))
    raise ValueError(f"'{order}' is no order: {ORDERS}")


def made_to_fail(items: list[Item], which: str) -> tuple[list[Item], int]:
    """Every other check, the first or the second and so on, and which of its waits fails. Raises ValueError."""
    half, _, number = which.partition(":")
    if half not in ("odd", "even") or not (number or "1").isdigit() or number == "0":
        raise ValueError(f"'{which}' says not which checks: {FAILURES}")
    return items[0 if half == "odd" else 1 :: 2], int(number or 1)
