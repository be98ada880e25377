"""One pass over a KafkaTopic: from its resource to Kafka and back to its status."""

import logging

from .. import conditions
from ..errors import OperatorError
from ..kafka_clients.access import UNREACHABLE, UNREACHABLE_RETRY, KafkaAccess
from ..kubernetes.api import KubernetesApi
from ..settings import TopicOperatorSettings
from .admin import TopicAdmin
from .state import CreateTopic, Resource, check, is_managed, plan, topic_name, with_finalizer, without_finalizer

logger = logging.getLogger(__name__)


class TopicReconciler:
    """Brings topics to what their resources say; by name: `topics` are the resources seen, `gone` those seen to go."""

    def __init__(self, api: KubernetesApi, settings: TopicOperatorSettings, admin: TopicAdmin) -> None:
        self._api, self._settings, self._admin = api, settings, admin
        self.kafka = KafkaAccess(admin)
        self.topics: dict[str, Resource] = {}
        self.gone: dict[str, Resource] = {}

    async def reconcile(self, name: str) -> float | None:
        """One pass; returns seconds until the next one, or None when the resource is gone or paused."""
        resource = self.topics.get(name)
        try:
            await self._delete_after(name)
            if resource is None:
                return None
            if "deletionTimestamp" in resource["metadata"]:
                await self._delete(resource)
                return None
            if left_alone := conditions.paused(resource):
                await conditions.write_status(self._api, "KafkaTopic", resource, left_alone)
                return None
            if not is_managed(resource):
                await self._change(resource, without_finalizer(resource))
                unmanaged = conditions.condition("Unmanaged")
                await self._answer(resource, unmanaged, topicName=topic_name(resource))
                return None
            return await self._bring_about(resource)
        except UNREACHABLE as error:
            if (silence := self.kafka.lost(error)) and resource:
                await self._answer(resource, conditions.ready(silence))
            return UNREACHABLE_RETRY

    async def _bring_about(self, resource: Resource) -> float:
        topic, topic_id, problem = topic_name(resource), resource.get("status", {}).get("topicId"), None
        try:
            check(resource, self.topics.values())
            hold = with_finalizer if self._settings.use_finalizers else without_finalizer
            await self._change(resource, hold(resource))
            topic_id = await self._apply(resource, topic)
        except OperatorError as error:
            problem = error
            logger.warning("KafkaTopic %s: %s: %s", resource["metadata"]["name"], error.reason, error)
            # The name that it has had stays: another one, once written, would be taken for its own at the next pass.
            topic = resource.get("status", {}).get("topicName") or topic
        known = {"topicId": topic_id} if topic_id else {}
        await self._answer(resource, conditions.ready(problem), topicName=topic, **known)
        return self._settings.reconciliation_interval

    async def _apply(self, resource: Resource, topic: str) -> str:
        """Create or change the topic; returns its id. Raises OperatorError where Kafka or Strimzi's rules refuse."""
        state = await self.kafka.call(self._admin.describe, topic)
        steps = plan(resource, state)
        if isinstance(steps, CreateTopic):
            logger.info("create topic %s", topic)
            return await self.kafka.call(self._admin.create, topic, steps.partitions, steps.replicas, steps.config)
        if steps.changes_config:
            logger.info("set %s, reset %s of topic %s", steps.set_config, steps.reset_config, topic)
            await self.kafka.call(self._admin.change_config, topic, steps.set_config, steps.reset_config)
        if steps.partitions:
            logger.info("raise topic %s to %d partitions", topic, steps.partitions)
            await self.kafka.call(self._admin.add_partitions, topic, steps.partitions)
        if steps.refused:
            raise steps.refused
        return state.topic_id

    async def _delete(self, resource: Resource) -> None:
        """Delete the topic of a resource that waits for that, then let the resource go."""
        if not without_finalizer(resource):
            return
        try:
            await self._delete_topic(resource)
        except OperatorError as error:
            await self._answer(resource, conditions.ready(error), topicName=topic_name(resource))
            raise
        await self._change(resource, without_finalizer(resource))

    async def _delete_after(self, name: str) -> None:
        """Delete the topic of a resource that has gone without waiting for that."""
        gone = self.gone.get(name)
        if gone and not self._settings.use_finalizers:
            try:
                await self._delete_topic(gone)
            except OperatorError as error:
                logger.warning("topic %s stays without a KafkaTopic: %s", topic_name(gone), error)
        self.gone.pop(name, None)

    async def _delete_topic(self, resource: Resource) -> None:
        """Delete the topic that this resource governs. Raises OperatorError where Kafka refuses."""
        try:
            check(resource, self.topics.values())
        except OperatorError:
            return
        if is_managed(resource):
            logger.info("delete topic %s", topic_name(resource))
            await self.kafka.call(self._admin.delete, topic_name(resource))

    async def _answer(self, resource: Resource, condition: conditions.Condition, **fields: str) -> None:
        """Write what came of a resource into its status."""
        await conditions.write_status(
            self._api, "KafkaTopic", resource, conditions.new_status(resource, condition, **fields)
        )

    async def _change(self, resource: Resource, change: Resource | None) -> None:
        """Merge a change into a resource, where there is one."""
        if change:
            await self._api.merge("KafkaTopic", self._settings.namespace, resource["metadata"]["name"], change)
