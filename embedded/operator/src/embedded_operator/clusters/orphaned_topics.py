"""KafkaTopics that are deleted when their cluster is gone: their operator is gone, too, and would be waited for."""

import logging

from ..kubernetes.api import KubernetesApi
from ..objects.metadata import Object
from ..topics.resource import without_finalizer

logger = logging.getLogger(__name__)


def is_ending(topic: Object) -> bool:
    """Whether a resource is being deleted."""
    return "deletionTimestamp" in topic["metadata"]


async def remove_finalizers(api: KubernetesApi, namespace: str, cluster: str) -> None:
    """Remove the topic operator's finalizer from topics that are being deleted; the others are left alone."""
    for topic in await api.list_objects("KafkaTopic", namespace, f"strimzi.io/cluster={cluster}"):
        name = topic["metadata"]["name"]
        change = without_finalizer(topic)
        if is_ending(topic) and change:
            logger.info("remove the finalizer of KafkaTopic %s/%s: its cluster %s is gone", namespace, name, cluster)
            await api.merge("KafkaTopic", namespace, name, change)
