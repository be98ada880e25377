"""What a new local Kafka is given: topics, what may be done with them by whom, a user with a password."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    NewTopic,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

# Prefix of topics: what everybody may do with those; of the topics that are made one has each prefix as its name.
RIGHTS = {"pictures": ("DESCRIBE", "READ", "WRITE", "CREATE"), "read-only": ("DESCRIBE",), "secret": ()}
# Prefix of the consumer groups that everybody may be in.
GROUPS = "pictures"
# What a broker of a busy machine may take for an answer.
BUSY_SECONDS = 120


def chief_options(lab: Mapping[str, str]) -> dict[str, Any]:
    """Options of a kafka-python admin client for the one who may do everything."""
    return {
        "bootstrap_servers": lab["certificate"].split(","),
        "security_protocol": "SSL",
        "ssl_cafile": lab["ca_file"],
        "ssl_certfile": lab["chief_cert_file"],
        "ssl_keyfile": lab["chief_key_file"],
        "bootstrap_timeout_ms": BUSY_SECONDS * 1000,
        "request_timeout_ms": BUSY_SECONDS * 1000,
    }


def furnish(lab: Mapping[str, str], replicas: int) -> None:
    """Make it all."""
    admin = KafkaAdminClient(**chief_options(lab))
    try:
        configs = {"max.message.bytes": "10485760"}
        admin.create_topics([NewTopic(name, 3, replicas, topic_configs=configs) for name in RIGHTS])
        allowed = [(_starting(ResourceType.TOPIC, name), one) for name, rights in RIGHTS.items() for one in rights]
        allowed.append((_starting(ResourceType.GROUP, GROUPS), "READ"))
        admin.create_acls(
            [ACL("User:*", "*", ACLOperation[one], ACLPermissionType.ALLOW, pattern) for pattern, one in allowed]
        )
        password = Path(lab["password_file"]).read_text().strip()
        user = UserScramCredentialUpsertion(lab["user"], ScramMechanism.SCRAM_SHA_512, password)
        admin.alter_user_scram_credentials([user])
    finally:
        admin.close()


def _starting(kind: ResourceType, name: str) -> ResourcePattern:
    return ResourcePattern(kind, name, ACLResourcePatternType.PREFIXED)
