"""What an entity operator answers: KafkaTopics and KafkaUsers, changed and waited for alike."""

from collections.abc import Callable
from typing import Any

from . import conditions
from .kubernetes_access import Kubernetes
from .operator_times import ENTITY_ANSWER
from .waiting import eventually

Object = dict[str, Any]


class Entities:
    """The resources of one kind in a namespace."""

    def __init__(self, kubernetes: Kubernetes, kind: str, namespace: str) -> None:
        self._kubernetes, self._kind, self._namespace = kubernetes, kind, namespace

    def get(self, name: str) -> Object | None:
        """One as it is now, None where there is none."""
        return self._kubernetes.get(self._kind, self._namespace, name)

    def merge(self, name: str, change: Object) -> None:
        """Merge a change into one."""
        self._kubernetes.merge(self._kind, self._namespace, name, change)

    def change(self, name: str, **spec: Any) -> None:
        """Merge a change into the specification of one."""
        self.merge(name, {"spec": spec})

    def delete(self, name: str) -> None:
        """Delete one; one that is gone already is well."""
        self._kubernetes.delete(self._kind, self._namespace, name)

    def wait(
        self,
        name: str,
        holds: Callable[[Object | None], Any] = conditions.is_ready,
        bound: float = ENTITY_ANSWER,
    ) -> Object:
        """Wait until one is Ready in its present form, or whatever `holds` says of it; `bound`: seconds."""
        return eventually(lambda: self.get(name), holds, f"{self._kind} {name} as expected", bound) or {}

    def wait_gone(self, *names: str) -> None:
        """Wait until none of these is there."""
        left = f"no {self._kind} of {', '.join(names)}"
        eventually(lambda: [name for name in names if self.get(name)], lambda found: not found, left, ENTITY_ANSWER)


class Topics(Entities):
    """The KafkaTopics of a namespace."""

    def __init__(self, kubernetes: Kubernetes, namespace: str) -> None:
        super().__init__(kubernetes, "KafkaTopic", namespace)

    def wait_refused(self, name: str, reason: str) -> str:
        """Wait until the present form of one is refused with this reason; returns the message."""
        seen = self.wait(name, lambda found: conditions.refuses(found, reason))
        return conditions.conditions(seen, "Ready")[0]["message"]


class Users(Entities):
    """The KafkaUsers of a namespace."""

    def __init__(self, kubernetes: Kubernetes, namespace: str) -> None:
        super().__init__(kubernetes, "KafkaUser", namespace)

    def wait_refused(self, name: str, cause: str, bound: float = ENTITY_ANSWER) -> str:
        """Wait until the present form of one is refused for this cause; returns the message. `bound`: seconds."""
        seen = self.wait(name, lambda found: conditions.user_refuses(found, cause), bound)
        return conditions.conditions(seen, "NotReady")[0]["message"]
