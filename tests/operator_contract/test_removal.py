"""Removal in the order that Strimzi asks for: topics, Kafka, pools. Nothing is left, and nothing else is touched.

Sources: strimzi_observed.md, Time and behaviour; "Deploying and Managing", deleting managed topics; API reference,
CertificateAuthority, generateSecretOwnerReference: the authorities' Secrets go with their Kafka;
PersistentClaimStorage, deleteClaim: claims stay, or go with their pool.
"""

from __future__ import annotations

from collections.abc import Callable

from contract import manifests
from contract.kafka_cluster import KafkaCluster
from contract.waiting import KUBERNETES, eventually

KINDS = [
    "Pod", "Service", "Secret", "ConfigMap", "Deployment", "ServiceAccount", "NetworkPolicy", "PodDisruptionBudget",
    "KafkaNodePool", "KafkaTopic",
]  # fmt: skip


def test_removed_cluster_leaves_nothing_and_others_alone(
    new_cluster: Callable[[str, str], KafkaCluster], cluster: KafkaCluster
):
    own = new_cluster("operator-contract-removal", "short-lived")
    kubernetes, others_pods = own.kubernetes, cluster.pod_uids()
    volumes = [manifests.volume(0)]
    if kubernetes.default_storage_class():
        volumes = [manifests.volume(0, "1Gi", deleteClaim=True), manifests.volume(1, "1Gi")]
    own.make(
        manifests.kafka(own.namespace, own.name, [manifests.TLS]),
        manifests.pool(own.namespace, own.name, "dual-role", ["controller", "broker"], volumes=volumes),
    )
    claims = {claim["metadata"]["name"] for claim in own.list("PersistentVolumeClaim")}
    assert claims == {f"data-{v['id']}-short-lived-dual-role-0" for v in volumes if v["type"] == "persistent-claim"}
    metadata = {"name": "an-attendees-own", "namespace": own.namespace}
    kubernetes.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"key": "value"}})
    kubernetes.create(manifests.topic(own.namespace, own.name, "gone-first"))
    own.topics.wait("gone-first")

    kubernetes.delete("KafkaTopic", own.namespace, "gone-first")
    own.topics.wait_gone("gone-first")
    kubernetes.delete("Kafka", own.namespace, own.name)
    kubernetes.delete("KafkaNodePool", own.namespace, "dual-role")
    eventually(
        lambda: [f"{kind} {item['metadata']['name']}" for kind in KINDS for item in own.list(kind)],
        lambda left: not left,
        "nothing left of the cluster",
        KUBERNETES,
    )
    # PersistentClaimStorage, deleteClaim
    kept = {name for name in claims if name.startswith("data-1-")}
    eventually(
        lambda: {claim["metadata"]["name"] for claim in own.list("PersistentVolumeClaim")},
        lambda found: found == kept,
        "only claims left that were to be kept",
        KUBERNETES,
    )
    kubernetes.the("Secret", own.namespace, "an-attendees-own")
    assert cluster.pod_uids() == others_pods
    cluster.wait_ready()
