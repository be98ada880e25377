"""What a KafkaUser says: its name in Kafka, its kind of credentials, its ACLs."""

import re
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidResourceError
from ..model.cluster import TLS

TLS_EXTERNAL = "tls-external"  # a certificate of the clients CA that somebody else issues
# Kafka knows one resource of type cluster, by this name.
CLUSTER_RESOURCE = "kafka-cluster"
# Principals that are no users: everybody, and clients that do not authenticate.
RESERVED_PRINCIPALS = ("*", "ANONYMOUS")

Resource = dict[str, Any]


@dataclass(frozen=True)
class AclRule:
    """One right, by the constants of Kafka's own enumerations, such as TOPIC, LITERAL, READ, ALLOW."""

    resource_type: str
    resource_name: str
    pattern_type: str
    operation: str
    host: str
    permission: str


def authentication_type(resource: Resource) -> str | None:
    """How the user proves who it is; None where the resource does not say."""
    return resource["spec"].get("authentication", {}).get("type")


def usernames(name: str) -> tuple[str, str]:
    """Both names that a KafkaUser's user may have in Kafka: with a certificate, without one."""
    return f"CN={name}", name


def username(resource: Resource) -> str:
    """The user's name in Kafka."""
    with_certificate, without = usernames(resource["metadata"]["name"])
    return with_certificate if authentication_type(resource) in (TLS, TLS_EXTERNAL) else without


def resource_name(kafka_name: str) -> str | None:
    """The KafkaUser that a user of Kafka belongs to; None for one that no KafkaUser can have made."""
    name = kafka_name.removeprefix("CN=")
    return None if name in RESERVED_PRINCIPALS or "," in name or "=" in name else name


def acl_rules(resource: Resource) -> frozenset[AclRule]:
    """The user's ACLs, one for each operation. Raises InvalidResourceError where a name is missing."""
    rules = set()
    for index, acl in enumerate(resource["spec"].get("authorization", {}).get("acls", [])):
        target, path = acl["resource"], f"spec.authorization.acls[{index}].resource.name"
        is_cluster = target["type"] == "cluster"
        name = CLUSTER_RESOURCE if is_cluster else target.get("name")
        if not name:
            raise InvalidResourceError(f"{path} is missing: give the name of the {target['type']}, or * for all")
        is_prefix = target.get("patternType") == "prefix" and not is_cluster
        for operation in acl["operations"]:
            rules.add(
                AclRule(
                    resource_type=_constant(target["type"]),
                    resource_name=name,
                    pattern_type="PREFIXED" if is_prefix else "LITERAL",
                    operation=_constant(operation),
                    host=acl.get("host", "*"),
                    permission=acl.get("type", "allow").upper(),
                )
            )
    return frozenset(rules)


def _constant(name: str) -> str:
    """`DescribeConfigs`, `transactionalId` as DESCRIBE_CONFIGS, TRANSACTIONAL_ID."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()
