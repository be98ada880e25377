"""Resources that tests start from: the lab's two profiles, small."""

import copy
import itertools
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "src"), str(Path(__file__).resolve().parent)]

IMAGES = {"4.3.1": "localhost/catdog-lab/kafka:test"}


def kafka_resource(**spec: Any) -> dict[str, Any]:
    """A Kafka with the lab's three listeners; `spec` replaces fields of spec.kafka."""
    listeners = [
        {"name": "plain", "port": 9092, "type": "internal", "tls": False},
        {"name": "tls", "port": 9093, "type": "internal", "tls": True},
        {
            "name": "external",
            "port": 9094,
            "type": "nodeport",
            "tls": True,
            "configuration": {
                "bootstrap": {"nodePort": 30092, "alternativeNames": ["127.0.0.1", "localhost"]},
                "brokers": [
                    {"broker": 0, "nodePort": 30093, "advertisedHost": "127.0.0.1", "advertisedPort": 30093},
                ],
            },
        },
    ]
    kafka = {"version": "4.3.1", "listeners": listeners, "config": {"message.max.bytes": 10485760}, **spec}
    return {
        "metadata": {"name": "my", "namespace": "lab", "uid": "kafka-uid", "generation": 3},
        "spec": {"kafka": kafka, "entityOperator": {"topicOperator": {}}},
    }


def pool_resource(name: str, roles: list[str], replicas: int, **spec: Any) -> dict[str, Any]:
    """A KafkaNodePool with one ephemeral volume."""
    storage = {"type": "jbod", "volumes": [{"id": 0, "type": "ephemeral", "kraftMetadata": "shared"}]}
    return {
        "metadata": {"name": name, "namespace": "lab", "uid": f"{name}-uid", "generation": 1},
        "spec": {"replicas": replicas, "roles": roles, "storage": storage, **spec},
    }


@pytest.fixture(scope="session")
def few_keys():
    """Some keys, made once: making them is what takes time in these tests."""
    return [rsa.generate_private_key(public_exponent=65537, key_size=1024) for _ in range(5)]


@pytest.fixture(autouse=True)
def keys_in_turn(monkeypatch, few_keys):
    """Every new key is the next of the few: what is tested is who signs what."""
    turn = itertools.cycle(few_keys)
    monkeypatch.setattr("embedded_operator.certificates.rsa.generate_private_key", lambda **_: next(turn))


@pytest.fixture(autouse=True)
def spare_brokers(monkeypatch):
    """Every broker can be spared: there is no Kafka to ask."""

    class Availability:
        def __init__(self, *_: Any) -> None:
            """As KafkaAvailability."""

        async def reason_to_keep(self, broker: int) -> str | None:
            """None: it may be restarted."""

    monkeypatch.setattr("embedded_operator.clusters.reconciliation.KafkaAvailability", Availability)


@pytest.fixture
def kafka() -> dict[str, Any]:
    """A Kafka resource to change."""
    return copy.deepcopy(kafka_resource())


@pytest.fixture
def compact_pools() -> list[dict[str, Any]]:
    """One node with both roles."""
    return [pool_resource("dual-role", ["controller", "broker"], 1)]


@pytest.fixture
def full_pools() -> list[dict[str, Any]]:
    """Three controllers and three brokers, in the wrong order."""
    return [pool_resource("kafka", ["broker"], 3), pool_resource("controller", ["controller"], 3)]


@pytest.fixture
def user():
    """`user(kind, **spec)` -> a KafkaUser `alice` with this kind of authentication (None: without any)."""

    def make(kind: str | None, name: str = "alice", **spec: Any) -> dict[str, Any]:
        authentication = {"authentication": {"type": kind}} if kind else {}
        labels = {"strimzi.io/cluster": "my"}
        metadata = {"name": name, "namespace": "lab", "uid": "user-uid", "generation": 1, "labels": labels}
        return {"metadata": metadata, "spec": {**authentication, **spec}}

    return make


@pytest.fixture
def parse():
    """`parse(kafka, pools)` -> model, with no pods and a fixed cluster id."""
    from embedded_operator.model.parsing import parse_cluster

    return lambda kafka, pools, pods=None, storages=None: parse_cluster(
        kafka, pools, pods or {}, storages or {}, "cluster-id", IMAGES
    )
