"""From the resources Kafka and KafkaNodePool to the model; raises on what cannot be done."""

import re
from collections.abc import Iterable
from typing import Any

from . import KAFKA_VERSION, METADATA_VERSION
from .errors import InvalidConfigurationError, InvalidResourceError, UnsupportedKafkaVersionError
from .kafka_options import usable_config
from .listeners import parse_listeners
from .model import Cluster, Owner, Pool, Volume
from .node_ids import assign_node_ids
from .supported_fields import KAFKA, KAFKA_NODE_POOL, refuse_unsupported

Resource = dict[str, Any]

# Strimzi's default of STRIMZI_LABELS_EXCLUSION_PATTERN: labels of a Kafka that do not go to what is made for it.
LABELS_KEPT_BACK = re.compile(r"app\.kubernetes\.io/(?!part-of)|kustomize\.toolkit\.fluxcd\.io")


def owner_of(resource: Resource, kind: str) -> Owner:
    """The owner that objects made for this resource name."""
    return Owner(kind, resource["metadata"]["name"], resource["metadata"]["uid"])


def inherited_labels(resource: Resource) -> dict[str, str]:
    """Labels of a resource that all objects made for it carry, too."""
    labels = resource["metadata"].get("labels", {})
    return {name: value for name, value in labels.items() if not LABELS_KEPT_BACK.match(name)}


def parse_volumes(storage: Resource, pool: str) -> tuple[Volume, ...]:
    """Volumes of a pool's storage: `jbod` of ephemeral ones, or `ephemeral` (which is one with id 0)."""
    entries = storage.get("volumes", []) if storage["type"] == "jbod" else [{**storage, "id": 0}]
    if not entries:
        raise InvalidResourceError(f"KafkaNodePool {pool}: spec.storage.volumes is empty: give at least one volume")
    for index, entry in enumerate(entries):
        if entry["type"] != "ephemeral":
            path = f"spec.storage.volumes[{index}].type" if storage["type"] == "jbod" else "spec.storage.type"
            raise InvalidResourceError(
                f"KafkaNodePool {pool}: the embedded operator does not support {path} {entry['type']}: use ephemeral"
            )
    ids = [entry.get("id") for entry in entries]
    if None in ids or len(set(ids)) != len(ids):
        raise InvalidResourceError(f"KafkaNodePool {pool}: spec.storage.volumes need different ids, not {ids}")
    shared = [entry["id"] for entry in entries if entry.get("kraftMetadata") == "shared"]
    if len(shared) > 1:
        raise InvalidResourceError(f"KafkaNodePool {pool}: only one volume can have kraftMetadata, not {shared}")
    metadata = shared[0] if shared else min(ids)
    return tuple(Volume(e["id"], e.get("sizeLimit"), e["id"] == metadata) for e in entries)


def parse_pool(pool: Resource, node_ids: list[int]) -> Pool:
    """One KafkaNodePool, with the ids of its nodes."""
    spec, name = pool["spec"], pool["metadata"]["name"]
    refuse_unsupported(spec, KAFKA_NODE_POOL, f"KafkaNodePool {pool['metadata']['namespace']}/{name}")
    return Pool(
        owner=owner_of(pool, "KafkaNodePool"),
        generation=pool["metadata"]["generation"],
        roles=tuple(sorted(set(spec["roles"]), reverse=True)),
        node_ids=tuple(node_ids),
        volumes=parse_volumes(spec["storage"], name),
        resources=spec.get("resources", {}),
        jvm_options=spec.get("jvmOptions", {}),
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


def check_roles(pools: Iterable[Pool]) -> None:
    """A cluster needs at least one node of each role."""
    for role in ("controller", "broker"):
        if not any(role in pool.roles and pool.node_ids for pool in pools):
            raise InvalidResourceError(
                f"The Kafka cluster is invalid: [At least one KafkaNodePool with the {role} role and at least one "
                f"replica is required]"
            )


def parse_cluster(
    kafka: Resource, pools: list[Resource], pods: dict[str, set[int]], cluster_id: str, images: dict[str, str]
) -> Cluster:
    """The model of a cluster.

    `pods`: node ids that pods of each pool have now; `cluster_id`: the one that it has or is to get; `images`: Kafka
    version -> image. Raises OperatorError with Strimzi's reason on anything that cannot be done.
    """
    namespace, name = kafka["metadata"]["namespace"], kafka["metadata"]["name"]
    spec = kafka["spec"]
    refuse_unsupported(spec, KAFKA, f"Kafka {namespace}/{name}")
    image = check_versions(spec["kafka"], images)
    if not pools:
        raise InvalidConfigurationError(f"No KafkaNodePools found for Kafka cluster {name}")
    ordered = sorted(pools, key=lambda pool: pool["metadata"]["name"])
    ids = assign_node_ids(ordered, pods)
    parsed = tuple(parse_pool(pool, ids[pool["metadata"]["name"]]) for pool in ordered)
    check_roles(parsed)
    brokers = [i for pool in parsed if "broker" in pool.roles for i in pool.node_ids]
    entity_operator = spec.get("entityOperator", {})
    return Cluster(
        owner=owner_of(kafka, "Kafka"),
        namespace=namespace,
        generation=kafka["metadata"]["generation"],
        cluster_id=cluster_id,
        image=image,
        listeners=parse_listeners(spec["kafka"]["listeners"], brokers),
        config=usable_config(spec["kafka"].get("config", {}), f"{namespace}/{name}"),
        pools=parsed,
        topic_operator=entity_operator.get("topicOperator"),
        labels=inherited_labels(kafka),
        user_operator=entity_operator.get("userOperator"),
        super_users=parse_super_users(spec["kafka"].get("authorization")),
    )
