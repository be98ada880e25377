"""The cluster operator's process: events from Kubernetes become work for the reconciler. No decisions here."""

from collections.abc import Hashable
from typing import Any

import kopf

from .clusters.orphaned_topics import is_ending
from .clusters.reconciler import ClusterReconciler
from .kubernetes.api import KubernetesApi
from .kubernetes.kinds import MANAGER
from .kubernetes.watching import EventFilter, new_registry, only_watch, run
from .kubernetes.work_queue import WorkQueue
from .logs import log_to_stderr
from .settings import ClusterOperatorSettings

WORKERS = 4
OF_A_CLUSTER = {"strimzi.io/cluster": kopf.PRESENT}
OWNED = {**OF_A_CLUSTER, "app.kubernetes.io/managed-by": MANAGER}
LIVENESS = "http://0.0.0.0:8080/healthy"

registry = new_registry()
memo: dict[str, Any] = {}


def ends(body: kopf.Body, **_: Any) -> bool:
    """Whether an event tells of a resource that is being deleted."""
    return is_ending(body)


@kopf.on.startup(registry=registry)
async def start(settings: kopf.OperatorSettings, **_: Any) -> None:
    """Begin to reconcile."""
    only_watch(settings)
    api = KubernetesApi.in_cluster()
    reconciler = ClusterReconciler(api, ClusterOperatorSettings.from_environment())

    async def work(key: Hashable) -> float | None:
        namespace, name = key  # type: ignore[misc]  # only pairs are added
        return await reconciler.reconcile(namespace, name)

    memo.update(api=api, event_filter=EventFilter(), queue=WorkQueue(work, WORKERS))
    memo["queue"].start()


@kopf.on.cleanup(registry=registry)
async def stop(**_: Any) -> None:
    """End the work and the connections."""
    await memo["queue"].stop()
    await memo["api"].close()


@kopf.on.event("kafka.strimzi.io", "v1", "kafkas", registry=registry)
async def kafka_changed(namespace: str, name: str, body: kopf.Body, type: str, **_: Any) -> None:
    """A Kafka was seen, changed or deleted."""
    if memo["event_filter"].is_new("Kafka", body, type):
        memo["queue"].add((namespace, name))


@kopf.on.event("kafka.strimzi.io", "v1", "kafkanodepools", registry=registry)
async def pool_changed(namespace: str, labels: kopf.Labels, body: kopf.Body, type: str, **_: Any) -> None:
    """A KafkaNodePool was seen, changed or deleted."""
    cluster = labels.get("strimzi.io/cluster")
    if cluster and memo["event_filter"].is_new("KafkaNodePool", body, type):
        memo["queue"].add((namespace, cluster))


@kopf.on.event("kafka.strimzi.io", "v1", "kafkatopics", labels=OF_A_CLUSTER, when=ends, registry=registry)
async def topic_ends(namespace: str, labels: kopf.Labels, **_: Any) -> None:
    """A KafkaTopic is being deleted, perhaps by nobody but us."""
    memo["queue"].add((namespace, labels["strimzi.io/cluster"]), delay=0.2)


@kopf.on.event("v1", "pods", labels=OWNED, registry=registry)
@kopf.on.event("v1", "secrets", labels=OWNED, registry=registry)
@kopf.on.event("v1", "services", labels=OWNED, registry=registry)
@kopf.on.event("v1", "configmaps", labels=OWNED, registry=registry)
@kopf.on.event("apps", "v1", "deployments", labels=OWNED, registry=registry)
async def owned_changed(namespace: str, labels: kopf.Labels, **_: Any) -> None:
    """Something that the operator made has changed or is gone."""
    memo["queue"].add((namespace, labels["strimzi.io/cluster"]), delay=0.2)


def main() -> None:
    """Run until told to stop. Raises ValueError, naming the variable, when the environment is wrong."""
    log_to_stderr("cluster")
    namespaces = ClusterOperatorSettings.from_environment().namespaces
    run(registry, MANAGER, namespaces, liveness_endpoint=LIVENESS)


if __name__ == "__main__":
    main()
