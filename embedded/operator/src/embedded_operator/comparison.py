"""Whether an object in the cluster still is what it should be."""

from typing import Any

from .objects.metadata import REVISION


def contains(actual: Any, desired: Any) -> bool:
    """Whether `actual` has everything that `desired` asks for; what others added to mappings does not matter.

    Kubernetes drops empty mappings and lists, so one that is missing equals an empty one.
    """
    if isinstance(desired, dict):
        if actual is None:
            return not desired
        return isinstance(actual, dict) and all(contains(actual.get(key), value) for key, value in desired.items())
    if isinstance(desired, list):
        items = [] if actual is None else actual
        return isinstance(items, list) and len(items) == len(desired) and all(map(contains, items, desired))
    return actual == desired


def is_as_desired(actual: dict[str, Any] | None, desired: dict[str, Any]) -> bool:
    """Whether nothing has to be written.

    A Deployment is compared by its revision (the API server rewrites quantities), anything else by its content.
    """
    if actual is None:
        return False
    if desired["kind"] == "Deployment":
        template = actual["spec"]["template"]["metadata"].get("annotations", {})
        wanted = desired["metadata"]["annotations"][REVISION]
        return (
            template.get(REVISION) == wanted
            and actual["spec"]["replicas"] == desired["spec"]["replicas"]
            and contains(actual["metadata"], desired["metadata"])
        )
    return contains(actual, desired)
