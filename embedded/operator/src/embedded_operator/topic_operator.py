"""The topic operator's process: events of one cluster's KafkaTopics become work. No decisions here."""

from collections.abc import Hashable
from typing import Any

import kopf

from .kafka_clients.health import serve_health
from .kubernetes.api import KubernetesApi
from .kubernetes.watching import News, new_registry, only_watch
from .kubernetes.work_queue import WorkQueue
from .logs import log_to_stderr
from .settings import TopicOperatorSettings
from .topics.admin import TopicAdmin
from .topics.reconciliation import TopicReconciler

WORKERS = 4
HEALTH_PORT = 8080

registry = new_registry()
memo: dict[str, Any] = {}


@kopf.on.startup(registry=registry)
async def start(settings: kopf.OperatorSettings, **_: Any) -> None:
    """Begin to reconcile."""
    only_watch(settings)
    settings.scanning.disabled = True  # one namespace and one kind, and no right to look at others
    own = TopicOperatorSettings.from_environment()
    api = KubernetesApi.in_cluster()
    reconciler = TopicReconciler(api, own, TopicAdmin(own))

    async def work(key: Hashable) -> float | None:
        return await reconciler.reconcile(str(key))

    memo.update(news=News(), api=api, reconciler=reconciler, cluster=own.cluster, queue=WorkQueue(work, WORKERS))
    memo["health"] = await serve_health(reconciler.kafka, HEALTH_PORT)
    reconciler.kafka.start()
    memo["queue"].start()


@kopf.on.cleanup(registry=registry)
async def stop(**_: Any) -> None:
    """End the work and the connections."""
    await memo["reconciler"].kafka.stop()
    await memo["queue"].stop()
    await memo["health"].cleanup()
    await memo["api"].close()


@kopf.on.event("kafka.strimzi.io", "v1", "kafkatopics", registry=registry)
async def topic_changed(name: str, labels: kopf.Labels, body: kopf.Body, type: str, **_: Any) -> None:
    """A KafkaTopic was seen, changed or deleted; those of other clusters are not ours."""
    reconciler, ours = memo["reconciler"], labels.get("strimzi.io/cluster") == memo["cluster"]
    if type == "DELETED" or not ours:
        reconciler.topics.pop(name, None)
        memo["news"].is_new("KafkaTopic", body, "DELETED")
        if ours:
            reconciler.gone[name] = dict(body)
            memo["queue"].add(name)
        return
    reconciler.topics[name] = dict(body)
    if memo["news"].is_new("KafkaTopic", body, type):
        memo["queue"].add(name)


def main() -> None:
    """Run until told to stop. Raises KeyError, naming the variable, when the environment is wrong."""
    log_to_stderr("topic")
    namespace = TopicOperatorSettings.from_environment().namespace
    # kopf would ask for the name of its user, and not every UID has one.
    kopf.run(registry=registry, identity="topic-operator", standalone=True, namespaces=[namespace])


if __name__ == "__main__":
    main()
