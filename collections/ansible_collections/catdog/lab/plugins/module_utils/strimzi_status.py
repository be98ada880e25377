"""What the status of a Strimzi resource says; the one judge of readiness for waiting, status and report.

Source: Strimzi's documented conditions and what its 1.2.0 was seen to answer. A failure has three shapes:
`NotReady` = True (Kafka, KafkaUser), `Ready` = False (KafkaTopic), and no status at all (nobody watches), which only a
bounded wait can tell. A status of an earlier generation says nothing about the present one.

A failure stays in the status until the operator's next pass has ended, and a pass that fails alike writes nothing
(Strimzi compares conditions without their times): whether it still holds, only time tells. See StandingFailure.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NamedTuple

READY, FAILED, WAITING, DELETING = "Ready", "Failed", "Waiting", "Deleting"
# The operator was told to leave the resource alone: it will not become ready by itself.
PAUSED, UNMANAGED = "Paused", "Unmanaged"

PAUSE_ANNOTATION, MANAGED_ANNOTATION = "strimzi.io/pause-reconciliation", "strimzi.io/managed"
# Strimzi says NotReady with this reason while it makes a new cluster.
IN_THE_MAKING = "Creating"
# Classes around the cause, which Strimzi's user operator puts before what it says: no help to who reads it.
WRAPPERS = re.compile(r"^((io\.strimzi|java)(\.\w+)+: )+")
NOT_OBSERVED = "the operator has not taken up its last change"


class Verdict(NamedTuple):
    """One of the states above, and why: a clause without the resource's name, empty for a ready one."""

    state: str
    detail: str = ""


def verdict(resource: dict[str, Any], pools: list[dict[str, Any]] | None = None) -> Verdict:
    """Judge a Kafka, KafkaTopic, KafkaUser, …; `pools` are the KafkaNodePools that belong to a Kafka."""
    metadata, status = resource["metadata"], resource.get("status") or {}
    annotations, conditions = metadata.get("annotations") or {}, status.get("conditions") or []
    if metadata.get("deletionTimestamp"):
        return Verdict(DELETING, f"it is being deleted since {metadata['deletionTimestamp']}")
    if annotations.get(PAUSE_ANNOTATION) == "true":
        return Verdict(PAUSED, f"its reconciliation is paused (annotation {PAUSE_ANNOTATION})")
    if resource["kind"] == "KafkaTopic" and annotations.get(MANAGED_ANNOTATION) == "false":
        return Verdict(UNMANAGED, f"the operator is told to leave it alone (annotation {MANAGED_ANNOTATION})")
    if not status:
        return Verdict(WAITING, "it has no status: no operator has taken it up")
    if not is_observed(resource):
        return Verdict(WAITING, NOT_OBSERVED)
    summary = "; ".join(map(describe, conditions)) or "no condition"
    late = [pool for pool in pools or [] if not is_observed(pool)]
    for failure in filter(is_failure, conditions):
        if not (late and is_older_than_changes(failure, late)):
            return Verdict(FAILED, describe(failure))
    if late:
        return Verdict(WAITING, f"{title_of(late[0])}: {NOT_OBSERVED} (before it: {summary})")
    return Verdict(READY) if any(is_true(condition, "Ready") for condition in conditions) else Verdict(WAITING, summary)


class StandingFailure:
    """Tells a failure that ends a wait from one that a pass before the wait has left in the status.

    `grace`: seconds that a failure which was there before the wait may stand unchanged until it is believed.
    `changed`: whether the resource was changed right before the wait. A failure of its present generation is then
    the answer to that change.
    """

    def __init__(self, grace: float, changed: bool = False) -> None:
        self.grace, self._changed = grace, changed
        self._before: tuple[Any, ...] | None = None

    def is_old(self, resource: dict[str, Any]) -> bool:
        """Whether nothing about a failure has been said since the first call; to be asked at every look of a wait."""
        status = resource.get("status") or {}
        failures = [condition for condition in status.get("conditions") or [] if is_failure(condition)]
        seen = (status.get("observedGeneration"), failures)
        if self._before is None:
            self._before = seen
        return seen == self._before and not self._changed


def is_failure(condition: dict[str, Any]) -> bool:
    kind, status = condition.get("type"), condition.get("status")
    return condition.get("reason") != IN_THE_MAKING and (kind, status) in {("NotReady", "True"), ("Ready", "False")}


def is_true(condition: dict[str, Any], kind: str) -> bool:
    return condition.get("type") == kind and condition.get("status") == "True"


def is_observed(resource: dict[str, Any]) -> bool:
    return (resource.get("status") or {}).get("observedGeneration", 0) >= resource["metadata"]["generation"]


def is_older_than_changes(condition: dict[str, Any], pools: list[dict[str, Any]]) -> bool:
    """Whether a failure came before one of `pools` was changed, and may be repaired by that change."""
    came_at = moment(condition.get("lastTransitionTime"))
    return came_at is not None and any((changed_at(pool) or came_at) > came_at for pool in pools)


def changed_at(resource: dict[str, Any]) -> datetime | None:
    """The last time that anything but the status was written."""
    metadata = resource["metadata"]
    writes = [entry.get("time") for entry in metadata.get("managedFields") or [] if not entry.get("subresource")]
    times = [moment(time) for time in [metadata.get("creationTimestamp"), *writes]]
    return max((time for time in times if time), default=None)


def moment(text: str | None) -> datetime | None:
    try:
        # Strimzi writes nanoseconds, which datetime does not read.
        return datetime.fromisoformat(f"{text[:19]}+00:00") if text else None
    except ValueError:
        return None


def title_of(resource: dict[str, Any]) -> str:
    metadata = resource["metadata"]
    return f"{resource['kind']} {metadata['namespace']}/{metadata['name']}"


def describe(condition: dict[str, Any]) -> str:
    """A condition in words, without the names of Java classes that its message begins with."""
    reason, message = condition.get("reason"), WRAPPERS.sub("", condition.get("message") or "")
    why = f" ({reason})" if reason else ""
    text = f": {message}" if message else ""
    return f"{condition.get('type')}={condition.get('status')}{why}{text}"
