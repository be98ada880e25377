"""The steps of one reconciliation of a cluster, in the order in which its parts need each other."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import replace

from ..certificates import Identity
from ..conditions import write_status
from ..errors import OperationTimeoutError, PodStuckError, RoutesUnavailableError
from ..kafka_clients.access import UNREACHABLE
from ..kafka_clients.availability import KafkaAvailability
from ..kubernetes.api import KubernetesApi
from ..model.cluster import Cluster
from ..objects import entity_operator, node_settings, pods, policies, routes, secrets, services, volume_claims
from ..objects.metadata import Object
from ..settings import ClusterOperatorSettings
from . import status
from .memory import Memory
from .observed_state import ObservedState
from .pod_rollout import Rollout
from .volume_resizing import with_possible_sizes
from .writing import Writer, delete_pod, roll_pods

logger = logging.getLogger(__name__)

POLL_INTERVAL = 5.0  # seconds until the next look at what is waited for, should its event be missed
# Seconds until a broker is restarted although Kafka does not answer: a lost CA is trusted again only then.
KAFKA_GRACE_PERIOD = 60.0


class ClusterReconciliation:
    """Brings a cluster to what its resources say, as far as that goes without waiting."""

    def __init__(
        self,
        api: KubernetesApi,
        settings: ClusterOperatorSettings,
        memory: Memory,
        observed: ObservedState,
        cluster: Cluster,
    ) -> None:
        self._api, self._settings, self._memory = api, settings, memory
        self._observed, self._cluster = observed, cluster
        self._writer = Writer(api, observed)

    async def run(self) -> float:
        """All steps; returns seconds until the next reconciliation. Raises OperatorError on what cannot be had."""
        node_ports = await self._expose()
        if waiting := routes.waits(self._cluster):
            return await self._wait(waiting)
        present, remembered = self._observed.objects["Secret"], self._memory.ca_secrets
        cluster_ca, own_secrets = await asyncio.to_thread(secrets.all_secrets, self._cluster, present, remembered)
        settings, warnings = await self._apply_node_resources(cluster_ca, own_secrets, node_ports)
        await self._update_pool_statuses()
        rollout = await self._roll_pods(settings, cluster_ca, own_secrets)
        waiting = list(rollout.waiting_for)
        if rollout.restart:
            own = secrets.operator_identity(self._cluster, own_secrets)
            availability = KafkaAvailability(self._cluster, own, cluster_ca.certificate)
            waiting = [await self._restart(rollout.restart, availability)]
        await self._writer.remove_surplus(is_rolling=bool(waiting))
        waiting += self._observed.entity_operator_waits(self._cluster)
        if waiting:
            return await self._wait(waiting, rollout.stuck)
        self._memory.end_wait()
        addresses = self._observed.node_addresses(self._cluster)
        listeners = status.listener_statuses(self._cluster, cluster_ca.certificate, node_ports, addresses)
        await write_status(
            self._api, "Kafka", self._observed.kafka, status.kafka_ready(self._cluster, listeners, warnings)
        )
        return self._settings.reconciliation_interval

    async def _expose(self) -> dict[str, int]:
        """Write what the nodes are reached by, and note the hosts of its Routes; returns node ports by Service."""
        routed = routes.all_routes(self._cluster)
        if routed and "Route" not in self._observed.objects:
            raise RoutesUnavailableError(
                "The OpenShift route API is not available in this Kubernetes cluster. Exposing Kafka cluster "
                f"{self._cluster.name} using routes is not possible."
            )
        desired = [*policies.kafka_policies(self._cluster), *services.all_services(self._cluster), *routed]
        written = await self._writer.write(desired)
        hosts = routes.hosts([item for item in written if item["kind"] == "Route"])
        self._cluster = replace(self._cluster, route_hosts=hosts)
        return services.node_ports([item for item in written if item["kind"] == "Service"])

    async def _apply_node_resources(
        self, cluster_ca: Identity, own_secrets: list[Object], node_ports: dict[str, int]
    ) -> tuple[dict[str, Object], list[str]]:
        """Write what pods read and keep their data in, and the entity operator.

        Returns the nodes' settings by pod name, and warnings of claims that cannot grow.
        """
        cluster, settings = self._cluster, self._settings
        images = {"topic": settings.topic_operator_image, "user": settings.user_operator_image}
        entity = entity_operator.all_objects(cluster, images, secrets.ca_revision(cluster_ca))
        # A role is bound only when it is there.
        await self._writer.write([*own_secrets, *(item for item in entity if item["kind"] == "Role")])
        self._memory.ca_secrets = secrets.ca_secrets(cluster, own_secrets)
        node = {node.pod_name: node_settings.settings_of(cluster, node, node_ports) for node in cluster.nodes}
        present_claims = self._observed.objects["PersistentVolumeClaim"]
        claims, warnings = await with_possible_sizes(self._api, volume_claims.all_claims(cluster), present_claims)
        rest = [item for item in entity if item["kind"] != "Role"]
        await self._writer.write([*node.values(), *claims, *rest])
        return node, warnings

    async def _update_pool_statuses(self) -> None:
        """Write the pools' status."""
        resources = {pool["metadata"]["name"]: pool for pool in self._observed.pools}
        for pool in self._cluster.pools:
            new = status.pool_status(self._cluster, pool)
            await write_status(self._api, "KafkaNodePool", resources[pool.name], new)

    async def _roll_pods(self, settings: dict[str, Object], cluster_ca: Identity, own_secrets: list[Object]) -> Rollout:
        """Have the pods be as they are to be, as far as that can be done at once; returns what else is to be done."""
        cluster, clients = self._cluster, secrets.clients_revision(self._cluster, own_secrets)
        self._memory.pods = {
            node.pod_name: pods.pod_of(
                cluster, node, settings[node.pod_name], secrets.node_revision(cluster, node, cluster_ca) + clients
            )
            for node in sorted(cluster.nodes, key=lambda node: (not node.controller, node.id))
        }
        return await roll_pods(self._api, self._memory.pods, self._observed)

    async def _restart(self, name: str, availability: KafkaAvailability) -> str:
        """Restart a node that is Ready if it can be spared; returns what is waited for."""
        node, reason = next(node for node in self._cluster.nodes if node.pod_name == name), None
        try:
            reason = await availability.reason_to_keep(node.id) if node.broker else None
        except UNREACHABLE as error:
            if self._memory.waited(self._cluster.generation) < KAFKA_GRACE_PERIOD:
                reason = f"Kafka does not say whether others have its replicas ({type(error).__name__}: {error})"
        if reason:
            logger.info("keep Pod %s/%s: %s", self._cluster.namespace, name, reason)
            return f"{name}: not restarted yet, {reason}; delete the pod to restart it all the same"
        await delete_pod(self._api, self._observed.objects["Pod"][name])
        self._memory.end_wait()  # each node has its time
        return f"{name}: restarting with changed settings"

    async def _wait(self, waiting: list[str], stuck: Iterable[str] = ()) -> float:
        """Say of a new cluster what is waited for; raises OperatorError where that has no end."""
        if stuck:
            self._memory.end_wait()
            raise PodStuckError(f"Pod is unschedulable or is not starting: {'; '.join(stuck)}")
        limit = self._settings.operation_timeout
        if self._memory.waited(self._cluster.generation) > limit:
            raise OperationTimeoutError(f"Exceeded timeout of {limit:.0f}s while waiting for {'; '.join(waiting)}")
        if not self._observed.kafka.get("status", {}).get("observedGeneration"):
            await write_status(self._api, "Kafka", self._observed.kafka, status.kafka_creating(waiting))
        return POLL_INTERVAL
