"""The list of what was left out of a folder, and why: a line each, in left_out.txt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

LEFT_OUT = "left_out.txt"


def write_left_out(folder: Path, lines: Sequence[str]) -> None:
    """Write the folder's list; without lines one of before goes. Raises OSError."""
    path = folder / LEFT_OUT
    if lines:
        # Names of files may hold bytes that are no text.
        path.write_text("".join(f"{line}\n" for line in lines), errors="backslashreplace")
    else:
        path.unlink(missing_ok=True)
