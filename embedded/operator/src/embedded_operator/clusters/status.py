"""Status of Kafka and KafkaNodePool, as Strimzi writes it."""

from collections.abc import Iterable

from .. import KAFKA_VERSION, METADATA_VERSION, OPERATOR_VERSION
from ..conditions import Condition, Status, condition, new_status
from ..errors import OperatorError
from ..model.cluster import Cluster, Pool
from ..model.listeners import status_addresses
from ..objects.metadata import Object, selector

# How nodes and operators know each other: by certificates of the cluster's authority, as with Strimzi's own default.
CLUSTER_SECURITY = {"authentication": {"type": "strimzi-mtls"}, "encryption": {"type": "strimzi-tls"}}


def kafka_creating(waiting_for: Iterable[str] = ()) -> Status:
    """Status of a new Kafka: without an observedGeneration, so that nobody takes it for an answer."""
    message = ", waiting for ".join(filter(None, ["Kafka cluster is being deployed", "; ".join(waiting_for)]))
    return {"conditions": [condition("NotReady", reason="Creating", message=message)]}


def kafka_failure(kafka: Object, error: OperatorError) -> Status:
    """Status of a Kafka that cannot be had."""
    return new_status(kafka, condition("NotReady", reason=error.reason, message=str(error)))


def warnings(cluster: Cluster) -> list[Condition]:
    """Warnings about what works but should not be relied on."""
    texts = []
    brokers, controllers = len(cluster.brokers), len(cluster.controllers)
    for option, reason in (
        ("default.replication.factor", "KafkaDefaultReplicationFactor"),
        ("min.insync.replicas", "KafkaMinInsyncReplicas"),
    ):
        if option not in cluster.config and brokers > 1:
            message = (
                f"{option} option is not configured. It defaults to 1 which does not guarantee reliability and "
                "availability. You should configure this option in .spec.kafka.config."
            )
            texts.append((reason, message))
    lost = "and ephemeral storage will lose"
    after = "after any restart or rolling update."
    if brokers == 1 and cluster.brokers[0].pool.ephemeral:
        texts.append(("KafkaStorage", f"A Kafka cluster with a single broker node {lost} topic messages {after}"))
    if controllers == 1 and cluster.controllers[0].pool.ephemeral:
        texts.append(("KafkaStorage", f"A Kafka cluster with a single controller node {lost} data {after}"))
    if controllers == 2:
        message = (
            "Running KRaft controller quorum with two nodes is not advisable as both nodes will be needed to avoid "
            "downtime. It is recommended that a minimum of three nodes are used."
        )
        texts.append(("KafkaKRaftControllerNodeCount", message))
    elif controllers % 2 == 0:
        message = "Running KRaft controller quorum with an odd number of nodes is recommended."
        texts.append(("KafkaKRaftControllerNodeCount", message))
    return [condition("Warning", reason=reason, message=message) for reason, message in texts]


def listener_statuses(
    cluster: Cluster, cluster_ca: bytes, node_ports: dict[str, int], node_addresses: dict[int, str]
) -> list[Status]:
    """`status.listeners`: addresses, bootstrap servers and, for TLS, the CA to trust."""
    entries = []
    for listener in cluster.listeners:
        addresses = status_addresses(cluster, listener, node_ports, node_addresses)
        entry = {
            "name": listener.name,
            "addresses": [{"host": host, "port": port} for host, port in addresses],
            "bootstrapServers": ",".join(f"{host}:{port}" for host, port in addresses),
        }
        entries.append({**entry, "certificates": [cluster_ca.decode()]} if listener.tls else entry)
    return entries


def kafka_ready(cluster: Cluster, listeners: list[Status], claim_warnings: Iterable[str] = ()) -> Status:
    """Status of a Kafka that is there; `claim_warnings`: why volumes cannot grow."""
    too_small = [condition("Warning", reason="PvcResizingWarning", message=warning) for warning in claim_warnings]
    return {
        "clusterId": cluster.cluster_id,
        "clusterSecurity": CLUSTER_SECURITY,
        "conditions": [*warnings(cluster), *too_small, condition("Ready")],
        "kafkaMetadataVersion": METADATA_VERSION,
        "kafkaNodePools": [{"name": pool.name} for pool in cluster.pools],
        "kafkaVersion": KAFKA_VERSION,
        "listeners": listeners,
        "observedGeneration": cluster.generation,
        "operatorLastSuccessfulVersion": OPERATOR_VERSION,
    }


def pool_status(cluster: Cluster, pool: Pool) -> Status:
    """Status of a KafkaNodePool: no Ready condition, wait on the Kafka."""
    warning = pool.storage_warning
    return {
        "clusterId": cluster.cluster_id,
        "conditions": [condition("Warning", reason="KafkaStorage", message=warning)] if warning else [],
        "labelSelector": f"{selector(cluster.name).split(',')[0]},strimzi.io/name={cluster.name}-kafka,"
        f"strimzi.io/kind=Kafka,strimzi.io/pool-name={pool.name}",
        "nodeIds": list(pool.node_ids),
        "observedGeneration": pool.generation,
        "replicas": len(pool.node_ids),
        "roles": sorted(pool.roles),
    }
