"""Routes of a cluster (OpenShift's API), and the hosts that the platform's router gave them."""

from typing import Any

from ..model.cluster import Cluster, Listener, Owner
from .metadata import Object, build, kafka_labels, node_labels


def _route(
    cluster: Cluster,
    listener: Listener,
    names: tuple[str, str],
    labels: dict[str, str],
    asked: dict[str, Any],
    owner: Owner,
) -> Object:
    """A Route that passes TLS through to a Service; `names`: its own and the Service's, `asked`: what is said of it."""
    name, service = names
    spec = {
        "to": {"kind": "Service", "name": service},
        "port": {"targetPort": listener.port},
        "tls": {"termination": "passthrough"},
        **({"host": asked["host"]} if asked.get("host") else {}),
    }
    own_labels, annotations = {**asked.get("labels", {}), **labels}, asked.get("annotations", {})
    return build("Route", cluster, name, own_labels, owner=owner, annotations=annotations, spec=spec)


def listener_routes(cluster: Cluster, listener: Listener) -> list[Object]:
    """The Routes of a listener: one for all brokers and one each."""
    bootstrap = (cluster.bootstrap_route(listener), cluster.external_bootstrap_service(listener))
    routes = [_route(cluster, listener, bootstrap, kafka_labels(cluster), listener.bootstrap, cluster.owner)]
    for node in cluster.brokers:
        name, override = cluster.external_broker_service(listener, node), listener.override(node.id)
        asked = {"host": override.host, "labels": override.labels, "annotations": override.annotations}
        routes.append(_route(cluster, listener, (name, name), node_labels(cluster, node), asked, node.pool.owner))
    return routes


def all_routes(cluster: Cluster) -> list[Object]:
    """Every Route of a cluster."""
    listeners = [listener for listener in cluster.listeners if listener.type == "route"]
    return [route for listener in listeners for route in listener_routes(cluster, listener)]


def hosts(routes: list[Object]) -> dict[str, str]:
    """Host of each Route by its name, from the Routes as the API server has them; none where a router is awaited."""
    admitted = {route["metadata"]["name"]: route.get("status", {}).get("ingress", []) for route in routes}
    return {name: ingress[0]["host"] for name, ingress in admitted.items() if ingress and ingress[0].get("host")}


def waits(cluster: Cluster) -> list[str]:
    """Which Routes no client can use yet, and why."""
    names = [route["metadata"]["name"] for route in all_routes(cluster)]
    return [f"Route {name}: no router has given it a host" for name in names if name not in cluster.route_hosts]
