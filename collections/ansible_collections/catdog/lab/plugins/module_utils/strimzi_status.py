"""What the status of a Strimzi resource says: ready, failed or neither yet.

Source: Strimzi's documented conditions and what its 1.2.0 was seen to answer. A failure has three shapes:
`NotReady` = True (Kafka), `Ready` = False (KafkaTopic, KafkaUser), and no status at all (nobody watches), which only a
bounded wait can tell. A status of an earlier generation says nothing about the present one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

READY, FAILED, WAITING = "ready", "failed", "waiting"
# Strimzi says NotReady with this reason while it makes a new cluster.
IN_THE_MAKING = "Creating"


class Verdict(NamedTuple):
    state: str
    message: str


def verdict(resource: dict[str, Any], pools: list[dict[str, Any]] | None = None) -> Verdict:
    """Judge a Kafka, KafkaTopic, KafkaUser, …; `pools` are the KafkaNodePools that belong to a Kafka."""
    title = title_of(resource)
    status = resource.get("status") or {}
    if not status:
        return Verdict(WAITING, f"{title} has no status: no operator has taken it up")
    if status.get("observedGeneration", 0) < resource["metadata"]["generation"]:
        return Verdict(WAITING, f"{title}: the operator has not taken up its last change")
    conditions = status.get("conditions") or []
    if any(is_true(condition, "ReconciliationPaused") for condition in conditions):
        return Verdict(FAILED, f"{title}: its reconciliation is paused (annotation strimzi.io/pause-reconciliation)")
    late = [pool for pool in pools or [] if not observed(pool)]
    for condition in conditions:
        if is_failure(condition) and not (late and older_than_changes(condition, late)):
            return Verdict(FAILED, f"{title} failed: {said(condition)}")
    if late:
        return Verdict(WAITING, f"{title_of(late[0])}: the operator has not taken up its last change")
    if any(is_true(condition, "Ready") for condition in conditions):
        return Verdict(READY, f"{title} is ready")
    return Verdict(WAITING, f"{title} is not ready: {'; '.join(map(said, conditions)) or 'no condition'}")


def is_failure(condition: dict[str, Any]) -> bool:
    kind, status = condition.get("type"), condition.get("status")
    return condition.get("reason") != IN_THE_MAKING and (kind, status) in {("NotReady", "True"), ("Ready", "False")}


def is_true(condition: dict[str, Any], kind: str) -> bool:
    return condition.get("type") == kind and condition.get("status") == "True"


def observed(resource: dict[str, Any]) -> bool:
    return (resource.get("status") or {}).get("observedGeneration", 0) >= resource["metadata"]["generation"]


def older_than_changes(condition: dict[str, Any], pools: list[dict[str, Any]]) -> bool:
    """Whether a failure was said before one of `pools` was changed, and may be mended by that change."""
    said_at = moment(condition.get("lastTransitionTime"))
    return said_at is not None and any((changed_at(pool) or said_at) > said_at for pool in pools)


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


def said(condition: dict[str, Any]) -> str:
    reason, message = condition.get("reason"), condition.get("message")
    why = f" ({reason})" if reason else ""
    return f"{condition.get('type')}={condition.get('status')}{why}: {message or 'no message'}"
