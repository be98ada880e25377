"""What to do about a topic: decided from its resource, the others, and what Kafka has."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from ..conditions import is_paused
from ..errors import NotSupportedError, OperatorError, ResourceConflictError
from ..model.supported_fields import KAFKA_TOPIC, refuse_unsupported
from .resource import FINALIZER, Resource, is_managed, seniority, topic_name, wanted_config


@dataclass(frozen=True)
class TopicState:
    """A topic as Kafka has it: replicas by partition, and the configuration that was set on the topic itself."""

    topic_id: str
    replicas: dict[int, int]
    config: dict[str, str]


class Unread(Enum):
    """Stands for the state of a topic that Kafka has not been asked for."""

    UNREAD = "unread"


@dataclass(frozen=True)
class Ignore:
    """Nothing is to be done."""


@dataclass(frozen=True)
class Delete:
    """Delete the topic, then release the resource, where it waits for that."""

    topic: str


@dataclass(frozen=True)
class Release:
    """Let a deleted resource go, by its finalizer; the topic stays."""


@dataclass(frozen=True)
class Pause:
    """Say that the resource is paused."""


@dataclass(frozen=True)
class Unmanage:
    """Release the resource and say that the topic is unmanaged."""


@dataclass(frozen=True)
class Refuse:
    """Say why nothing can be done."""

    error: OperatorError


@dataclass(frozen=True)
class Inspect:
    """Add the finalizer, or remove it, then ask Kafka for the topic's state and decide again."""

    topic: str
    finalizer: bool


@dataclass(frozen=True)
class Create:
    """Create the topic; -1 stands for the broker's default."""

    topic: str
    partitions: int
    replicas: int
    config: dict[str, str]


@dataclass(frozen=True)
class Change:
    """Change the topic: config to set, config to reset to the broker's, new number of partitions (None: as it is).

    `refused`: what cannot be done; the rest is done all the same.
    """

    topic: str
    set_config: dict[str, str] = field(default_factory=dict)
    reset_config: tuple[str, ...] = ()
    partitions: int | None = None
    refused: NotSupportedError | None = None


Decision = Ignore | Delete | Release | Pause | Unmanage | Refuse | Inspect | Create | Change


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


def decide(
    resource: Resource,
    others: Iterable[Resource],
    state: TopicState | Unread | None = Unread.UNREAD,
    *,
    gone: bool = False,
    use_finalizers: bool = True,
) -> Decision:
    """The next step for a topic.

    `others`: resources that may name the same topic. `state`: None where Kafka has no such topic; it is asked for only
    when it matters (`Inspect`). `gone`: the resource is deleted already, without having waited for its topic.
    """
    topic, problem = topic_name(resource), None
    try:
        check(resource, others)
    except OperatorError as error:
        problem = error
    governs = is_managed(resource) and not problem
    if gone:
        return Delete(topic) if governs and not use_finalizers else Ignore()
    if "deletionTimestamp" in resource["metadata"]:
        if FINALIZER not in resource["metadata"].get("finalizers", []):
            return Ignore()
        return Delete(topic) if governs else Release()
    if is_paused(resource):
        return Pause()
    if not is_managed(resource):
        return Unmanage()
    if problem:
        return Refuse(problem)
    if isinstance(state, Unread):
        return Inspect(topic, finalizer=use_finalizers)
    return change(resource, state) if state else creation(resource)


def creation(resource: Resource) -> Create:
    """What creates the topic of a resource."""
    spec = resource["spec"]
    return Create(topic_name(resource), spec.get("partitions", -1), spec.get("replicas", -1), wanted_config(resource))


def change(resource: Resource, state: TopicState) -> Change:
    """What brings a topic to its resource."""
    spec, config = resource["spec"], wanted_config(resource)
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
    return Change(topic_name(resource), changed, removed, partitions, refused)
