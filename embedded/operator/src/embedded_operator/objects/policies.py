"""What keeps a cluster's pods apart and together: NetworkPolicy, PodDisruptionBudget, ServiceAccount."""

from typing import Any

from ..model.cluster import CONTROLLER_PORT, REPLICATION_PORT, Cluster
from .metadata import Object, build, entity_operator_labels, kafka_labels, kafka_selector


def _ingress(port: int, peers: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    rule: dict[str, Any] = {"ports": [{"port": port, "protocol": "TCP"}]}
    return {**rule, "from": peers} if peers else rule


def kafka_policies(cluster: Cluster) -> list[Object]:
    """ServiceAccount, NetworkPolicy and PodDisruptionBudget of the Kafka pods."""
    nodes = {"podSelector": {"matchLabels": kafka_selector(cluster)}}
    entity_operator = {
        "podSelector": {
            "matchLabels": {"strimzi.io/cluster": cluster.name, "strimzi.io/name": f"{cluster.name}-entity-operator"}
        }
    }
    # Its namespace may be another one.
    cluster_operator = {
        "namespaceSelector": {},
        "podSelector": {"matchLabels": {"strimzi.io/kind": "cluster-operator"}},
    }
    network = {
        "podSelector": {"matchLabels": kafka_selector(cluster)},
        "policyTypes": ["Ingress"],
        "ingress": [
            _ingress(CONTROLLER_PORT, [nodes]),
            _ingress(REPLICATION_PORT, [nodes, entity_operator, cluster_operator]),
            *(_ingress(listener.port) for listener in cluster.listeners),
        ],
    }
    budget = {
        "minAvailable": max(len(cluster.nodes) - 1, 0),
        "selector": {"matchLabels": kafka_selector(cluster)},
    }
    labels = kafka_labels(cluster)
    return [
        build("ServiceAccount", cluster, f"{cluster.name}-kafka", labels),
        build("NetworkPolicy", cluster, f"{cluster.name}-network-policy-kafka", labels, spec=network),
        build("PodDisruptionBudget", cluster, f"{cluster.name}-kafka", labels, spec=budget),
    ]


def entity_operator_policies(cluster: Cluster, health_ports: list[int]) -> list[Object]:
    """NetworkPolicy and PodDisruptionBudget of the entity operator: its probes come in, nothing else."""
    pods = {
        "matchLabels": {
            "strimzi.io/cluster": cluster.name,
            "strimzi.io/kind": "Kafka",
            "strimzi.io/name": f"{cluster.name}-entity-operator",
        }
    }
    network = {"podSelector": pods, "policyTypes": ["Ingress"], "ingress": [_ingress(port) for port in health_ports]}
    name, labels = f"{cluster.name}-entity-operator", entity_operator_labels(cluster)
    budget = {"minAvailable": 0, "selector": pods}
    return [
        build("NetworkPolicy", cluster, name, labels, spec=network),
        build("PodDisruptionBudget", cluster, name, labels, spec=budget),
    ]
