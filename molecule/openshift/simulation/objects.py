"""Objects of one API group as an aggregated API server keeps them: in memory, one collection a resource."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]


class RefusedError(Exception):
    """An answer of the API that is none: status code, reason and message."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code, self.reason = code, reason


def missing(resource: str, name: str) -> RefusedError:
    return RefusedError(404, "NotFound", f'{resource} "{name}" not found')


class Collection:
    """The objects of one namespaced resource. `made`: is told of each new one, and may fill in its status."""

    def __init__(self, api: str, kind: str, resource: str, made: Callable[[Object], None] = lambda item: None) -> None:
        self.api, self.kind, self.resource, self._made = api, kind, resource, made
        self._items: dict[tuple[str, str], Object] = {}
        self._lock, self._version = threading.RLock(), 0

    def list(self, namespace: str = "") -> Object:
        """A list, of one namespace or of all."""
        with self._lock:
            items = [item for (place, _), item in self._items.items() if namespace in ("", place)]
        metadata = {"resourceVersion": str(self._version)}
        return {"apiVersion": self.api, "kind": f"{self.kind}List", "metadata": metadata, "items": items}

    def get(self, namespace: str, name: str) -> Object:
        """Raises RefusedError where there is none."""
        with self._lock:
            if (namespace, name) not in self._items:
                raise missing(self.resource, name)
            return self._items[namespace, name]

    def create(self, namespace: str, item: Object) -> Object:
        """Raises RefusedError where the name is taken."""
        name = item["metadata"]["name"]
        with self._lock:
            if (namespace, name) in self._items:
                raise RefusedError(409, "AlreadyExists", f'{self.resource} "{name}" already exists')
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            own = {"namespace": namespace, "uid": str(uuid.uuid4()), "creationTimestamp": now}
            made = {**item, "apiVersion": self.api, "kind": self.kind, "metadata": item["metadata"] | own}
            self._made(made)
            self._items[namespace, name] = made
            return self._changed(made)

    def patch(self, namespace: str, name: str, change: Object) -> Object:
        """A JSON merge patch (RFC 7396)."""
        with self._lock:
            item = self.get(namespace, name)
            before = repr(item)
            _merge(item, change)
            return item if repr(item) == before else self._changed(item)

    def delete(self, namespace: str, name: str) -> Object:
        """Raises RefusedError where there is none."""
        with self._lock:
            item = self.get(namespace, name)
            del self._items[namespace, name]
        return item

    def _changed(self, item: Object) -> Object:
        self._version += 1
        item["metadata"]["resourceVersion"] = str(self._version)
        return item


def _merge(target: Object, change: Object) -> None:
    for key, value in change.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = value
