"""What is to be done about a topic: decided from its resource and from what Kafka has."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..errors import NotSupportedError, ResourceConflictError
from ..model.kafka_options import as_text
from ..model.supported_fields import KAFKA_TOPIC, refuse_unsupported

FINALIZER = "strimzi.io/topic-operator"
MANAGED_ANNOTATION = "strimzi.io/managed"

Resource = dict[str, Any]


@dataclass(frozen=True)
class TopicState:
    """A topic as Kafka has it: replicas by partition, and the configuration that was set on the topic itself."""

    topic_id: str
    replicas: dict[int, int]
    config: dict[str, str]


@dataclass(frozen=True)
class CreateTopic:
    """Create it; -1 stands for the broker's default."""

    partitions: int
    replicas: int
    config: dict[str, str]


@dataclass(frozen=True)
class ChangeTopic:
    """Change it: config to set, config to reset to the broker's, new number of partitions (None: as it is)."""

    set_config: dict[str, str] = field(default_factory=dict)
    reset_config: tuple[str, ...] = ()
    partitions: int | None = None
    refused: NotSupportedError | None = None

    @property
    def changes_config(self) -> bool:
        """Whether there is configuration to change."""
        return bool(self.set_config or self.reset_config)


def topic_name(resource: Resource) -> str:
    """Name of the topic in Kafka."""
    return resource["spec"].get("topicName") or resource["metadata"]["name"]


def with_finalizer(resource: Resource) -> Resource | None:
    """The change that has a resource stay until its topic is deleted, None where it does."""
    finalizers = resource["metadata"].get("finalizers", [])
    return None if FINALIZER in finalizers else {"metadata": {"finalizers": [*finalizers, FINALIZER]}}


def without_finalizer(resource: Resource) -> Resource | None:
    """The change that lets a resource go, None where nothing of ours holds it."""
    finalizers = resource["metadata"].get("finalizers", [])
    rest = [entry for entry in finalizers if entry != FINALIZER]
    return {"metadata": {"finalizers": rest or None}} if rest != finalizers else None


def is_managed(resource: Resource) -> bool:
    """Whether the resource governs its topic (annotation strimzi.io/managed)."""
    return resource["metadata"].get("annotations", {}).get(MANAGED_ANNOTATION, "true") != "false"


def seniority(resource: Resource) -> tuple[str, str]:
    """Order of resources that name one topic: the earlier one has it."""
    return resource["metadata"]["creationTimestamp"], resource["metadata"]["name"]


def check(resource: Resource, others: Iterable[Resource]) -> None:
    """Raise OperatorError where the resource asks for what is not supported, or for another resource's topic."""
    namespace, name = resource["metadata"]["namespace"], resource["metadata"]["name"]
    refuse_unsupported(resource["spec"], KAFKA_TOPIC, f"KafkaTopic {namespace}/{name}")
    before = resource.get("status", {}).get("topicName")
    if before and before != topic_name(resource):
        raise NotSupportedError("Changing spec.topicName is not supported")
    rivals = [o for o in others if o["metadata"]["uid"] != resource["metadata"]["uid"] and is_managed(o)]
    rivals = [o for o in rivals if topic_name(o) == topic_name(resource) and seniority(o) < seniority(resource)]
    if rivals:
        first = min(rivals, key=seniority)["metadata"]
        message = f"Managed by Ref{{namespace='{first['namespace']}', name='{first['name']}'}}"
        raise ResourceConflictError(message)


def wanted_config(resource: Resource) -> dict[str, str]:
    """Configuration that the resource sets, as Kafka takes it."""
    return {name: as_text(value) for name, value in resource["spec"].get("config", {}).items() if value is not None}


def plan(resource: Resource, state: TopicState | None) -> CreateTopic | ChangeTopic:
    """What brings the topic to its resource; what cannot be done is in `refused`, the rest is done all the same."""
    spec, config = resource["spec"], wanted_config(resource)
    if state is None:
        return CreateTopic(spec.get("partitions", -1), spec.get("replicas", -1), config)
    changed = {name: value for name, value in config.items() if state.config.get(name) != value}
    removed = tuple(sorted(set(state.config) - set(config)))
    partitions, refused = spec.get("partitions"), None
    if partitions is not None and partitions < len(state.replicas):
        partitions, refused = None, NotSupportedError("Decreasing partitions not supported")
    elif partitions == len(state.replicas):
        partitions = None
    replicas = spec.get("replicas")
    different = [p for p, count in sorted(state.replicas.items()) if replicas not in (None, count)]
    if different and not refused:
        message = f"Replication factor change not supported, but required for partitions {different}"
        refused = NotSupportedError(message)
    return ChangeTopic(changed, removed, partitions, refused)
