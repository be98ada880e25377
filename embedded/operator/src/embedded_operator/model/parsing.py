"""From the resources Kafka and KafkaNodePool to the model; raises on what cannot be done."""

import re
from collections.abc import Iterable
from typing import Any

from .. import KAFKA_VERSION, METADATA_VERSION
from ..errors import InvalidConfigurationError, InvalidResourceError, UnsupportedKafkaVersionError
from ..logs import LOG4J_LEVELS
from .cluster import Cluster, Metadata, Owner, Pool
from .kafka_options import usable_config
from .listeners import parse_listeners
from .node_ids import assign_node_ids
from .storage import parse_volumes, refused_changes
from .supported_fields import KAFKA, KAFKA_NODE_POOL, refuse_unsupported

Resource = dict[str, Any]

# Strimzi's default of STRIMZI_LABELS_EXCLUSION_PATTERN: labels of a resource that do not go to what is made for it.
LABELS_KEPT_BACK = re.compile(r"app\.kubernetes\.io/(?!part-of)|kustomize\.toolkit\.fluxcd\.io")


def owner_of(resource: Resource, kind: str) -> Owner:
    """The owner that objects made for this resource name."""
    return Owner(kind, resource["metadata"]["name"], resource["metadata"]["uid"])


def inherited_labels(resource: Resource) -> dict[str, str]:
    """Labels of a resource that all objects made for it carry, too."""
    labels = resource["metadata"].get("labels", {})
    return {name: value for name, value in labels.items() if not LABELS_KEPT_BACK.match(name)}


def parse_metadata(template: Resource, kind: str, resource: str) -> Metadata:
    """Labels and annotations of a `template` for one kind of object. Raises InvalidResourceError for Strimzi's own."""
    metadata = template.get(kind, {}).get("metadata", {})
    labels, annotations = metadata.get("labels", {}), metadata.get("annotations", {})
    if reserved := sorted(name for name in {*labels, *annotations} if name.startswith("strimzi.io/")):
        raise InvalidResourceError(
            f"{resource}: User provided labels or annotations includes a Strimzi annotation: [{', '.join(reserved)}]"
        )
    return Metadata(labels, annotations)


def accepted_storage(pool: Resource, current: Resource | None) -> tuple[Resource, str | None]:
    """The storage that a pool's nodes are to have, and a warning where it is not what the resource asks for."""
    wanted = pool["spec"]["storage"]
    name = f"{pool['metadata']['namespace']}/{pool['metadata']['name']}"
    refused = refused_changes(current, wanted, pool["metadata"]["name"]) if current else []
    if not refused:
        return wanted, None
    return current or wanted, (
        f"The desired Kafka storage configuration in the KafkaNodePool resource {name} contains changes which are not "
        f"allowed. As a result, all storage changes will be ignored: {'; '.join(refused)}."
    )


def parse_pool(pool: Resource, node_ids: list[int], storage: Resource | None, template: Resource) -> Pool:
    """One KafkaNodePool, with the ids of its nodes; `storage`: the one that they have, `template`: the Kafka's."""
    spec, name = pool["spec"], pool["metadata"]["name"]
    resource = f"KafkaNodePool {pool['metadata']['namespace']}/{name}"
    refuse_unsupported(spec, KAFKA_NODE_POOL, resource)
    volumes = parse_volumes(spec["storage"], name)
    accepted, warning = accepted_storage(pool, storage)
    template = spec.get("template", template)
    return Pool(
        owner=owner_of(pool, "KafkaNodePool"),
        generation=pool["metadata"]["generation"],
        roles=tuple(sorted(set(spec["roles"]), reverse=True)),
        node_ids=tuple(node_ids),
        volumes=parse_volumes(accepted, name) if warning else volumes,
        resources=spec.get("resources", {}),
        jvm_options=spec.get("jvmOptions", {}),
        storage=accepted,
        storage_warning=warning,
        labels=inherited_labels(pool),
        pod_metadata=parse_metadata(template, "pod", resource),
        claim_metadata=parse_metadata(template, "persistentVolumeClaim", resource),
    )


def check_versions(kafka: Resource, images: dict[str, str]) -> str:
    """The image that the resource names, or the one for its Kafka version."""
    version = kafka.get("version", KAFKA_VERSION)
    if version not in images:
        raise UnsupportedKafkaVersionError(
            f"Unsupported Kafka.spec.kafka.version: {version}. Supported versions are: [{', '.join(sorted(images))}]"
        )
    if kafka.get("metadataVersion", METADATA_VERSION) not in (METADATA_VERSION, METADATA_VERSION.split("-")[0]):
        raise InvalidResourceError(
            f"the embedded operator does not support spec.kafka.metadataVersion {kafka['metadataVersion']}: "
            f"use {METADATA_VERSION} or leave it out"
        )
    return kafka.get("image", images[version])


def parse_super_users(authorization: Resource | None) -> tuple[str, ...] | None:
    """Principals that may do everything; None where there is no authorization."""
    if authorization is None:
        return None
    if authorization["type"] != "simple":
        raise InvalidResourceError(
            f"the embedded operator does not support spec.kafka.authorization.type {authorization['type']}: use simple"
        )
    return tuple(authorization.get("superUsers", []))


def check_logging(entity_operator: Resource) -> None:
    """The entity operators know levels of Log4j for all that they log, given inline."""
    for which in ("topicOperator", "userOperator"):
        logging = entity_operator.get(which, {}).get("logging", {"type": "inline"})
        path, level = f"spec.entityOperator.{which}.logging", logging.get("loggers", {}).get("rootLogger.level", "INFO")
        if logging["type"] != "inline":
            raise InvalidResourceError(
                f"the embedded operator does not support {path}.type {logging['type']}: use inline"
            )
        if level.upper() not in LOG4J_LEVELS:
            raise InvalidResourceError(f"{path}: rootLogger.level {level} is none of {', '.join(LOG4J_LEVELS)}")


def parse_entity_operator(entity_operator: Resource, which: str) -> Resource | None:
    """What is said of the operator `topic` or `user`, with its container's `env`; None where it is not asked for."""
    options = entity_operator.get(f"{which}Operator")
    if options is None:
        return None
    return {**options, **entity_operator.get("template", {}).get(f"{which}OperatorContainer", {})}


def check_roles(pools: Iterable[Pool]) -> None:
    """A cluster needs at least one node of each role."""
    for role in ("controller", "broker"):
        if not any(role in pool.roles and pool.node_ids for pool in pools):
            raise InvalidResourceError(
                f"The Kafka cluster is invalid: [At least one KafkaNodePool with the {role} role and at least one "
                f"replica is required]"
            )


def parse_cluster(
    kafka: Resource,
    pools: list[Resource],
    pods: dict[str, set[int]],
    storages: dict[str, Resource],
    cluster_id: str,
    images: dict[str, str],
) -> Cluster:
    """The model of a cluster.

    `pods`: node ids that pods of each pool have now; `storages`: what storage nodes have, by their pool's uid;
    `cluster_id`: the one that it has or is to get; `images`: Kafka version -> image.

    Raises OperatorError with Strimzi's reason on anything that cannot be done.
    """
    namespace, name = kafka["metadata"]["namespace"], kafka["metadata"]["name"]
    spec = kafka["spec"]
    refuse_unsupported(spec, KAFKA, f"Kafka {namespace}/{name}")
    image = check_versions(spec["kafka"], images)
    if not pools:
        raise InvalidConfigurationError(f"No KafkaNodePools found for Kafka cluster {name}")
    ordered = sorted(pools, key=lambda pool: pool["metadata"]["name"])
    ids = assign_node_ids(ordered, pods)
    template = spec["kafka"].get("template", {})
    parsed = tuple(
        parse_pool(pool, ids[pool["metadata"]["name"]], storages.get(pool["metadata"]["uid"]), template)
        for pool in ordered
    )
    check_roles(parsed)
    brokers = [i for pool in parsed if "broker" in pool.roles for i in pool.node_ids]
    entity_operator = spec.get("entityOperator", {})
    check_logging(entity_operator)
    return Cluster(
        owner=owner_of(kafka, "Kafka"),
        namespace=namespace,
        generation=kafka["metadata"]["generation"],
        cluster_id=cluster_id,
        image=image,
        listeners=parse_listeners(spec["kafka"]["listeners"], brokers),
        config=usable_config(spec["kafka"].get("config", {}), f"{namespace}/{name}"),
        pools=parsed,
        topic_operator=parse_entity_operator(entity_operator, "topic"),
        labels=inherited_labels(kafka),
        user_operator=parse_entity_operator(entity_operator, "user"),
        super_users=parse_super_users(spec["kafka"].get("authorization")),
    )
