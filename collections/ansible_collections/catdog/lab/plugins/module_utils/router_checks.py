"""What keeps a lab from being reached by the router that it brings itself: its port, and its hosts' names."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.exposed_hosts import BY_NAME

TLS_PORT = 443  # of the addresses that Strimzi makes of Routes and Ingresses


def router_port_failures(
    attendees: Iterable[Mapping[str, Any]], ingress_class: str, router: Mapping[str, Any]
) -> list[str]:
    """Kafka by a router that is reached at another port than the one that Strimzi tells of Routes and Ingresses.

    `router`: the lab's own, by its `ingress_class` and `port`; empty: there is none.
    """
    if not router or int(router["port"]) == TLS_PORT:
        return []
    by_router = {"route"} | ({"ingress"} if ingress_class == router["ingress_class"] else set())
    asked = {entry["exposures"]["lab_kafka_exposure"] for entry in attendees} & by_router
    return [
        f"lab_kafka_exposure asks for {kind}, for which Strimzi tells clients port {TLS_PORT}, and the lab's router is "
        f"reached at port {router['port']} (lab_router_https_port): clients would find nothing there. Set it to "
        f"{TLS_PORT}, or use nodeport for Kafka."
        for kind in sorted(asked)
    ]


def router_hosts(
    attendees: Iterable[Mapping[str, Any]], profiles: Mapping[str, Mapping[str, Any]], shared: str, domain: str
) -> list[str]:
    """All hosts of notebooks and Kafkas that are reached by name, each once: the brokers', too.

    `profiles`: Kafka's, with their nodes; `shared`: that of a class's Kafka, if there is one; `domain`: the router's,
    where an attendee names none.
    """
    found: dict[str, None] = {}
    for entry in attendees:
        for host in entry["hosts"]:
            found[f"{host['label']}.{host['domain'] or domain}"] = None
        shape = profiles.get(shared or entry["profile"])
        if entry["exposures"]["lab_kafka_exposure"] in BY_NAME and shape:
            # As Strimzi counts: over the pools in order of their names (role kafka_cluster).
            pool, first = ("kafka", shape["controllers"]) if shape["controllers"] else ("dual-role", 0)
            own = entry["hosts"][-1]["domain"] or domain
            for number in range(first, first + shape["brokers"]):
                found[f"{entry['kafka_cluster']}-{pool}-{number}-{entry['kafka_namespace']}.{own}"] = None
    return list(found)


@cache
def is_found(host: str) -> bool:
    """Whether programs of this machine find an address by this name."""
    try:
        return bool(socket.getaddrinfo(host, TLS_PORT, type=socket.SOCK_STREAM))
    except OSError:
        return False


def name_failures(hosts: Iterable[str], address: str, finds: Callable[[str], bool] = is_found) -> list[str]:
    """Hosts that this machine does not find, with the line of /etc/hosts that names them all.

    `address`: of the machine that publishes the router.
    """
    hosts = list(hosts)
    lacking = next((host for host in hosts if not finds(host)), "")
    if not lacking:
        return []
    way = "Have a name server find it"
    if lacking.endswith(".localhost"):
        way = "Install libnss-myhostname, which finds all below localhost, as browsers do"
    return [
        f"programs on this machine do not find {lacking}, by which this run checks the lab and Kafka's clients come. "
        f"{way}, or write this line into /etc/hosts: {address} {' '.join(hosts)}"
    ]
