"""Types for argparse: numbers with bounds whose errors name the bound."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def whole_number(low: int, high: int | None = None) -> Callable[[str], int]:
    """A type for whole numbers of low..high."""
    bounds = f"{low} to {high}" if high is not None else f"at least {low}"

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number: give {bounds}") from None
        if value < low or (high is not None and value > high):
            raise argparse.ArgumentTypeError(f"{value} is out of bounds: give {bounds}")
        return value

    return parse


def seconds(low: float, high: float) -> Callable[[str], float]:
    """A type for a time of low..high seconds."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no number: give {low:g} to {high:g} seconds") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is out of bounds: give {low:g} to {high:g} seconds")
        return value

    return parse
