"""What a KafkaTopic says: its topic's name and configuration, who holds it, whether it governs its topic."""

from typing import Any

from ..model.kafka_options import as_text

FINALIZER = "strimzi.io/topic-operator"
MANAGED_ANNOTATION = "strimzi.io/managed"

Resource = dict[str, Any]


def topic_name(resource: Resource) -> str:
    """Name of the topic in Kafka."""
    return resource["spec"].get("topicName") or resource["metadata"]["name"]


def with_finalizer(resource: Resource) -> Resource | None:
    """The patch that has a resource stay until its topic is deleted, None where it does."""
    finalizers = resource["metadata"].get("finalizers", [])
    return None if FINALIZER in finalizers else {"metadata": {"finalizers": [*finalizers, FINALIZER]}}


def without_finalizer(resource: Resource) -> Resource | None:
    """The patch that removes our finalizer, None where there is none."""
    finalizers = resource["metadata"].get("finalizers", [])
    rest = [entry for entry in finalizers if entry != FINALIZER]
    return {"metadata": {"finalizers": rest or None}} if rest != finalizers else None


def is_managed(resource: Resource) -> bool:
    """Whether the resource governs its topic (annotation strimzi.io/managed)."""
    return resource["metadata"].get("annotations", {}).get(MANAGED_ANNOTATION, "true") != "false"


def seniority(resource: Resource) -> tuple[str, str]:
    """Order of resources that name one topic: the earlier one has it."""
    return resource["metadata"]["creationTimestamp"], resource["metadata"]["name"]


def wanted_config(resource: Resource) -> dict[str, str]:
    """Configuration that the resource sets, as Kafka takes it."""
    return {name: as_text(value) for name, value in resource["spec"].get("config", {}).items() if value is not None}
