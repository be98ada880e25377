"""Which images a lab needs of a release's manifests."""

from __future__ import annotations

from typing import Any

import pytest

REGISTRY = "registry.example.test/strimzi"


@pytest.fixture(scope="module")
def needed_images(load_plugin):
    return load_plugin("module_utils/operator_images").needed_images


def release(**env: str) -> list[dict[str, Any]]:
    container = {"image": f"{REGISTRY}/operator:1", "env": [{"name": k, "value": v} for k, v in env.items()]}
    container["env"].append({"name": "STRIMZI_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "x"}}})
    spec = {"template": {"spec": {"containers": [container]}}}
    return [
        {"kind": "ConfigMap", "metadata": {"name": "strimzi-cluster-operator"}},
        {"kind": "Deployment", "metadata": {"name": "strimzi-cluster-operator"}, "spec": spec},
    ]


def test_operator_operands_and_the_newest_kafka_each_once(needed_images):
    env = {
        "STRIMZI_KAFKA_IMAGES": f"5.9.0={REGISTRY}/kafka:9\n5.10.0={REGISTRY}/kafka:10\n",
        "STRIMZI_KAFKA_CONNECT_IMAGES": f"5.10.0={REGISTRY}/connect:10\n",
        "STRIMZI_DEFAULT_TOPIC_OPERATOR_IMAGE": f"{REGISTRY}/topics:1",
        "STRIMZI_DEFAULT_USER_OPERATOR_IMAGE": f"{REGISTRY}/operator:1",
        "STRIMZI_DEFAULT_KAFKA_INIT_IMAGE": f"{REGISTRY}/init:1",
        "STRIMZI_DEFAULT_KAFKA_BRIDGE_IMAGE": f"{REGISTRY}/bridge:1",
    }
    assert needed_images(release(**env), "strimzi-cluster-operator") == [
        f"{REGISTRY}/{name}" for name in ("operator:1", "topics:1", "init:1", "kafka:10")
    ]


def test_what_the_manifests_do_not_name_is_not_needed(needed_images):
    assert needed_images(release(), "strimzi-cluster-operator") == [f"{REGISTRY}/operator:1"]


@pytest.mark.parametrize("documents", [[], ["text"], release()[:1]])
def test_manifests_without_the_operator_are_told(needed_images, documents: list[Any]):
    with pytest.raises(ValueError, match="hold 0 Deployments named strimzi-cluster-operator, expected one"):
        needed_images(documents, "strimzi-cluster-operator")
