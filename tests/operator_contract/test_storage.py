"""Persistent storage: claims, what is in them, and changes of it.

Sources: "Deploying and Managing", list of Kafka cluster resources (data-<volume>-<pod>), node pools, resizing
persistent volumes; API reference, PersistentClaimStorage, JbodStorage, KafkaNodePoolTemplate, KafkaNodePoolStatus.
"""

from __future__ import annotations

import pytest

from contract import manifests
from contract.conditions import conditions, has
from contract.kafka_cluster import KafkaCluster
from contract.waiting import LONG, eventually

BROKER = "changing-kafka-1"
CLAIM, GROWING_CLAIM = (f"data-{number}-{BROKER}" for number in range(2))
KAFKA = ["--bootstrap-server", "localhost:9092"]


@pytest.fixture(autouse=True)
def needs_a_class(changing: KafkaCluster) -> None:
    """The suite's claims name no class."""
    if not changing.kubernetes.default_storage_class():
        pytest.skip("the cluster has no default storage class")


def size(cluster: KafkaCluster, claim: str = CLAIM) -> str:
    """What a claim asks for."""
    return cluster.the("PersistentVolumeClaim", claim)["spec"]["resources"]["requests"]["storage"]


def test_claim_has_its_size_and_marks_and_belongs_to_nobody(changing: KafkaCluster):
    # PersistentClaimStorage, deleteClaim (default false)
    claim = changing.the("PersistentVolumeClaim", CLAIM)
    wanted = {"strimzi.io/cluster": "changing", "strimzi.io/pool-name": "kafka", **manifests.MARKS["labels"]}
    assert wanted.items() <= claim["metadata"]["labels"].items()
    assert manifests.MARKS["annotations"].items() <= claim["metadata"]["annotations"].items()
    assert not claim["metadata"].get("ownerReferences")
    assert (claim["status"]["phase"], size(changing)) == ("Bound", "1Gi")


def test_record_outlives_its_pod(changing: KafkaCluster):
    # Time and behaviour: a deleted broker pod; API reference, PersistentClaimStorage
    make = [*KAFKA, "--create", "--topic", "kept", "--replica-assignment", BROKER.rsplit("-", 1)[1]]
    assert "Created topic kept" in changing.run(BROKER, "bin/kafka-topics.sh", *make)
    send = " ".join(["echo still here | bin/kafka-console-producer.sh --topic kept", *KAFKA])
    changing.run(BROKER, "sh", "-c", send)
    before = changing.pod_uids()[BROKER]
    changing.kubernetes.delete("Pod", changing.namespace, BROKER)
    changing.wait_replaced(BROKER, before)
    limits = ["--from-beginning", "--max-messages", "1", "--timeout-ms", "60000"]
    assert "still here" in changing.run(BROKER, "bin/kafka-console-consumer.sh", *KAFKA, "--topic", "kept", *limits)


def test_another_kind_of_volume_is_refused_and_the_old_one_kept(changing: KafkaCluster):
    # KafkaNodePoolSpec, storage: cannot be updated; the node pool's status warns
    pods, before = changing.pod_uids(), changing.pool("kafka")["spec"]["storage"]["volumes"]
    changing.change_pool("kafka", storage={"volumes": [manifests.volume(0)]})
    wanted = "the pool warned of its storage"
    eventually(lambda: changing.pool("kafka"), lambda pool: has(pool, "Warning", "True", "KafkaStorage"), wanted)
    changing.wait_ready()
    assert changing.pod_uids() == pods
    assert changing.the("PersistentVolumeClaim", CLAIM)["status"]["phase"] == "Bound"
    changing.change_pool("kafka", storage={"volumes": before})
    eventually(lambda: conditions(changing.pool("kafka"), "Warning"), lambda found: not found, "no warning any more")
    changing.wait_ready()
    assert changing.pod_uids() == pods


def test_volume_grows_where_its_class_lets_it_and_is_warned_of_elsewhere(changing: KafkaCluster):
    # "Deploying and Managing", resizing persistent volumes: by storage classes with allowVolumeExpansion
    pods, before = changing.pod_uids(), changing.pool("kafka")["spec"]["storage"]["volumes"]
    can_grow = changing.kubernetes.default_storage_class().get("allowVolumeExpansion")
    changing.change_pool("kafka", storage={"volumes": [{**volume, "size": "2Gi"} for volume in before]})
    eventually(lambda: size(changing, GROWING_CLAIM), lambda found: found == "2Gi", "the claim grown", LONG)
    if not can_grow:
        eventually(
            changing.kafka,
            lambda kafka: any(f"PVC {CLAIM} cannot be resized" in c["message"] for c in conditions(kafka, "Warning")),
            "the Kafka warned of a claim that cannot grow",
            LONG,
        )
    assert size(changing) == ("2Gi" if can_grow else "1Gi")
    changing.wait_ready()
    assert changing.pod_uids() == pods
