"""What reconciling a KafkaTopic and a KafkaUser have in common: what is read, whom to ask, what is written back."""

import logging
from typing import Any, ClassVar

from .conditions import Condition, new_status, paused, write_status
from .errors import OperatorError
from .kafka_clients.access import UNREACHABLE, UNREACHABLE_RETRY, KafkaAccess
from .kafka_clients.admin import KafkaAdmin
from .kubernetes.api import KubernetesApi, Object
from .kubernetes.events import WatchedResources
from .settings import EntityOperatorSettings

logger = logging.getLogger(__name__)


class EntityReconciler:
    """Brings what Kafka has to what the resources of one kind say; `resources` observes their events."""

    kind: ClassVar[str]

    def __init__(self, api: KubernetesApi, settings: EntityOperatorSettings, admin: KafkaAdmin) -> None:
        self._api, self._namespace, self._interval = api, settings.namespace, settings.reconciliation_interval
        self.kafka = KafkaAccess(admin)
        self.resources = WatchedResources(self.kind, settings.cluster)

    async def reconcile(self, name: str) -> float | None:
        """One reconciliation; returns seconds until the next one, or None when the resource is gone or paused."""
        resource = await self._read(name)
        try:
            if deleted := self.resources.deleted.get(name):
                await self._clean_up(deleted)
                self.resources.forget(deleted)
            return await self._reconcile(name, resource)
        except UNREACHABLE as error:
            if (timeout := self.kafka.mark_unreachable(error)) and resource:
                await self._write_status(resource, self._condition(timeout))
            return UNREACHABLE_RETRY

    async def _reconcile(self, name: str, resource: Object | None) -> float | None:
        """As `reconcile`, of a resource as it is now: None where it is not there, or not the cluster's."""
        raise NotImplementedError

    def _condition(self, error: OperatorError | None) -> Condition:
        """What a resource's status says: Ready, or why not, in the kind's own shape."""
        raise NotImplementedError

    async def _clean_up(self, deleted: Object) -> None:
        """Remove from Kafka what a deleted resource has left there; nothing unless a kind says otherwise."""

    async def _read(self, name: str) -> Object | None:
        """A resource of the cluster as it is now."""
        resource = await self._api.get(self.kind, self._namespace, name)
        return resource if resource and self.resources.owns(resource) else None

    async def _finish(self, resource: Object, error: OperatorError | None, **fields: Any) -> float:
        """Write what came of a resource; returns seconds until its next reconciliation. Raises a transient error."""
        if error:
            if error.is_transient:
                raise error
            logger.warning("%s %s: %s: %s", self.kind, resource["metadata"]["name"], error.reason, error)
        await self._write_status(resource, self._condition(error), **fields)
        return self._interval

    async def _pause(self, resource: Object) -> None:
        await write_status(self._api, self.kind, resource, paused(resource))

    async def _write_status(self, resource: Object, condition: Condition, **fields: Any) -> None:
        await write_status(self._api, self.kind, resource, new_status(resource, condition, **fields))
