"""Reconciling a KafkaTopic: what is there is read, `decision` says what to do, and it is done."""

import logging

from ..conditions import Condition, condition, ready
from ..entity_reconciliation import EntityReconciler
from ..errors import OperatorError
from ..kubernetes.api import KubernetesApi
from ..settings import TopicOperatorSettings
from .admin import TopicAdmin
from .decision import Change, Create, Decision, Delete, Inspect, Pause, Refuse, Release, Unmanage, decide
from .resource import Resource, topic_name, with_finalizer, without_finalizer

logger = logging.getLogger(__name__)


class TopicReconciler(EntityReconciler):
    """Brings topics to what their resources say."""

    kind = "KafkaTopic"

    def __init__(self, api: KubernetesApi, settings: TopicOperatorSettings, admin: TopicAdmin) -> None:
        super().__init__(api, settings, admin)
        self._admin, self._use_finalizers = admin, settings.use_finalizers

    async def _reconcile(self, name: str, resource: Resource | None) -> float | None:
        if resource is None:
            return None
        others = await self._namesakes(resource)
        match decide(resource, others, use_finalizers=self._use_finalizers):
            case Delete(topic):
                await self._delete_and_release(resource, topic)
            case Release():
                await self._patch(resource, without_finalizer(resource))
            case Pause():
                return await self._pause(resource)
            case Unmanage():
                await self._patch(resource, without_finalizer(resource))
                await self._write_status(resource, condition("Unmanaged"), topicName=topic_name(resource))
                return self._interval
            case Refuse(error):
                return await self._finish_with(resource, error)
            case Inspect() as step:
                return await self._inspect(resource, others, step)
        return None

    def _condition(self, error: OperatorError | None) -> Condition:
        return ready(error)

    async def _clean_up(self, deleted: Resource) -> None:
        others = await self._namesakes(deleted)
        decision = decide(deleted, others, gone=True, use_finalizers=self._use_finalizers)
        if isinstance(decision, Delete):
            try:
                await self._delete(decision.topic)
            except OperatorError as error:
                logger.warning("topic %s stays without a KafkaTopic: %s", decision.topic, error)

    async def _namesakes(self, resource: Resource) -> list[Resource]:
        """Other resources of the same topic, as they are now."""
        own, topic = resource["metadata"]["name"], topic_name(resource)
        names = [name for name, each in self.resources.present.items() if topic_name(each) == topic and name != own]
        return [found for name in names if (found := await self._read(name))]

    async def _inspect(self, resource: Resource, others: list[Resource], step: Inspect) -> float | None:
        """Have Kafka's state decided on, and that done; as `reconcile` returns."""
        topic_id, problem = None, None
        try:
            patch = with_finalizer if step.finalizer else without_finalizer
            if not await self._patch(resource, patch(resource)):
                return None
            state = await self.kafka.call(self._admin.describe, step.topic)
            topic_id = await self._apply(decide(resource, others, state)) or state.topic_id
        except OperatorError as error:
            problem = error
        return await self._finish_with(resource, problem, topic_id)

    async def _apply(self, decision: Decision) -> str | None:
        """Create or change a topic; returns the id of a new one. Raises OperatorError where it is refused."""
        match decision:
            case Create(topic, partitions, replicas, config):
                logger.info("create topic %s", topic)
                return await self.kafka.call(self._admin.create, topic, partitions, replicas, config)
            case Change(topic, to_set, to_reset, partitions, refused):
                if to_set or to_reset:
                    logger.info("set %s, reset %s of topic %s", to_set, to_reset, topic)
                    await self.kafka.call(self._admin.change_config, topic, to_set, to_reset)
                if partitions:
                    logger.info("raise topic %s to %d partitions", topic, partitions)
                    await self.kafka.call(self._admin.add_partitions, topic, partitions)
                if refused:
                    raise refused
        return None

    async def _finish_with(self, resource: Resource, error: OperatorError | None, topic_id: str | None = None) -> float:
        """Write what came of a managed topic; returns seconds until the next reconciliation."""
        # When refused, the name that it has had stays: another one, once written, would be taken for its own next time.
        before = resource.get("status", {}).get("topicName") if error else None
        known = {"topicId": topic_id} if topic_id else {}
        return await self._finish(resource, error, topicName=before or topic_name(resource), **known)

    async def _delete_and_release(self, resource: Resource, topic: str) -> None:
        try:
            await self._delete(topic)
        except OperatorError as error:
            await self._write_status(resource, ready(error), topicName=topic)
            raise
        await self._patch(resource, without_finalizer(resource))

    async def _delete(self, topic: str) -> None:
        logger.info("delete topic %s", topic)
        await self.kafka.call(self._admin.delete, topic)

    async def _patch(self, resource: Resource, patch: Resource | None) -> bool:
        """Merge a patch into a resource, where there is one; False where the resource is gone."""
        if not patch:
            return True
        return await self._api.merge(self.kind, self._namespace, resource["metadata"]["name"], patch) is not None
