"""What an entity operator answers: KafkaTopics and KafkaUsers, changed and waited for alike."""

from collections.abc import Callable
from typing import Any

from . import conditions
from .kubernetes_access import Kubernetes
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

    def wait(self, name: str, holds: Callable[[Object | None], Any] = conditions.is_ready) -> Object:
        """Wait until one is Ready in its present form, or whatever `holds` says of it."""
        seen = eventually(lambda: self.get(name), holds, f"{self._kind} {name} as expected")
        return seen or {}

    def wait_refused(self, name: str, reason: str) -> str:
        """Wait until the present form of one is refused with this reason; returns the message."""
        seen = self.wait(name, lambda found: conditions.refuses(found, reason))
        return conditions.conditions(seen, "Ready")[0]["message"]
