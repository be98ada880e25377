"""What the processes of an entity operator have in common: handlers, a queue of work, Kafka's health, probes."""

from collections.abc import Hashable
from typing import Any

import kopf

from .entity_reconciliation import EntityReconciler
from .kafka_clients.health import serve_health
from .kubernetes.api import KubernetesApi
from .kubernetes.watching import new_registry, only_watch
from .kubernetes.work_queue import WorkQueue

WORKERS = 4


class EntityProcess:
    """A topic operator or user operator, as kopf's memo: each resource's handlers get a shallow copy of it."""

    def __init__(self, api: KubernetesApi, reconciler: EntityReconciler, port: int) -> None:
        self.reconciler, self.queue = reconciler, WorkQueue(self.work, WORKERS)
        self._api, self._port = api, port

    async def start(self, settings: kopf.OperatorSettings) -> None:
        """Answer probes at the port, ask for Kafka and begin to work."""
        only_watch(settings)
        settings.scanning.disabled = True  # one namespace and its own kinds, and no right to look at others
        self._health = await serve_health(self.reconciler.kafka, self._port)
        self.reconciler.kafka.start()
        self.queue.start()

    async def stop(self) -> None:
        """End the work and the connections."""
        await self.reconciler.kafka.stop()
        await self.queue.stop()
        await self._health.cleanup()
        await self._api.close()

    async def work(self, key: Hashable) -> float | None:
        """Reconcile the resource of this name; returns seconds until it is to be done again."""
        return await self.reconciler.reconcile(str(key))

    def observe(self, resource: kopf.Body, event_type: str | None) -> None:
        """A resource was seen, changed or deleted."""
        if self.reconciler.resources.observe(resource, event_type):
            self.queue.add(resource["metadata"]["name"])


def entity_registry(plural: str) -> kopf.OperatorRegistry:
    """Handlers that start and stop the EntityProcess in kopf's memo, and report the events of one kind to it."""
    registry = new_registry()

    @kopf.on.startup(registry=registry)
    async def start(memo: EntityProcess, settings: kopf.OperatorSettings, **_: Any) -> None:
        await memo.start(settings)

    @kopf.on.cleanup(registry=registry)
    async def stop(memo: EntityProcess, **_: Any) -> None:
        await memo.stop()

    @kopf.on.event("kafka.strimzi.io", "v1", plural, registry=registry)
    async def changed(memo: EntityProcess, body: kopf.Body, type: str | None, **_: Any) -> None:
        memo.observe(body, type)

    return registry
