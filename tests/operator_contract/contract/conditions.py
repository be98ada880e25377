"""Strimzi's three shapes of an answer: Ready, a failure of Kafka, a failure of anything else."""

from typing import Any

Resource = dict[str, Any]


def conditions(resource: Resource | None, kind: str) -> list[dict[str, str]]:
    """All conditions of one type."""
    return [c for c in ((resource or {}).get("status") or {}).get("conditions") or [] if c["type"] == kind]


def has(resource: Resource | None, kind: str, status: str, reason: str | None = None) -> bool:
    """Whether a condition of this type has this status, and this reason where one is given."""
    return any(c["status"] == status and reason in (None, c.get("reason")) for c in conditions(resource, kind))


def is_current(resource: Resource | None) -> bool:
    """Whether the status answers the present form of the resource."""
    return (
        bool(resource)
        and (resource.get("status") or {}).get("observedGeneration") == resource["metadata"]["generation"]
    )


def is_ready(resource: Resource | None) -> bool:
    """Whether it is Ready in its present form."""
    return is_current(resource) and has(resource, "Ready", "True")


def refuses(resource: Resource | None, reason: str) -> bool:
    """Whether the present form of a KafkaTopic is refused with this reason."""
    return is_current(resource) and has(resource, "Ready", "False", reason)


def user_refuses(resource: Resource | None, cause: str) -> bool:
    """Whether the present form of a KafkaUser is refused; `cause`: the class that the message has around its text."""
    told = [c["message"] for c in conditions(resource, "NotReady") if c["status"] == "True"]
    return is_current(resource) and not has(resource, "Ready", "True") and any(f".{cause}: " in text for text in told)


def kafka_refuses(resource: Resource | None, reason: str) -> bool:
    """Whether the present form of a Kafka is refused with this reason."""
    return is_current(resource) and has(resource, "NotReady", "True", reason) and not has(resource, "Ready", "True")
