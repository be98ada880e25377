"""What is there of a Kafka cluster when a reconciliation begins: its resources, and what was made for them."""

import asyncio
import base64
import secrets
from dataclasses import dataclass

from ..kubernetes.api import KubernetesApi
from ..model.cluster import Cluster
from ..objects import entity_operator
from ..objects.metadata import Object, selector

KINDS = [
    "ServiceAccount", "Role", "RoleBinding", "Secret", "Service", "ConfigMap", "NetworkPolicy", "PodDisruptionBudget",
    "Deployment", "PersistentVolumeClaim", "Pod",
]  # fmt: skip


@dataclass(frozen=True)
class ObservedState:
    """The Kafka (empty where it is gone), its pools, and what the operator made: kind -> name -> object."""

    kafka: Object
    pools: list[Object]
    objects: dict[str, dict[str, Object]]

    @classmethod
    async def read(cls, api: KubernetesApi, kinds: list[str], namespace: str, name: str) -> "ObservedState":
        """Everything as the API server has it now; pools that are being deleted are none any more."""
        kafka, pools, objects = await asyncio.gather(
            api.get("Kafka", namespace, name),
            api.list_objects("KafkaNodePool", namespace, f"strimzi.io/cluster={name}"),
            api.list_kinds(kinds, namespace, selector(name)),
        )
        return cls(kafka or {}, [pool for pool in pools if "deletionTimestamp" not in pool["metadata"]], objects)

    def get(self, kind: str, name: str) -> Object | None:
        """One object, None where it does not exist."""
        return self.objects[kind].get(name)

    def cluster_id(self) -> str:
        """The id that the cluster has: from its status, from a node's settings, or a new one."""
        if known := self.kafka.get("status", {}).get("clusterId"):
            return known
        settings = [item.get("data", {}) for item in self.objects["ConfigMap"].values()]
        ids = [data["cluster.id"] for data in settings if "cluster.id" in data]
        return ids[0] if ids else base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")

    @property
    def kafka_pods(self) -> dict[str, Object]:
        """The pods of Kafka nodes by name, without the entity operator's."""
        pods = self.objects["Pod"].items()
        return {name: pod for name, pod in pods if "strimzi.io/pool-name" in pod["metadata"]["labels"]}

    @property
    def node_ids(self) -> dict[str, set[int]]:
        """Node ids that pods have, by pool."""
        ids: dict[str, set[int]] = {}
        for name, pod in self.kafka_pods.items():
            ids.setdefault(pod["metadata"]["labels"]["strimzi.io/pool-name"], set()).add(int(name.rsplit("-", 1)[1]))
        return ids

    def node_addresses(self, cluster: Cluster) -> dict[int, str]:
        """Address of the Kubernetes node that each broker runs on, by node id, where it is known."""
        pods = {node.id: self.get("Pod", node.pod_name) or {} for node in cluster.brokers}
        found = {node_id: pod.get("status", {}).get("hostIP") for node_id, pod in pods.items()}
        return {node_id: address for node_id, address in found.items() if address}

    def entity_operator_waits(self, cluster: Cluster) -> list[str]:
        """Why the entity operator is not ready; empty when it is or is not asked for."""
        if not cluster.entity_operators:
            return []
        name = entity_operator.name_of(cluster.name)
        deployment = self.get("Deployment", name) or {}
        found = deployment.get("status", {})
        current = found.get("observedGeneration", 0) == deployment.get("metadata", {}).get("generation", -1)
        if current and found.get("readyReplicas", 0) >= 1 and not found.get("unavailableReplicas"):
            return []
        return [f"{name}: not ready"]
