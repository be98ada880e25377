"""Memory that ran out: what a kernel that was killed for it cannot say itself, the next one reads from its cgroup."""

from __future__ import annotations

import tempfile
from pathlib import Path

# Of the container that we are in (cgroup version 2 and 1).
EVENTS = (Path("/sys/fs/cgroup/memory.events"), Path("/sys/fs/cgroup/memory/memory.oom_control"))
ADVICE = (
    "close other notebooks (Running, Shut Down All) and run the cells again, with fewer or smaller pictures if it "
    "happens again"
)


def oom_kills(events: tuple[Path, ...] = EVENTS, seen: Path | None = None) -> str:
    """A line on kernels killed for want of memory since the last call in this container; empty if there were none.

    seen: the file that keeps how many were told of; default: one in the folder for temporary files.
    """
    seen = seen or Path(tempfile.gettempdir()) / "catdog-kills-told"
    kills = _kills(events)
    try:
        told = int(seen.read_text())
    except (OSError, ValueError):
        told = 0
    if kills <= told:
        return ""
    try:
        seen.write_text(str(kills))
    except OSError:
        return ""  # else it would be told for ever
    return f"A kernel of this notebook ran out of memory and was killed: {ADVICE}."


def _kills(events: tuple[Path, ...]) -> int:
    for path in events:
        try:
            lines = path.read_text().splitlines()
        except OSError:
            continue
        counts = dict(line.split(maxsplit=1) for line in lines if " " in line)
        return int(counts.get("oom_kill", 0))
    return 0
