"""Whether an object in the cluster still is what it should be."""

from typing import Any

from ..kubernetes.kinds import MANAGER
from .metadata import REVISION

OURS = (MANAGER, "Apply")


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


def given(actual: dict[str, Any], which: str) -> set[str]:
    """Names of the `labels` or `annotations` that this operator gave an object, by the API server's own books."""
    applied = [e for e in actual["metadata"].get("managedFields", []) if (e["manager"], e["operation"]) == OURS]
    fields = [entry["fieldsV1"].get("f:metadata", {}).get(f"f:{which}", {}) for entry in applied]
    return {name.removeprefix("f:") for names in fields for name in names if name.startswith("f:")}


def is_as_desired(actual: dict[str, Any] | None, desired: dict[str, Any]) -> bool:
    """Whether nothing has to be written.

    A Deployment is compared by its revision (the API server rewrites quantities), anything else by its content.
    """
    if actual is None:
        return False
    if any(given(actual, which) - set(desired["metadata"].get(which, {})) for which in ("labels", "annotations")):
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
