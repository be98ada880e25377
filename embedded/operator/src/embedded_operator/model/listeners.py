"""Listeners for clients: what may be asked for, and what clients are told to connect to."""

from typing import Any

from ..errors import InvalidResourceError
from .cluster import SCRAM, TLS, BrokerOverride, Cluster, Listener, Node

SUPPORTED_TYPES = ("internal", "nodeport", "route")
ROUTE_PORT = 443  # where a router listens for TLS
SUPPORTED_AUTHENTICATION = (TLS, SCRAM)
RESERVED_PORTS = (9404, 9999)  # Strimzi's metrics and JMX


def _overrides(entries: list[dict[str, Any]]) -> dict[int, BrokerOverride]:
    return {
        entry["broker"]: BrokerOverride(
            node_port=entry.get("nodePort"),
            host=entry.get("host"),
            advertised_host=entry.get("advertisedHost"),
            advertised_port=entry.get("advertisedPort"),
            labels=entry.get("labels", {}),
            annotations=entry.get("annotations", {}),
        )
        for entry in entries
    }


def parse_listener(entry: dict[str, Any], index: int) -> Listener:
    """One listener of `spec.kafka.listeners`; raises InvalidResourceError for types that are not supported."""
    if entry["type"] not in SUPPORTED_TYPES:
        raise InvalidResourceError(
            f"the embedded operator does not support spec.kafka.listeners[{index}].type {entry['type']} (listener "
            f"'{entry['name']}'): use {' or '.join(SUPPORTED_TYPES)}"
        )
    authentication = entry.get("authentication", {}).get("type")
    if authentication not in (None, *SUPPORTED_AUTHENTICATION):
        raise InvalidResourceError(
            f"the embedded operator does not support spec.kafka.listeners[{index}].authentication.type "
            f"{authentication} (listener '{entry['name']}'): use {' or '.join(SUPPORTED_AUTHENTICATION)}"
        )
    configuration = entry.get("configuration", {})
    return Listener(
        name=entry["name"],
        port=entry["port"],
        type=entry["type"],
        tls=entry["tls"],
        bootstrap=configuration.get("bootstrap", {}),
        brokers=_overrides(configuration.get("brokers", [])),
        traffic_policy=configuration.get("externalTrafficPolicy"),
        authentication=authentication,
    )


def _problems(listener: Listener) -> list[str]:
    problems = []
    if listener.port in RESERVED_PORTS:
        problems.append(f"port {listener.port} is forbidden and cannot be used")
    if listener.authentication == TLS and not listener.tls:
        problems.append(f"listener {listener.name} cannot use tls type authentication with disabled TLS encryption")
    prefix = f"listener {listener.name} cannot configure"
    if listener.type == "route":
        if not listener.tls:
            problems.append(
                f"listener {listener.name} is Route or Ingress type listener and requires enabled TLS encryption"
            )
    else:
        suffix = "because it is not Route or Ingress based listener"
        if "host" in listener.bootstrap:
            problems.append(f"{prefix} bootstrap.host {suffix}")
        if any(override.host for override in listener.brokers.values()):
            problems.append(f"{prefix} brokers[].host {suffix}")
    if listener.type != "nodeport":
        suffix = "because it is not NodePort based listener"
        if "nodePort" in listener.bootstrap:
            problems.append(f"{prefix} bootstrap.nodePort {suffix}")
        if any(override.node_port for override in listener.brokers.values()):
            problems.append(f"{prefix} brokers[].nodePort {suffix}")
        if listener.traffic_policy:
            problems.append(f"{prefix} externalTrafficPolicy because it is not LoadBalancer or NodePort based listener")
    return problems


def parse_listeners(entries: list[dict[str, Any]], broker_ids: list[int]) -> tuple[Listener, ...]:
    """All listeners, checked together. `broker_ids`: the brokers there are, for overrides that name others."""
    listeners = tuple(parse_listener(entry, index) for index, entry in enumerate(entries))
    problems = [problem for listener in listeners for problem in _problems(listener)]
    if len({listener.name for listener in listeners}) != len(listeners):
        problems.append("every listener needs to have a unique name")
    if len({listener.port for listener in listeners}) != len(listeners):
        problems.append("every listener needs to have a unique port number")
    if problems:
        raise InvalidResourceError(f"Listener configuration is not valid: [{', '.join(problems)}]")
    return listeners


def advertised_address(cluster: Cluster, listener: Listener, node: Node, node_ports: dict[str, int]) -> tuple[str, int]:
    """Host and port that a broker tells clients of a listener to use.

    `node_ports`: node port of each Service by its name. The host of a nodeport listener without an override is the
    node's address, which the pod's environment has in NODE_ADDRESS once it is scheduled.
    """
    override = listener.override(node.id)
    if listener.type == "internal":
        return override.advertised_host or cluster.node_host(node), override.advertised_port or listener.port
    service = cluster.external_broker_service(listener, node)
    if listener.type == "route":
        return override.advertised_host or cluster.route_hosts[service], override.advertised_port or ROUTE_PORT
    port = node_ports[service]
    return override.advertised_host or "${env:NODE_ADDRESS}", override.advertised_port or port


def status_addresses(
    cluster: Cluster, listener: Listener, node_ports: dict[str, int], node_addresses: dict[int, str]
) -> list[tuple[str, int]]:
    """Bootstrap addresses of a listener for the status, each once.

    As Strimzi does it: for nodeport the bootstrap node port at every broker's advertised host, or its node's address
    (`node_addresses`, by node id) where it has none.
    """
    if listener.type == "internal":
        return [(f"{cluster.bootstrap_service}.{cluster.namespace}.svc", listener.port)]
    if listener.type == "route":
        return [(cluster.route_hosts[cluster.bootstrap_route(listener)], ROUTE_PORT)]
    port = node_ports[cluster.external_bootstrap_service(listener)]
    hosts = [listener.override(n.id).advertised_host or node_addresses.get(n.id) for n in cluster.brokers]
    return [(host, port) for host in dict.fromkeys(hosts) if host]
