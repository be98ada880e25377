"""The user operator's process: events of KafkaUsers and of their Secrets become work. No decisions here."""

from collections.abc import Hashable
from typing import Any

import kopf

from .entity_process import EntityProcess
from .kafka_clients.access import UNREACHABLE, UNREACHABLE_RETRY
from .kubernetes.api import KubernetesApi
from .kubernetes.watching import new_registry, run
from .kubernetes.work_queue import WorkQueue
from .logs import log_to_stderr
from .settings import UserOperatorSettings
from .users.admin import UserAdmin
from .users.reconciliation import UserReconciler
from .users.secrets import USER_MANAGER

HEALTH_PORT = 8081
ORPHANS = ("orphans",)  # the queue's key for a look at all users that Kafka knows; names are strings
OF_USERS = {"strimzi.io/kind": "KafkaUser", "app.kubernetes.io/managed-by": USER_MANAGER}

registry = new_registry()
memo: dict[str, Any] = {}


async def revoke_orphans(reconciler: UserReconciler, queue: WorkQueue, interval: float) -> float:
    """Have every user without a resource revoked; returns seconds until the next look."""
    try:
        for name in await reconciler.orphans():
            queue.add(name)
    except UNREACHABLE as error:
        reconciler.kafka.lost(error)
        return UNREACHABLE_RETRY
    return interval


@kopf.on.startup(registry=registry)
async def start(settings: kopf.OperatorSettings, **_: Any) -> None:
    """Begin to reconcile."""
    own, api = UserOperatorSettings.from_environment(), KubernetesApi.in_cluster()
    reconciler = UserReconciler(api, own, UserAdmin(own))

    async def work(key: Hashable) -> float | None:
        if key == ORPHANS:
            return await revoke_orphans(reconciler, process.queue, own.reconciliation_interval)
        return await reconciler.reconcile(str(key))

    process = EntityProcess(api, reconciler.kafka, work, HEALTH_PORT)
    memo.update(process=process, cluster=own.cluster, names=set())
    await process.start(settings)
    process.queue.add(ORPHANS)


@kopf.on.cleanup(registry=registry)
async def stop(**_: Any) -> None:
    """End the work and the connections."""
    await memo["process"].stop()


@kopf.on.event("kafka.strimzi.io", "v1", "kafkausers", registry=registry)
async def user_changed(name: str, labels: kopf.Labels, body: kopf.Body, type: str, **_: Any) -> None:
    """A KafkaUser was seen, changed or deleted; those of other clusters are not ours, unless they were."""
    process, names = memo["process"], memo["names"]
    is_news = process.news.is_new("KafkaUser", body, type)
    ours = type != "DELETED" and labels.get("strimzi.io/cluster") == memo["cluster"]
    if is_news and (ours or name in names):
        process.queue.add(name)
    (names.add if ours else names.discard)(name)


@kopf.on.event("v1", "secrets", labels=OF_USERS, registry=registry)
async def secret_changed(name: str, **_: Any) -> None:
    """A user's Secret has changed or is gone."""
    if name in memo["names"]:
        memo["process"].queue.add(name, delay=0.2)


def main() -> None:
    """Run until told to stop. Raises KeyError, naming the variable, when the environment is wrong."""
    log_to_stderr("user")
    run(registry, "user-operator", (UserOperatorSettings.from_environment().namespace,))


if __name__ == "__main__":
    main()
