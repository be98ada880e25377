"""Listeners: what status says of them, and that clients get through.

Sources: strimzi_observed.md, Status, listeners; API reference, ListenerStatus and GenericKafkaListener; "Deploying and
Managing", accessing Kafka using node ports.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract.kafka_access import Kafka
from contract.kafka_cluster import KafkaCluster
from contract.tls import handshake

Listeners = dict[str, dict[str, Any]]


def test_every_listener_is_in_the_status(listeners: Listeners):
    assert set(listeners) == {"plain", "tls", "external", "nodes", "certified", "passwords"}


@pytest.mark.parametrize(("name", "port"), [("plain", 9092), ("tls", 9093)])
def test_internal_listener_leads_to_the_bootstrap_service(
    cluster: KafkaCluster, listeners: Listeners, name: str, port: int
):
    host = f"contract-kafka-bootstrap.{cluster.namespace}.svc"
    assert listeners[name]["addresses"] == [{"host": host, "port": port}]
    assert listeners[name]["bootstrapServers"] == f"{host}:{port}"


def test_external_listener_leads_to_its_node_port(listeners: Listeners, pytestconfig: pytest.Config):
    # API reference, GenericKafkaListenerConfigurationBroker, advertisedHost
    host, port = pytestconfig.getoption("--node-host"), pytestconfig.getoption("--bootstrap-node-port")
    assert listeners["external"]["addresses"] == [{"host": host, "port": port}]
    assert listeners["external"]["bootstrapServers"] == f"{host}:{port}"


def test_without_an_advertised_host_it_is_the_nodes_address(cluster: KafkaCluster, listeners: Listeners):
    # Status: "nodeport: node address and bootstrap node port"
    addresses = {a["address"] for node in cluster.kubernetes.list("Node") for a in node["status"]["addresses"]}
    (port,) = cluster.the("Service", "contract-kafka-nodes-bootstrap")["spec"]["ports"]
    found = listeners["nodes"]["addresses"]
    assert found and {entry["port"] for entry in found} == {port["nodePort"]}
    assert {entry["host"] for entry in found} <= addresses


def test_tls_listeners_name_the_authority_and_others_none(listeners: Listeners, authority: Path):
    for name in ("tls", "external", "certified", "passwords"):
        assert listeners[name]["certificates"] == [authority.read_text()]
    for name in ("plain", "nodes"):
        assert not listeners[name].get("certificates")


def internal(cluster: KafkaCluster) -> tuple[socket.socket, str]:
    """A connection to the internal TLS listener, and the name that clients inside know it by."""
    connection = cluster.kubernetes.connect(cluster.namespace, "contract-dual-role-0", 9093)
    return connection, f"contract-kafka-bootstrap.{cluster.namespace}.svc"


def outside(listeners: Listeners) -> tuple[socket.socket, str]:
    """A connection to the listener for clients outside, and the address that they know it by."""
    address = listeners["external"]["addresses"][0]
    return socket.create_connection((address["host"], address["port"]), timeout=30), address["host"]


@pytest.mark.parametrize("name", ["tls", "external"])
def test_certificate_holds_under_the_authority_of_the_status(cluster: KafkaCluster, listeners: Listeners, name: str):
    connection, host = internal(cluster) if name == "tls" else outside(listeners)
    context = ssl.create_default_context(cadata=listeners[name]["certificates"][0])
    assert handshake(context, connection, host) in ("TLSv1.2", "TLSv1.3")


def test_certificate_does_not_hold_without_the_authority(listeners: Listeners):
    connection, host = outside(listeners)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(ssl.create_default_context(), connection, host)


def test_record_comes_back_as_it_was_sent(cluster: KafkaCluster, kafka: Kafka, new_topic: Callable[..., str]):
    # design.md, Messages: bytes and headers, up to the limit that topic and brokers are given
    topic = new_topic("round-trip", config={"max.message.bytes": 10485760})
    cluster.topics.wait(topic)
    value = os.urandom(2 * 1024 * 1024)
    kafka.send(topic, value, [("file-name", b"cat.png")])
    record = kafka.first_record(topic)
    assert record is not None
    assert record.value == value
    assert list(record.headers) == [("file-name", b"cat.png")]


def test_kafkas_own_commands_are_in_the_pod(cluster: KafkaCluster, new_topic: Callable[..., str]):
    # "Deploying and Managing", kafka-topics.sh in the container kafka, from its working directory
    topic = new_topic("described", partitions=2)
    cluster.topics.wait(topic)
    servers = ["--bootstrap-server", "localhost:9092"]
    described = cluster.run("contract-dual-role-0", "bin/kafka-topics.sh", "--describe", *servers, "--topic", topic)
    assert "PartitionCount: 2" in described
