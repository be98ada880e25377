"""What modules that wait for Kubernetes ask: whether something is Ready, and when it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Seconds after which a module looks anew, should the news of a change be missed.
POLL_SECONDS = 5


def is_ready(item: Any) -> bool:
    """Whether a pod or node has the condition Ready."""
    return any(condition.type == "Ready" and condition.status == "True" for condition in item.status.conditions or [])


def next_change(list_objects: Callable[..., Any], *where: str, name: str, seconds: float) -> None:
    """Return when the object of this name that `list_objects(*where)` lists changes, after `seconds` at the latest."""
    from kubernetes import watch

    watcher = watch.Watch()
    selector, timeout = f"metadata.name={name}", max(1, round(seconds))
    for seen, _ in enumerate(watcher.stream(list_objects, *where, field_selector=selector, timeout_seconds=timeout)):
        if seen:  # the first one is the present state
            watcher.stop()
