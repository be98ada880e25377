"""The user operator's process: events of KafkaUsers and of their Secrets become work. No decisions here."""

from collections.abc import Hashable
from typing import Any

import kopf

from .entity_process import EntityProcess, entity_registry
from .kafka_clients.access import UNREACHABLE, UNREACHABLE_RETRY
from .kubernetes.api import KubernetesApi
from .kubernetes.events import EVENT_DELAY
from .kubernetes.watching import run
from .logs import log_to_stderr
from .objects.entity_operator import HEALTH_PORTS
from .settings import UserOperatorSettings
from .users.admin import UserAdmin
from .users.reconciliation import UserReconciler
from .users.secrets import USER_MANAGER

ORPHANS = ("orphans",)  # the queue's key for a look at all users that Kafka knows; names are strings
OF_USERS = {"strimzi.io/kind": "KafkaUser", "app.kubernetes.io/managed-by": USER_MANAGER}

registry = entity_registry("kafkausers")


class UserProcess(EntityProcess):
    """The user operator: also looks for users without a resource, every `interval` seconds."""

    def __init__(self, api: KubernetesApi, reconciler: UserReconciler, port: int, interval: float) -> None:
        super().__init__(api, reconciler, port)
        self._interval = interval

    async def start(self, settings: kopf.OperatorSettings) -> None:
        """As any, and look for orphans at once."""
        await super().start(settings)
        self.queue.add(ORPHANS)

    async def work(self, key: Hashable) -> float | None:
        """Reconcile a user, or have all orphans reconciled; returns seconds until it is to be done again."""
        return await self._find_orphans() if key == ORPHANS else await super().work(key)

    async def _find_orphans(self) -> float:
        try:
            for name in await self.reconciler.orphans():
                self.queue.add(name)
        except UNREACHABLE as error:
            self.reconciler.kafka.mark_unreachable(error)
            return UNREACHABLE_RETRY
        return self._interval

    def observe_secret(self, name: str) -> None:
        """A user's Secret has changed or is gone."""
        if name in self.reconciler.resources.present:
            self.queue.add(name, delay=EVENT_DELAY)


@kopf.on.event("v1", "secrets", labels=OF_USERS, registry=registry)
async def secret_changed(memo: UserProcess, name: str, **_: Any) -> None:
    """A user's Secret has changed or is gone."""
    memo.observe_secret(name)


def main() -> None:
    """Run until told to stop. Raises KeyError, naming the variable, when the environment is wrong."""
    log_to_stderr("user")
    settings, api = UserOperatorSettings.from_environment(), KubernetesApi.in_cluster()
    reconciler = UserReconciler(api, settings, UserAdmin(settings))
    process = UserProcess(api, reconciler, HEALTH_PORTS["user"], settings.reconciliation_interval)
    run(registry, "user-operator", (settings.namespace,), memo=process)


if __name__ == "__main__":
    main()
