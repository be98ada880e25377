"""Status of the resources, as Strimzi writes it."""

import datetime
from collections.abc import Iterable
from typing import Any

from . import KAFKA_VERSION, METADATA_VERSION, OPERATOR_VERSION
from .errors import OperatorError
from .kubernetes.api import KubernetesApi
from .model.cluster import Cluster, Pool
from .model.listeners import status_addresses
from .objects.metadata import selector

PAUSE = "strimzi.io/pause-reconciliation"

Condition = dict[str, str]
Status = dict[str, Any]


def now() -> str:
    """The time as conditions have it."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def condition(kind: str, status: str = "True", reason: str = "", message: str = "") -> Condition:
    """One condition; reason and message only where there is one."""
    entry = {"type": kind, "status": status, "lastTransitionTime": now()}
    return {**entry, **({"reason": reason} if reason else {}), **({"message": message} if message else {})}


def keep_times(conditions: list[Condition], old: list[Condition]) -> list[Condition]:
    """Conditions with the time at which each last changed."""
    kept = []
    for entry in conditions:
        same = (o for o in old if all(o.get(k) == entry.get(k) for k in ("type", "status", "reason", "message")))
        before = next(same, None)
        kept.append({**entry, "lastTransitionTime": before["lastTransitionTime"]} if before else entry)
    return kept


def kafka_creating(waiting_for: Iterable[str] = ()) -> Status:
    """Status of a new Kafka: without an observedGeneration, so that nobody takes it for an answer."""
    message = ", waiting for ".join(filter(None, ["Kafka cluster is being deployed", "; ".join(waiting_for)]))
    return {"conditions": [condition("NotReady", reason="Creating", message=message)]}


def kafka_failure(error: OperatorError, generation: int) -> Status:
    """Status of a Kafka that cannot be had; all other fields stay as they were."""
    return {
        "conditions": [condition("NotReady", reason=error.reason, message=str(error))],
        "observedGeneration": generation,
    }


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
    cluster: Cluster, authority: bytes, node_ports: dict[str, int], node_addresses: dict[int, str]
) -> list[Status]:
    """`status.listeners`: addresses, bootstrap servers and, for TLS, the authority to trust."""
    entries = []
    for listener in cluster.listeners:
        addresses = status_addresses(cluster, listener, node_ports, node_addresses)
        entry = {
            "name": listener.name,
            "addresses": [{"host": host, "port": port} for host, port in addresses],
            "bootstrapServers": ",".join(f"{host}:{port}" for host, port in addresses),
        }
        entries.append({**entry, "certificates": [authority.decode()]} if listener.tls else entry)
    return entries


def kafka_ready(cluster: Cluster, listeners: list[Status], claim_warnings: Iterable[str] = ()) -> Status:
    """Status of a Kafka that is there; `claim_warnings`: why volumes cannot grow."""
    too_small = [condition("Warning", reason="PvcResizingWarning", message=warning) for warning in claim_warnings]
    return {
        "clusterId": cluster.cluster_id,
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
        "roles": sorted(pool.roles, reverse=False),
    }


def paused(resource: dict[str, Any]) -> Status | None:
    """Status of a resource that asks to be left alone, None where it does not; what was observed stays observed."""
    if resource["metadata"].get("annotations", {}).get(PAUSE) != "true":
        return None
    observed = resource.get("status", {}).get("observedGeneration", 0)
    return {"conditions": [condition("ReconciliationPaused")], "observedGeneration": observed}


def topic_status(generation: int, name: str, topic_id: str | None, error: OperatorError | None) -> Status:
    """Status of a KafkaTopic: Ready, or why not."""
    ready = condition("Ready", "False", error.reason, str(error)) if error else condition("Ready")
    status = {"conditions": [ready], "observedGeneration": generation, "topicName": name}
    return {**status, "topicId": topic_id} if topic_id else status


def topic_unmanaged(generation: int, name: str) -> Status:
    """Status of a KafkaTopic that does not govern its topic."""
    return {"conditions": [condition("Unmanaged")], "observedGeneration": generation, "topicName": name}


def user_status(generation: int, username: str, secret: str | None, error: OperatorError | None) -> Status:
    """Status of a KafkaUser: Ready, or why not (then the other fields stay as they were)."""
    ready = condition("Ready", "False", error.reason, str(error)) if error else condition("Ready")
    status: Status = {"conditions": [ready], "observedGeneration": generation}
    return status if error else {**status, "username": username, "secret": secret}


def change(new: Status, old: Status) -> Status | None:
    """What has to be merged into the old status, None where nothing changes."""
    conditions = keep_times(new["conditions"], old.get("conditions", []))
    changed = {key: value for key, value in {**new, "conditions": conditions}.items() if old.get(key) != value}
    return changed or None


async def write(api: KubernetesApi, kind: str, resource: dict[str, Any], new: Status) -> None:
    """Merge a new status into a resource as it was read; writes nothing where nothing changes."""
    if changed := change(new, resource.get("status", {})):
        metadata = resource["metadata"]
        await api.merge(kind, metadata["namespace"], metadata["name"], {"status": changed}, "status")
