"""Services of a cluster, and the node ports that they have."""

from typing import Any

from ..model.cluster import CONTROLLER_PORT, REPLICATION_PORT, Cluster, Listener
from .metadata import Object, build, kafka_labels, kafka_selector, node_labels


def _port(name: str, port: int, node_port: int | None = None) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "port": port, "targetPort": port, "protocol": "TCP"}
    return {**entry, "nodePort": node_port} if node_port else entry


def internal_services(cluster: Cluster) -> list[Object]:
    """The bootstrap Service for clients inside, and the headless one for the pods' names."""
    clients = [_port(each.port_name, each.port) for each in cluster.listeners if each.type == "internal"]
    replication = _port("tcp-replication", REPLICATION_PORT)
    labels = kafka_labels(cluster)
    bootstrap = {
        "type": "ClusterIP",
        "selector": {**kafka_selector(cluster), "strimzi.io/broker-role": "true"},
        "ports": [replication, *clients],
    }
    headless = {
        "type": "ClusterIP",
        "clusterIP": "None",
        "publishNotReadyAddresses": True,
        "selector": kafka_selector(cluster),
        "ports": [_port("tcp-ctrlplane", CONTROLLER_PORT), replication, *clients],
    }
    return [
        build("Service", cluster, cluster.bootstrap_service, labels, spec=bootstrap),
        build("Service", cluster, cluster.brokers_service, labels, spec=headless),
    ]


def external_services(cluster: Cluster, listener: Listener) -> list[Object]:
    """The Services of a listener for clients outside: one for all brokers and one each."""
    kind: dict[str, str] = {"type": "ClusterIP"}
    if listener.type == "nodeport":
        kind = {"type": "NodePort", "externalTrafficPolicy": listener.traffic_policy or "Cluster"}
    bootstrap = {
        "selector": {**kafka_selector(cluster), "strimzi.io/broker-role": "true"},
        "ports": [_port(listener.port_name, listener.port, listener.bootstrap.get("nodePort"))],
        **kind,
    }
    services = [
        build(
            "Service",
            cluster,
            cluster.external_bootstrap_service(listener),
            {**listener.bootstrap.get("labels", {}), **kafka_labels(cluster)},
            annotations=listener.bootstrap.get("annotations", {}),
            spec=bootstrap,
        )
    ]
    for node in cluster.brokers:
        override = listener.override(node.id)
        spec = {
            "selector": {**kafka_selector(cluster), "strimzi.io/pod-name": node.pod_name},
            "ports": [_port(listener.port_name, listener.port, override.node_port)],
            "publishNotReadyAddresses": True,
            **kind,
        }
        services.append(
            build(
                "Service",
                cluster,
                cluster.external_broker_service(listener, node),
                {**override.labels, **node_labels(cluster, node)},
                owner=node.pool.owner,
                annotations=override.annotations,
                spec=spec,
            )
        )
    return services


def all_services(cluster: Cluster) -> list[Object]:
    """Every Service of a cluster."""
    external = [external_services(cluster, each) for each in cluster.listeners if each.type != "internal"]
    return internal_services(cluster) + [service for services in external for service in services]


def node_ports(services: list[Object]) -> dict[str, int]:
    """Node port of each NodePort Service by its name, from the Services as the API server has them."""
    return {
        service["metadata"]["name"]: service["spec"]["ports"][0]["nodePort"]
        for service in services
        if service["spec"].get("type") == "NodePort"
    }
