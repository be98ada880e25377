"""One pass over a Kafka cluster: from its resources to objects, pods and status. Safe to run at any time."""

import asyncio
import base64
import logging
import secrets
import time
from dataclasses import replace

from ..errors import OperationTimeoutError, OperatorError, PodStuckError, RoutesUnavailableError
from ..kafka_clients.access import UNREACHABLE
from ..kafka_clients.availability import KafkaAvailability
from ..kubernetes.api import ApiError, KubernetesApi
from ..model.cluster import Cluster
from ..model.parsing import parse_cluster
from ..objects import entity_operator, node_settings, pods, policies, routes, services, volume_claims
from ..objects import secrets as secret_objects
from ..objects.comparison import is_as_desired
from ..objects.metadata import Object, selector
from ..settings import ClusterOperatorSettings
from ..status import paused
from ..status import write as write_status
from . import orphaned_topics, status
from .pod_rollout import Rollout, decide
from .volume_resizing import with_possible_sizes

logger = logging.getLogger(__name__)

KINDS = [
    "ServiceAccount", "Role", "RoleBinding", "Secret", "Service", "ConfigMap", "NetworkPolicy", "PodDisruptionBudget",
    "Deployment", "PersistentVolumeClaim", "Pod",
]  # fmt: skip
IDENTITY = {"apiVersion", "kind", "metadata"}
INVALID = 422  # the API server's answer to an object that cannot be
SOON = 5.0  # seconds until another look at what is awaited, should its event be missed
# Seconds until a broker is restarted although Kafka does not answer: a lost authority is trusted again only then.
PATIENCE = 60.0
AT_ONCE = 1  # seconds that a pod is given which has nothing to keep
REFUSED = 30.0  # seconds until a refused cluster is tried again: what stood in its way may be gone

Existing = dict[str, dict[str, Object]]


def cluster_id_of(kafka: Object, existing: Existing) -> str:
    """The id that the cluster has: from its status, from a node's settings, or a new one."""
    if known := kafka.get("status", {}).get("clusterId"):
        return known
    ids = [c["data"]["cluster.id"] for c in existing["ConfigMap"].values() if "cluster.id" in c.get("data", {})]
    return ids[0] if ids else base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")


def pod_ids(existing: Existing) -> dict[str, set[int]]:
    """Node ids that pods have, by pool."""
    ids: dict[str, set[int]] = {}
    for name, pod in existing["Pod"].items():
        pool = pod["metadata"]["labels"].get("strimzi.io/pool-name")
        if pool:
            ids.setdefault(pool, set()).add(int(name.rsplit("-", 1)[1]))
    return ids


def kafka_pods(existing: Existing) -> dict[str, Object]:
    """The pods of Kafka nodes, without the entity operator's."""
    return {n: p for n, p in existing["Pod"].items() if "strimzi.io/pool-name" in p["metadata"]["labels"]}


def node_addresses(cluster: Cluster, existing: Existing) -> dict[int, str]:
    """Address of the Kubernetes node that each broker runs on, by node id, where it is known."""
    found = {
        node.id: existing["Pod"].get(node.pod_name, {}).get("status", {}).get("hostIP") for node in cluster.brokers
    }
    return {node_id: address for node_id, address in found.items() if address}


class Reconciler:
    """Brings Kafka clusters to what their resources say."""

    def __init__(self, api: KubernetesApi, settings: ClusterOperatorSettings) -> None:
        self._api, self._settings = api, settings
        self._kinds: list[str] = []  # of what is made, as far as the platform has them
        self._waiting_since: dict[tuple[str, str], tuple[int, float]] = {}  # generation that is waited for, since when

    async def reconcile(self, namespace: str, name: str) -> float | None:
        """One pass; returns seconds until the next one, or None when the cluster is gone or paused."""
        if not self._kinds:
            self._kinds = [*KINDS, *(["Route"] if await self._api.serves("Route") else [])]
        kafka, pool_list, existing = await asyncio.gather(
            self._api.get("Kafka", namespace, name),
            self._api.list_objects("KafkaNodePool", namespace, f"strimzi.io/cluster={name}"),
            self._api.list_kinds(self._kinds, namespace, selector(name)),
        )
        if kafka is None or "deletionTimestamp" in kafka["metadata"]:
            await self._remove_what_pools_own(existing)
            if kafka is None:
                await orphaned_topics.let_go(self._api, namespace, name)
            self._waiting_since.pop((namespace, name), None)
            return None
        if left_alone := paused(kafka):
            await write_status(self._api, "Kafka", kafka, left_alone)
            self._waiting_since.pop((namespace, name), None)
            return None
        if not kafka.get("status"):
            await write_status(self._api, "Kafka", kafka, status.kafka_creating())
        try:
            present = [pool for pool in pool_list if "deletionTimestamp" not in pool["metadata"]]
            ids, storages = pod_ids(existing), node_settings.storages(existing["ConfigMap"].values())
            images = self._settings.kafka_images
            cluster = parse_cluster(kafka, present, ids, storages, cluster_id_of(kafka, existing), images)
            return await self._bring_about(cluster, kafka, present, existing)
        except OperatorError as error:
            if isinstance(error, ApiError) and error.passing:
                raise
            logger.warning("Kafka %s/%s: %s: %s", namespace, name, error.reason, error)
            await write_status(self._api, "Kafka", kafka, status.kafka_failure(kafka, error))
            return REFUSED

    async def _bring_about(self, cluster: Cluster, kafka: Object, pool_list: list[Object], existing: Existing) -> float:
        written, cluster = await self._expose(cluster, existing)
        ports = services.node_ports([item for item in written if item["kind"] == "Service"])
        if waiting := routes.waits(cluster):
            return await self._wait(cluster, kafka, waiting, stuck=())
        issuer, cluster_secrets = await asyncio.to_thread(secret_objects.all_secrets, cluster, existing["Secret"])
        revision = secret_objects.authority_revision(issuer)
        images = {"topic": self._settings.topic_operator_image, "user": self._settings.user_operator_image}
        entity = entity_operator.all_objects(cluster, images, revision)
        # A role is bound only when it is there.
        written += await self._write([*cluster_secrets, *(i for i in entity if i["kind"] == "Role")], existing)
        settings = {node.pod_name: node_settings.settings_of(cluster, node, ports) for node in cluster.nodes}
        rest = [item for item in entity if item["kind"] != "Role"]
        desired_claims = volume_claims.all_claims(cluster)
        claims, claim_warnings = await with_possible_sizes(self._api, desired_claims, existing["PersistentVolumeClaim"])
        written += await self._write([*settings.values(), *claims, *rest], existing)
        for pool in cluster.pools:
            resource = next(item for item in pool_list if item["metadata"]["name"] == pool.name)
            await write_status(self._api, "KafkaNodePool", resource, status.pool_status(cluster, pool))
        clients = secret_objects.clients_revision(cluster, cluster_secrets)
        certificates = {n.pod_name: secret_objects.node_revision(cluster, n, issuer) + clients for n in cluster.nodes}
        rollout = await self._roll_pods(cluster, settings, certificates, existing)
        waiting = list(rollout.waiting_for)
        if rollout.restart:
            own = secret_objects.operator_identity(cluster, cluster_secrets)
            availability = KafkaAvailability(cluster, own, issuer.certificate)
            waiting = [await self._restart(cluster, rollout.restart, availability, existing)]
        await self._remove_surplus(cluster, written, existing, is_rolling=bool(waiting))
        waiting += entity_operator_waits(cluster, existing)
        if waiting:
            return await self._wait(cluster, kafka, waiting, rollout.stuck)
        self._waiting_since.pop((cluster.namespace, cluster.name), None)
        listeners = status.listener_statuses(cluster, issuer.certificate, ports, node_addresses(cluster, existing))
        await write_status(self._api, "Kafka", kafka, status.kafka_ready(cluster, listeners, claim_warnings))
        return self._settings.reconciliation_interval

    async def _expose(self, cluster: Cluster, existing: Existing) -> tuple[list[Object], Cluster]:
        """Write what the nodes are reached by; returns that, and the cluster with the hosts that its Routes have."""
        routed = routes.all_routes(cluster)
        if routed and "Route" not in self._kinds:
            raise RoutesUnavailableError(
                "The OpenShift route API is not available in this Kubernetes cluster. Exposing Kafka cluster "
                f"{cluster.name} using routes is not possible."
            )
        desired = [*policies.kafka_policies(cluster), *services.all_services(cluster), *routed]
        written = await self._write(desired, existing)
        return written, replace(cluster, route_hosts=routes.hosts([i for i in written if i["kind"] == "Route"]))

    async def _write(self, desired: list[Object], existing: Existing) -> list[Object]:
        """Write what is not as desired; returns all of them as the API server has them."""

        async def write(item: Object) -> Object:
            found = existing[item["kind"]].get(item["metadata"]["name"])
            if is_as_desired(found, item):
                return found  # type: ignore[return-value]  # not None, or it would not be as desired
            logger.info("%s %s %s/%s", "change" if found else "create", item["kind"], item["metadata"]["namespace"],
                        item["metadata"]["name"])  # fmt: skip
            return await self._bring(item, found)

        answers = await asyncio.gather(*(write(item) for item in desired))
        return [{**answer, "kind": item["kind"]} for answer, item in zip(answers, desired, strict=True)]

    async def _bring(self, item: Object, found: Object | None) -> Object:
        """Write one object; returns it as the API server has it."""
        try:
            answer = await self._api.apply(item)
        except ApiError as error:
            if found is None or error.status != INVALID:
                raise
            answer = None
        if answer and (found is None or is_as_desired(answer, item)):
            return answer
        # What somebody else put into a list stays there, and may not go with ours: a Service's port of the same name.
        metadata, content = item["metadata"], {key: item[key] for key in item.keys() - IDENTITY}
        merged = await self._api.merge(item["kind"], metadata["namespace"], metadata["name"], content)
        if merged is None:
            raise ApiError(404, f"{item['kind']} {metadata['name']} was deleted meanwhile")
        return merged

    async def _roll_pods(
        self, cluster: Cluster, settings: dict[str, Object], certificates: dict[str, str], existing: Existing
    ) -> Rollout:
        order = sorted(cluster.nodes, key=lambda node: (not node.controller, node.id))
        desired = {
            node.pod_name: pods.pod_of(cluster, node, settings[node.pod_name], certificates[node.pod_name])
            for node in order
        }
        rollout = decide(desired, kafka_pods(existing))
        await asyncio.gather(*(self._api.apply(desired[name]) for name in rollout.create))
        for name in rollout.delete:
            await self._delete_pod(cluster, existing["Pod"][name])
        return rollout

    async def _delete_pod(self, cluster: Cluster, pod: Object) -> None:
        name = pod["metadata"]["name"]
        if "deletionTimestamp" not in pod["metadata"]:
            logger.info("delete Pod %s/%s", cluster.namespace, name)
            await self._api.delete("Pod", cluster.namespace, name, pod["metadata"]["uid"])

    async def _restart(self, cluster: Cluster, name: str, availability: KafkaAvailability, existing: Existing) -> str:
        """Restart a node that is Ready if it can be spared; returns what is waited for."""
        node, reason = next(node for node in cluster.nodes if node.pod_name == name), None
        try:
            reason = await availability.reason_to_keep(node.id) if node.broker else None
        except UNREACHABLE as error:
            if self._waits(cluster) < PATIENCE:
                reason = f"Kafka does not say whether others have its replicas ({type(error).__name__}: {error})"
        if reason:
            logger.info("keep Pod %s/%s: %s", cluster.namespace, name, reason)
            return f"{name}: not restarted yet, {reason}; delete the pod to restart it all the same"
        await self._delete_pod(cluster, existing["Pod"][name])
        self._waiting_since.pop((cluster.namespace, cluster.name), None)  # each node has its time
        return f"{name}: restarting with changed settings"

    def _waits(self, cluster: Cluster) -> float:
        """Seconds for which this form of a cluster has been waited for."""
        key, now = (cluster.namespace, cluster.name), time.monotonic()
        generation, since = self._waiting_since.get(key, (cluster.generation, now))
        if generation != cluster.generation:
            since = now
        self._waiting_since[key] = (cluster.generation, since)
        return now - since

    async def _wait(self, cluster: Cluster, kafka: Object, waiting: list[str], stuck: tuple[str, ...]) -> float:
        """Say of a new cluster what is waited for; raises OperatorError where that has no end."""
        if stuck:
            self._waiting_since.pop((cluster.namespace, cluster.name), None)
            raise PodStuckError(f"Pod is unschedulable or is not starting: {'; '.join(stuck)}")
        limit = self._settings.operation_timeout
        if self._waits(cluster) > limit:
            raise OperationTimeoutError(f"Exceeded timeout of {limit:.0f}s while waiting for {'; '.join(waiting)}")
        if not kafka.get("status", {}).get("observedGeneration"):
            await write_status(self._api, "Kafka", kafka, status.kafka_creating(waiting))
        return SOON

    async def _remove_surplus(
        self, cluster: Cluster, wanted: list[Object], existing: Existing, is_rolling: bool
    ) -> None:
        """Delete what was made for listeners, nodes or an entity operator that are no longer asked for.

        Claims go only where they are to, and when no pod is left that may need them.
        """
        keep = {(item["kind"], item["metadata"]["name"]) for item in wanted}
        for kind, items in existing.items():
            for name, item in items.items() if kind != "Pod" else ():
                is_kept = kind == "PersistentVolumeClaim" and (is_rolling or not volume_claims.is_deletable(item))
                if (kind, name) not in keep and not is_kept:
                    logger.info("delete %s %s/%s", kind, cluster.namespace, name)
                    await self._api.delete(kind, cluster.namespace, name)

    async def _remove_what_pools_own(self, existing: Existing) -> None:
        """After a Kafka is deleted: what its node pools own, since these may stay. The rest goes with its owner.

        Claims stay as long as their pool does. Brokers would wait for a quorum that ends as they do, so pods that keep
        nothing end at once.
        """
        for kind, items in existing.items():
            if kind == "PersistentVolumeClaim":
                continue
            for name, item in items.items():
                owners = item["metadata"].get("ownerReferences", [])
                if any(owner["kind"] == "KafkaNodePool" for owner in owners):
                    grace = AT_ONCE if kind == "Pod" and not pods.keeps_data(item) else None
                    await self._api.delete(kind, item["metadata"]["namespace"], name, grace=grace)


def entity_operator_waits(cluster: Cluster, existing: Existing) -> list[str]:
    """Why the entity operator is not ready; empty when it is or is not asked for."""
    if not cluster.entity_operators:
        return []
    name = entity_operator.name_of(cluster.name)
    deployment = existing["Deployment"].get(name, {})
    found = deployment.get("status", {})
    current = found.get("observedGeneration", 0) == deployment.get("metadata", {}).get("generation", -1)
    if current and found.get("readyReplicas", 0) >= 1 and not found.get("unavailableReplicas"):
        return []
    return [f"{name}: not ready"]
