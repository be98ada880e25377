"""Which fields of a resource this operator honours; every other one is refused by its path, never passed over."""

from typing import Any

from ..errors import InvalidResourceError

# A nested dict lists fields; ANY takes the value as it is; a list holds the pattern of each of its items.
ANY: object = object()

RESOURCES = {"requests": ANY, "limits": ANY}
JVM_OPTIONS = {"-Xms": ANY, "-Xmx": ANY, "-XX": ANY, "javaSystemProperties": [{"name": ANY, "value": ANY}]}

LISTENER = {
    "name": ANY,
    "port": ANY,
    "type": ANY,
    "tls": ANY,
    "authentication": {"type": ANY},
    "configuration": {
        "bootstrap": {"nodePort": ANY, "host": ANY, "alternativeNames": ANY, "labels": ANY, "annotations": ANY},
        "brokers": [
            {
                "broker": ANY,
                "nodePort": ANY,
                "host": ANY,
                "advertisedHost": ANY,
                "advertisedPort": ANY,
                "labels": ANY,
                "annotations": ANY,
            }
        ],
        "externalTrafficPolicy": ANY,
    },
}

METADATA = {"metadata": {"labels": ANY, "annotations": ANY}}
TEMPLATE = {"pod": METADATA, "persistentVolumeClaim": METADATA}

LOGGING = {"type": ANY, "loggers": {"rootLogger.level": ANY}}
ENTITY_OPERATOR = {"reconciliationIntervalMs": ANY, "resources": RESOURCES, "logging": LOGGING}
ENVIRONMENT = {"env": [{"name": ANY, "value": ANY}]}
KAFKA = {
    "kafka": {
        "version": ANY,
        "metadataVersion": ANY,
        "image": ANY,
        "listeners": [LISTENER],
        "authorization": {"type": ANY, "superUsers": ANY},
        "config": ANY,
        "template": TEMPLATE,
    },
    "entityOperator": {
        "topicOperator": ENTITY_OPERATOR,
        "userOperator": ENTITY_OPERATOR,
        "template": {"topicOperatorContainer": ENVIRONMENT, "userOperatorContainer": ENVIRONMENT},
    },
}

VOLUME = {
    "id": ANY,
    "type": ANY,
    "sizeLimit": ANY,
    "kraftMetadata": ANY,
    "size": ANY,
    "class": ANY,
    "selector": ANY,
    "deleteClaim": ANY,
}
KAFKA_NODE_POOL = {
    "replicas": ANY,
    "roles": ANY,
    "storage": {**VOLUME, "volumes": [VOLUME]},
    "resources": RESOURCES,
    "jvmOptions": JVM_OPTIONS,
    "template": TEMPLATE,
}

KAFKA_TOPIC = {"topicName": ANY, "partitions": ANY, "replicas": ANY, "config": ANY}

ACL = {"type": ANY, "host": ANY, "operations": ANY, "resource": {"type": ANY, "name": ANY, "patternType": ANY}}
KAFKA_USER = {"authentication": {"type": ANY}, "authorization": {"type": ANY, "acls": [ACL]}}


def unsupported_paths(value: Any, supported: Any, path: str) -> list[str]:
    """Paths of fields in `value` that `supported` does not have, such as `spec.kafka.listeners[2].authentication`."""
    if supported is ANY:
        return []
    if isinstance(supported, list):
        items = value if isinstance(value, list) else [value]
        found = (unsupported_paths(item, supported[0], f"{path}[{index}]") for index, item in enumerate(items))
        return [one for paths in found for one in paths]
    if not isinstance(value, dict):
        return []
    paths = []
    for name, field in value.items():
        if name not in supported:
            paths.append(f"{path}.{name}")
        else:
            paths += unsupported_paths(field, supported[name], f"{path}.{name}")
    return paths


def refuse_unsupported(spec: dict[str, Any], supported: Any, resource: str) -> None:
    """Raise InvalidResourceError naming every unsupported field of `spec`; `resource` such as `Kafka ns/name`."""
    if paths := unsupported_paths(spec, supported, "spec"):
        raise InvalidResourceError(
            f"{resource}: the embedded operator does not support {', '.join(paths)}: remove "
            f"{'it' if len(paths) == 1 else 'them'}, or run Strimzi itself"
        )
