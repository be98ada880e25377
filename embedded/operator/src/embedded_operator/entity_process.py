"""What the processes of an entity operator have in common: a queue of work, the look at Kafka, answers to probes."""

from collections.abc import Awaitable, Callable, Hashable

import kopf

from .kafka_clients.access import KafkaAccess
from .kafka_clients.health import serve_health
from .kubernetes.api import KubernetesApi
from .kubernetes.watching import EventFilter, only_watch
from .kubernetes.work_queue import WorkQueue

WORKERS = 4


class EntityProcess:
    """The parts of a topic operator or user operator: `queue` does what its events ask for, `news` tells which do."""

    def __init__(
        self, api: KubernetesApi, kafka: KafkaAccess, work: Callable[[Hashable], Awaitable[float | None]], port: int
    ) -> None:
        self.news, self.queue = EventFilter(), WorkQueue(work, WORKERS)
        self._api, self._kafka, self._port = api, kafka, port

    async def start(self, settings: kopf.OperatorSettings) -> None:
        """Answer probes at the port, look at Kafka and begin to work."""
        only_watch(settings)
        settings.scanning.disabled = True  # one namespace and its own kinds, and no right to look at others
        self._health = await serve_health(self._kafka, self._port)
        self._kafka.start()
        self.queue.start()

    async def stop(self) -> None:
        """End the work and the connections."""
        await self._kafka.stop()
        await self.queue.stop()
        await self._health.cleanup()
        await self._api.close()
