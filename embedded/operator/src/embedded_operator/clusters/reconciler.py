"""Reconciling Kafka clusters: from their resources to objects, pods and status. Safe to run at any time."""

import logging

from ..conditions import is_paused, paused, write_status
from ..errors import OperatorError
from ..kubernetes.api import KubernetesApi
from ..model.cluster import Cluster
from ..model.parsing import parse_cluster
from ..objects import node_settings
from ..settings import ClusterOperatorSettings
from . import orphaned_topics, status
from .memory import Memory
from .observed_state import KINDS, ObservedState
from .reconciliation import ClusterReconciliation
from .writing import remove_what_pools_own, roll_pods

logger = logging.getLogger(__name__)

RETRY_INTERVAL = 30.0  # seconds until a refused cluster is tried again: what stood in its way may be gone


class ClusterReconciler:
    """Brings Kafka clusters to what their resources say."""

    def __init__(self, api: KubernetesApi, settings: ClusterOperatorSettings) -> None:
        self._api, self._settings = api, settings
        self._memories: dict[tuple[str, str], Memory] = {}
        self._kinds: list[str] = []  # of what is made, as far as the platform has them

    async def reconcile(self, namespace: str, name: str) -> float | None:
        """One reconciliation; returns seconds until the next one, or None when the cluster is gone."""
        if not self._kinds:
            self._kinds = [*KINDS, *(["Route"] if await self._api.serves("Route") else [])]
        observed = await ObservedState.read(self._api, self._kinds, namespace, name)
        kafka = observed.kafka
        if not kafka or "deletionTimestamp" in kafka["metadata"]:
            await remove_what_pools_own(self._api, observed)
            if not kafka:
                await orphaned_topics.remove_finalizers(self._api, namespace, name)
            self._memories.pop((namespace, name), None)
            return None
        memory = self._memories.setdefault((namespace, name), Memory())
        if is_paused(kafka):
            await write_status(self._api, "Kafka", kafka, paused(kafka))
            memory.end_wait()
            return self._settings.reconciliation_interval
        if not kafka.get("status"):
            await write_status(self._api, "Kafka", kafka, status.kafka_creating())
        try:
            cluster = self._parse(observed)
            return await ClusterReconciliation(self._api, self._settings, memory, observed, cluster).run()
        except OperatorError as error:
            if error.is_transient:
                raise
            logger.warning("Kafka %s/%s: %s: %s", namespace, name, error.reason, error)
            await write_status(self._api, "Kafka", kafka, status.kafka_failure(kafka, error))
            if lasting := memory.pods_of(observed.pools):  # what cannot be had as asked for goes on as it was
                await roll_pods(self._api, lasting, observed)
            return RETRY_INTERVAL

    def _parse(self, observed: ObservedState) -> Cluster:
        storages = node_settings.storages(observed.objects["ConfigMap"].values())
        images = self._settings.kafka_images
        return parse_cluster(observed.kafka, observed.pools, observed.node_ids, storages, observed.cluster_id(), images)
