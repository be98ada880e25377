"""Names, labels and owners that all objects of a cluster have in common."""

from typing import Any

from ..kubernetes.kinds import MANAGER, api_version
from ..model.cluster import Cluster, Node, Owner, Pool

REVISION = "strimzi.io/revision"

Object = dict[str, Any]


def selector(cluster: str) -> str:
    """Label selector of all that the operator made for a cluster."""
    return f"strimzi.io/cluster={cluster},app.kubernetes.io/managed-by={MANAGER}"


def labels(
    cluster: Cluster, component: str, component_type: str, inherited: dict[str, str] | None = None
) -> dict[str, str]:
    """The labels of an object, over those of its resource (the Kafka where `inherited` is not given).

    `component` such as `kafka` or `entity-operator`.
    """
    return {
        "app.kubernetes.io/part-of": f"strimzi-{cluster.name}",
        **(cluster.labels if inherited is None else inherited),
        "app.kubernetes.io/instance": cluster.name,
        "app.kubernetes.io/managed-by": MANAGER,
        "app.kubernetes.io/name": component_type,
        "strimzi.io/cluster": cluster.name,
        "strimzi.io/component-type": component_type,
        "strimzi.io/kind": "Kafka",
        "strimzi.io/name": f"{cluster.name}-{component}",
    }


def kafka_labels(cluster: Cluster) -> dict[str, str]:
    """Labels of what belongs to the Kafka nodes."""
    return labels(cluster, "kafka", "kafka")


def ca_labels(cluster: Cluster) -> dict[str, str]:
    """Labels of the certificate authorities' Secrets."""
    return {**labels(cluster, "certificate-authority", "certificate-authority"), "strimzi.io/name": "strimzi"}


def entity_operator_labels(cluster: Cluster) -> dict[str, str]:
    """Labels of what belongs to the entity operator."""
    return labels(cluster, "entity-operator", "entity-operator")


def pool_labels(cluster: Cluster, pool: Pool) -> dict[str, str]:
    """Labels of what belongs to a pool: its own resource's, not the Kafka's."""
    return {**labels(cluster, "kafka", "kafka", pool.labels), "strimzi.io/pool-name": pool.name}


def node_labels(cluster: Cluster, node: Node) -> dict[str, str]:
    """Labels of a node's pod and of what is its own."""
    return {
        **pool_labels(cluster, node.pool),
        "strimzi.io/pod-name": node.pod_name,
        "strimzi.io/broker-role": str(node.broker).lower(),
        "strimzi.io/controller-role": str(node.controller).lower(),
        "statefulset.kubernetes.io/pod-name": node.pod_name,
    }


def kafka_selector(cluster: Cluster) -> dict[str, str]:
    """What selects all Kafka pods of a cluster."""
    return {"strimzi.io/cluster": cluster.name, "strimzi.io/kind": "Kafka", "strimzi.io/name": f"{cluster.name}-kafka"}


def owner_reference(owner: Owner, controller: bool, blocks: bool) -> dict[str, Any]:
    """What ties an object to its owner; `blocks`: a foreground deletion of the owner waits for it."""
    return {
        "apiVersion": "kafka.strimzi.io/v1",
        "kind": owner.kind,
        "name": owner.name,
        "uid": owner.uid,
        "controller": controller,
        "blockOwnerDeletion": blocks,
    }


def build(
    kind: str, cluster: Cluster, name: str, object_labels: dict[str, str], owner: Owner | None = None, **content: Any
) -> Object:
    """One namespaced object, owned by the Kafka resource where no other owner is given; `annotations` in `content`."""
    owner = owner or cluster.owner
    return {
        "apiVersion": api_version(kind),
        "kind": kind,
        "metadata": {
            "name": name,
            "namespace": cluster.namespace,
            "labels": dict(object_labels),
            "annotations": dict(content.pop("annotations", {})),
            # A pod without a controller cannot be drained.
            "ownerReferences": [owner_reference(owner, controller=kind == "Pod", blocks=True)],
        },
        **content,
    }
