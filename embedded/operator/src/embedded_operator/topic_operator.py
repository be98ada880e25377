"""The topic operator's process: events of one cluster's KafkaTopics become work. No decisions here."""

from collections.abc import Hashable
from typing import Any

import kopf

from .entity_process import EntityProcess
from .kubernetes.api import KubernetesApi
from .kubernetes.watching import new_registry, run
from .logs import log_to_stderr
from .settings import TopicOperatorSettings
from .topics.admin import TopicAdmin
from .topics.reconciliation import TopicReconciler

HEALTH_PORT = 8080

registry = new_registry()
memo: dict[str, Any] = {}


@kopf.on.startup(registry=registry)
async def start(settings: kopf.OperatorSettings, **_: Any) -> None:
    """Begin to reconcile."""
    own, api = TopicOperatorSettings.from_environment(), KubernetesApi.in_cluster()
    reconciler = TopicReconciler(api, own, TopicAdmin(own))

    async def work(key: Hashable) -> float | None:
        return await reconciler.reconcile(str(key))

    process = EntityProcess(api, reconciler.kafka, work, HEALTH_PORT)
    memo.update(process=process, reconciler=reconciler, cluster=own.cluster)
    await process.start(settings)


@kopf.on.cleanup(registry=registry)
async def stop(**_: Any) -> None:
    """End the work and the connections."""
    await memo["process"].stop()


@kopf.on.event("kafka.strimzi.io", "v1", "kafkatopics", registry=registry)
async def topic_changed(name: str, labels: kopf.Labels, body: kopf.Body, type: str, **_: Any) -> None:
    """A KafkaTopic was seen, changed or deleted; those of other clusters are not ours."""
    process, reconciler = memo["process"], memo["reconciler"]
    ours = labels.get("strimzi.io/cluster") == memo["cluster"]
    if type == "DELETED" or not ours:
        reconciler.topics.pop(name, None)
        process.news.is_new("KafkaTopic", body, "DELETED")
        if ours:
            reconciler.gone[name] = dict(body)
            process.queue.add(name)
        return
    reconciler.topics[name] = dict(body)
    if process.news.is_new("KafkaTopic", body, type):
        process.queue.add(name)


def main() -> None:
    """Run until told to stop. Raises KeyError, naming the variable, when the environment is wrong."""
    log_to_stderr("topic")
    run(registry, "topic-operator", (TopicOperatorSettings.from_environment().namespace,))


if __name__ == "__main__":
    main()
