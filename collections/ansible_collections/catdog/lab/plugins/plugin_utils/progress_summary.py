"""What a run says at its end: what changed, what took longest, how each host fared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ansible import constants as C  # noqa: N812 - the name that all of Ansible uses

LONG = 10  # seconds from which on a step is told as long
MOST = 4  # of them


def clock(seconds: float) -> str:
    """Seconds as MM:SS, or H:MM:SS from an hour on."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def summary(steps: Sequence[dict[str, Any]], stats: Any, seconds: float) -> Iterator[tuple[str, str | None]]:
    """The lines, each with its colour.

    `steps` are label, start (seconds since the run's) and changed (tasks) of each; `stats` are Ansible's; the run took
    so many seconds.
    """
    if changed := [f"{step['label']} {step['changed']}" for step in steps if step["changed"]]:
        yield f"with changes: {', '.join(changed)}", C.COLOR_CHANGED
    ends = [step["start"] for step in steps[1:]] + [seconds]
    took = [(end - step["start"], step["label"]) for step, end in zip(steps, ends, strict=False)]
    if slow := sorted((entry for entry in took if entry[0] >= LONG), reverse=True)[:MOST]:
        yield f"longest: {', '.join(f'{label} {clock(time)}' for time, label in slow)}", None
    for host in sorted(stats.processed):
        figures = stats.summarize(host)
        failed = figures["failures"] + figures["unreachable"]
        color = C.COLOR_ERROR if failed else C.COLOR_CHANGED if figures["changed"] else C.COLOR_OK
        counts = f"ok={figures['ok']} changed={figures['changed']} failed={failed} skipped={figures['skipped']}"
        yield f"{host}: {counts}", color
