"""PersistentVolumeClaims of the Kafka nodes."""

from typing import Any

from ..model import Cluster, Node, Volume
from ..storage import quantity
from .metadata import Object, build, owner_reference, pool_labels

DELETE_CLAIM = "strimzi.io/delete-claim"


def _claim(cluster: Cluster, node: Node, volume: Volume) -> Object:
    storage, template = volume.storage, node.pool.claim_metadata
    is_deleted = storage.get("deleteClaim", False)
    spec: dict[str, Any] = {
        "accessModes": ["ReadWriteOnce"],
        "volumeMode": "Filesystem",
        "resources": {"requests": {"storage": storage["size"]}},
    }
    if "class" in storage:
        spec["storageClassName"] = storage["class"]
    if storage.get("selector"):
        spec["selector"] = {"matchLabels": storage["selector"]}
    labels = {**template.labels, **pool_labels(cluster, node.pool)}
    annotations = {**template.annotations, DELETE_CLAIM: str(is_deleted).lower()}
    name = volume.claim_name(node.pod_name)
    claim = build("PersistentVolumeClaim", cluster, name, labels, annotations=annotations, spec=spec)
    # Without an owner it outlives pool and Kafka.
    owner = owner_reference(node.pool.owner, controller=False, blocks=True)
    claim["metadata"]["ownerReferences"] = [owner] if is_deleted else []
    return claim


def all_claims(cluster: Cluster) -> list[Object]:
    """The claim of every persistent volume of every node."""
    return [_claim(cluster, node, v) for node in cluster.nodes for v in node.pool.volumes if v.persistent]


def is_deletable(claim: Object) -> bool:
    """Whether a claim that no node needs any more goes."""
    return claim["metadata"].get("annotations", {}).get(DELETE_CLAIM) == "true"


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
