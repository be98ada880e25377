"""Sizes of claims: which may grow as asked for, which stay as they are."""

from ..kubernetes.api import KubernetesApi, Object
from ..model.storage import quantity


def _size(claim: Object) -> str:
    return claim["spec"]["resources"]["requests"]["storage"]


def _is_resizing(claim: Object) -> bool:
    conditions = claim.get("status", {}).get("conditions", [])
    return any(c["type"] in ("Resizing", "FileSystemResizePending") and c["status"] == "True" for c in conditions)


def growing_class(desired: Object, found: Object | None) -> str | None:
    """The storage class to ask whether a claim may grow; empty where it has none, None where it does not grow now."""
    if found is None or found.get("status", {}).get("phase") != "Bound" or _is_resizing(found):
        return None
    return found["spec"].get("storageClassName", "") if quantity(_size(desired)) > quantity(_size(found)) else None


def resize_warning(name: str, class_name: str, storage_class: Object | None) -> str | None:
    """Why a claim of this class cannot grow, None where it can."""
    if not class_name:
        return f"PVC {name} does not use any Storage Class and cannot be resized."
    if storage_class is None:
        return f"Storage Class {class_name} not found. PVC {name} cannot be resized."
    if not storage_class.get("allowVolumeExpansion"):
        return f"Storage Class {class_name} does not support resizing of volumes. PVC {name} cannot be resized."
    return None


def with_present_size(desired: Object, found: Object | None) -> Object:
    """A claim as desired, but of the size that it has: nothing else of its specification can be changed."""
    if found is None:
        return desired
    requests = {"requests": {"storage": _size(found)}}
    return {**desired, "spec": {**desired["spec"], "resources": requests}}


async def with_possible_sizes(
    api: KubernetesApi, claims: list[Object], existing: dict[str, Object]
) -> tuple[list[Object], list[str]]:
    """Claims as desired, of sizes that can be had, and warnings of those that cannot grow; `existing` by name."""
    possible, warnings = [], []
    for claim in claims:
        name = claim["metadata"]["name"]
        found = existing.get(name)
        class_name, warning = growing_class(claim, found), None
        if class_name is not None:
            storage_class = await api.get("StorageClass", None, class_name) if class_name else None
            warning = resize_warning(name, class_name, storage_class)
        warnings += [warning] if warning else []
        grows = class_name is not None and not warning
        possible.append(claim if grows else with_present_size(claim, found))
    return possible, warnings
