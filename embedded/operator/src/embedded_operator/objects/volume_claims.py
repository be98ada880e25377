"""PersistentVolumeClaims of the Kafka nodes."""

from typing import Any

from ..model.cluster import Cluster, Node, Volume
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
