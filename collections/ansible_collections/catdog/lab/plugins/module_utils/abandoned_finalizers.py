"""Finalizers that nobody takes off any more, because the Deployment that did is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def why_abandoned(deployment: Mapping[str, Any] | None, waited: float | None = None) -> str | None:
    """Why no pod of the Deployment (None: it does not exist) will take a finalizer off; None if one may.

    `waited`: the seconds for which one that has no ready pod was given time; None while it has time left.
    """
    if deployment is None:
        return "is gone"
    if deployment["metadata"].get("deletionTimestamp") or deployment["spec"].get("replicas") == 0:
        return "has no pods"
    if waited is not None and not (deployment.get("status") or {}).get("readyReplicas"):
        return f"had no ready pod for {waited:.0f} s"
    return None


def held_by(resources: Sequence[Mapping[str, Any]], finalizer: str) -> Iterator[Mapping[str, Any]]:
    """Those of the objects that are being deleted and have the finalizer."""
    for resource in resources:
        metadata = resource["metadata"]
        if metadata.get("deletionTimestamp") and finalizer in (metadata.get("finalizers") or ()):
            yield resource


def without(resource: Mapping[str, Any], finalizer: str) -> list[dict[str, Any]]:
    """A JSON patch that takes the finalizer off, and does nothing to an object whose finalizers have changed since."""
    path = f"/metadata/finalizers/{resource['metadata']['finalizers'].index(finalizer)}"
    return [{"op": "test", "path": path, "value": finalizer}, {"op": "remove", "path": path}]
