"""Listeners of type route: the platform's Routes where it has them, a refusal where it has none.

Sources: API reference, GenericKafkaListener (type route), ListenerStatus; "Deploying and Managing", accessing Kafka
using OpenShift routes: TLS is passed through, clients connect to port 443; Strimzi 1.2.0, KafkaListenersReconciler:
its answer on a platform without Routes.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable

import pytest

from contract import manifests
from contract.kafka_cluster import KafkaCluster
from contract.kubernetes_access import Kubernetes
from contract.tls import handshake

ROUTED = {"name": "external", "port": 9094, "type": "route", "tls": True}


@pytest.fixture(scope="session")
def routed(new_cluster: Callable[[str, str], KafkaCluster]) -> KafkaCluster:
    """One node that clients reach by Routes; not waited for."""
    own = new_cluster("operator-contract-routes", "routed")
    own.kubernetes.create(manifests.pool(own.namespace, own.name, "dual-role", ["controller", "broker"]))
    own.kubernetes.create(manifests.kafka(own.namespace, own.name, [ROUTED]))
    return own


def test_route_listener_leads_to_its_routes(kubernetes: Kubernetes, routed: KafkaCluster):
    if not kubernetes.serves("Route"):
        pytest.skip("the cluster is no OpenShift: it has no Routes")
    (listener,) = routed.wait_ready()["status"]["listeners"]
    routes = {name: routed.the("Route", name) for name in ("routed-kafka-bootstrap", "routed-dual-role-0")}
    hosts = {name: route["status"]["ingress"][0]["host"] for name, route in routes.items()}
    assert {route["spec"]["tls"]["termination"] for route in routes.values()} == {"passthrough"}
    assert listener["bootstrapServers"] == f"{hosts['routed-kafka-bootstrap']}:443"
    context = ssl.create_default_context(cadata=listener["certificates"][0])
    for host in hosts.values():
        connection = kubernetes.connect(routed.namespace, "routed-dual-role-0", ROUTED["port"])
        assert handshake(context, connection, host) in ("TLSv1.2", "TLSv1.3")


def test_route_listener_is_refused_where_there_are_no_routes(kubernetes: Kubernetes, routed: KafkaCluster):
    if kubernetes.serves("Route"):
        pytest.skip("the cluster is an OpenShift: it has Routes")
    message = routed.wait_failed()["message"]
    assert "route API is not available" in message and routed.name in message
    assert routed.kafka_pods() == {}
