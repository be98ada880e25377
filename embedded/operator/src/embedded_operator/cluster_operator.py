"""The cluster operator's process: events from Kubernetes become work for the reconciler. No decisions here."""

from collections.abc import Hashable
from typing import Any

import kopf

from .clusters.orphaned_topics import is_ending
from .clusters.reconciler import ClusterReconciler
from .kubernetes.api import KubernetesApi
from .kubernetes.events import EVENT_DELAY, EventFilter
from .kubernetes.kinds import CLUSTER_LABEL, MANAGER
from .kubernetes.watching import new_registry, only_watch, run
from .kubernetes.work_queue import WorkQueue
from .logs import log_to_stderr
from .settings import ClusterOperatorSettings

WORKERS = 4
OF_A_CLUSTER = {CLUSTER_LABEL: kopf.PRESENT}
OWNED = {**OF_A_CLUSTER, "app.kubernetes.io/managed-by": MANAGER}
LIVENESS = "http://0.0.0.0:8080/healthy"

registry = new_registry()


class ClusterProcess:
    """The cluster operator, as kopf's memo: each resource's handlers get a shallow copy of it."""

    def __init__(self, api: KubernetesApi, settings: ClusterOperatorSettings) -> None:
        self._api, self._reconciler = api, ClusterReconciler(api, settings)
        self.event_filter, self.queue = EventFilter(), WorkQueue(self._work, WORKERS)

    async def _work(self, key: Hashable) -> float | None:
        namespace, name = key  # type: ignore[misc]  # only pairs are added
        return await self._reconciler.reconcile(namespace, name)

    async def stop(self) -> None:
        """End the work and the connections."""
        await self.queue.stop()
        await self._api.close()


def ends(body: kopf.Body, **_: Any) -> bool:
    """Whether an event tells of a resource that is being deleted."""
    return is_ending(body)


@kopf.on.startup(registry=registry)
async def start(memo: ClusterProcess, settings: kopf.OperatorSettings, **_: Any) -> None:
    """Begin to reconcile."""
    only_watch(settings)
    memo.queue.start()


@kopf.on.cleanup(registry=registry)
async def stop(memo: ClusterProcess, **_: Any) -> None:
    """End the work and the connections."""
    await memo.stop()


@kopf.on.event("kafka.strimzi.io", "v1", "kafkas", registry=registry)
async def kafka_changed(
    memo: ClusterProcess, namespace: str, name: str, body: kopf.Body, type: str | None, **_: Any
) -> None:
    """A Kafka was seen, changed or deleted."""
    if memo.event_filter.is_new("Kafka", body, type):
        memo.queue.add((namespace, name))


@kopf.on.event("kafka.strimzi.io", "v1", "kafkanodepools", labels=OF_A_CLUSTER, registry=registry)
async def pool_changed(
    memo: ClusterProcess, namespace: str, labels: kopf.Labels, body: kopf.Body, type: str | None, **_: Any
) -> None:
    """A KafkaNodePool was seen, changed or deleted."""
    if memo.event_filter.is_new("KafkaNodePool", body, type):
        memo.queue.add((namespace, labels[CLUSTER_LABEL]))


@kopf.on.event("kafka.strimzi.io", "v1", "kafkatopics", labels=OF_A_CLUSTER, when=ends, registry=registry)
async def topic_ends(memo: ClusterProcess, namespace: str, labels: kopf.Labels, **_: Any) -> None:
    """A KafkaTopic is being deleted, perhaps by nobody but us."""
    memo.queue.add((namespace, labels[CLUSTER_LABEL]), delay=EVENT_DELAY)


@kopf.on.event("v1", "pods", labels=OWNED, registry=registry)
@kopf.on.event("v1", "secrets", labels=OWNED, registry=registry)
@kopf.on.event("v1", "services", labels=OWNED, registry=registry)
@kopf.on.event("v1", "configmaps", labels=OWNED, registry=registry)
@kopf.on.event("apps", "v1", "deployments", labels=OWNED, registry=registry)
async def owned_changed(memo: ClusterProcess, namespace: str, labels: kopf.Labels, **_: Any) -> None:
    """Something that the operator made has changed or is gone."""
    memo.queue.add((namespace, labels[CLUSTER_LABEL]), delay=EVENT_DELAY)


def main() -> None:
    """Run until told to stop. Raises ValueError, naming the variable, when the environment is wrong."""
    log_to_stderr("cluster")
    settings = ClusterOperatorSettings.from_environment()
    process = ClusterProcess(KubernetesApi.in_cluster(), settings)
    run(registry, MANAGER, settings.namespaces, memo=process, liveness_endpoint=LIVENESS)


if __name__ == "__main__":
    main()
