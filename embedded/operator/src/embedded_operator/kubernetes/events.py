"""Events of resources: which are to be acted on, and what they tell of one cluster's resources."""

from collections.abc import Mapping
from typing import Any

from .api import Object
from .kinds import CLUSTER_LABEL

EVENT_DELAY = 0.2  # seconds, so that events that come together make one reconciliation


class EventFilter:
    """Whether an event has to be acted on: our own writing of a status comes back as an event, too."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[Any, ...]] = {}

    def is_new(self, kind: str, body: Mapping[str, Any], event_type: str | None) -> bool:
        """Whether the resource is another one, has another generation, annotations or labels, is ending or is gone.

        A listing (no event type) always is: between two watches a change that something else made us act on may have
        been undone.
        """
        metadata = body["metadata"]
        key = kind, f"{metadata['namespace']}/{metadata['name']}"
        if event_type == "DELETED":
            self._seen.pop(key, None)
            return True
        annotations, labels = dict(metadata.get("annotations", {})), dict(metadata.get("labels", {}))
        state = metadata["uid"], metadata["generation"], metadata.get("deletionTimestamp"), annotations, labels
        known, self._seen[key] = self._seen.get(key), state
        return event_type is None or known != state


class WatchedResources:
    """The resources of one kind that belong to a cluster, as events last told of them: name -> resource.

    They say what to reconcile. What is decided on is read from the API server: a deletion can be missed between two
    watches. Only of a resource that is `deleted` nothing else is left.
    """

    def __init__(self, kind: str, cluster: str) -> None:
        self._kind, self._cluster = kind, cluster
        self._filter = EventFilter()
        self.present: dict[str, Object] = {}
        self.deleted: dict[str, Object] = {}

    def owns(self, resource: Mapping[str, Any]) -> bool:
        """Whether a resource belongs to the cluster, by its label."""
        return resource["metadata"].get("labels", {}).get(CLUSTER_LABEL) == self._cluster

    def observe(self, resource: Mapping[str, Any], event_type: str | None) -> bool:
        """Note an event; returns whether the resource is to be reconciled: it is new, and the cluster's, or was."""
        name, is_new = resource["metadata"]["name"], self._filter.is_new(self._kind, resource, event_type)
        was_ours, is_ours = self.present.pop(name, None) is not None, self.owns(resource)
        if is_ours:
            (self.deleted if event_type == "DELETED" else self.present)[name] = dict(resource)
        return is_new and (is_ours or was_ours)

    def forget(self, deleted: Object) -> None:
        """Nothing is left to do for a deleted resource; a later one of its name is another."""
        name = deleted["metadata"]["name"]
        if self.deleted.get(name) is deleted:
            del self.deleted[name]
