"""Persistent storage: claims, what is in them, and a change that cannot be made.

Sources: "Deploying and Managing", list of Kafka cluster resources (data-<volume>-<pod>), node pools; API reference,
PersistentClaimStorage, JbodStorage, KafkaNodePoolTemplate, KafkaNodePoolStatus.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract import manifests
from contract.conditions import conditions, has
from contract.kafka_cluster import KafkaCluster
from contract.kubernetes_access import Kubernetes
from contract.restoring import settle
from contract.waiting import eventually

BROKER = "pooled-kafka-1"
CLAIM = f"data-0-{BROKER}"
KAFKA = ["--bootstrap-server", "localhost:9092"]


@pytest.fixture(autouse=True)
def needs_a_class(kubernetes: Kubernetes) -> None:
    """The suite's claims name no class."""
    if not kubernetes.default_storage_class():
        pytest.skip("the cluster has no default storage class")


def test_claim_has_its_size_and_marks_and_belongs_to_nobody(pooled: KafkaCluster):
    # PersistentClaimStorage, deleteClaim (default false)
    claim = pooled.the("PersistentVolumeClaim", CLAIM)
    wanted = {"strimzi.io/cluster": "pooled", "strimzi.io/pool-name": "kafka", **manifests.MARKS["labels"]}
    assert wanted.items() <= claim["metadata"]["labels"].items()
    assert manifests.MARKS["annotations"].items() <= claim["metadata"]["annotations"].items()
    assert not claim["metadata"].get("ownerReferences")
    assert (claim["status"]["phase"], claim["spec"]["resources"]["requests"]["storage"]) == ("Bound", "1Gi")


def topics(cluster: KafkaCluster, *arguments: str) -> str:
    """What Kafka's own command says of topics."""
    return cluster.run(BROKER, "bin/kafka-topics.sh", *KAFKA, *arguments)


@pytest.fixture
def kept_topic(changing: KafkaCluster) -> Iterator[str]:
    """A topic on the broker."""
    number = BROKER.rsplit("-", 1)[1]
    assert "Created topic kept" in topics(changing, "--create", "--topic", "kept", "--replica-assignment", number)
    yield "kept"
    settle(changing)
    topics(changing, "--delete", "--topic", "kept")


def test_record_outlives_its_pod(changing: KafkaCluster, kept_topic: str):
    # Time and behaviour: a deleted broker pod; API reference, PersistentClaimStorage
    send = " ".join(["echo still here | bin/kafka-console-producer.sh --topic", kept_topic, *KAFKA])
    changing.run(BROKER, "sh", "-c", send)
    before = changing.pod_uids()[BROKER]
    changing.kubernetes.delete("Pod", changing.namespace, BROKER)
    changing.wait_replaced(BROKER, before)
    read = ["--topic", kept_topic, "--from-beginning", "--max-messages", "1", "--timeout-ms", "60000"]
    assert "still here" in changing.run(BROKER, "bin/kafka-console-consumer.sh", *KAFKA, *read)


def test_another_kind_of_volume_is_refused_and_the_old_one_kept(changing: KafkaCluster):
    # KafkaNodePoolSpec, storage: cannot be updated; the node pool's status warns
    pods, before = changing.pod_uids(), changing.pool("kafka")["spec"]["storage"]["volumes"]
    changing.change_pool("kafka", storage={"volumes": [manifests.volume(0)]})
    eventually(
        lambda: changing.pool("kafka"),
        lambda pool: has(pool, "Warning", "True", "KafkaStorage"),
        "the pool warned of its storage",
        changing.times.answer,
    )
    changing.wait_ready()
    assert changing.pod_uids() == pods
    assert changing.the("PersistentVolumeClaim", CLAIM)["status"]["phase"] == "Bound"
    changing.change_pool("kafka", storage={"volumes": before})
    eventually(
        lambda: conditions(changing.pool("kafka"), "Warning"),
        lambda found: not found,
        "no warning any more",
        changing.times.answer,
    )
    changing.wait_ready()
    assert changing.pod_uids() == pods
