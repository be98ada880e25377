"""The Secret of a KafkaUser: certificate and key, or password, under Strimzi's keys."""

import base64
from typing import Any

from ..certificates import Identity, is_usable, issue, key_store, new_password
from ..errors import InvalidResourceError
from ..kubernetes.kinds import MANAGER
from ..model.cluster import SCRAM, TLS
from ..model.parsing import owner_of
from ..objects.metadata import Object, owner_reference
from ..objects.secrets import data_of
from .resource import Resource, authentication_type

USER_MANAGER = "strimzi-user-operator"
LONGEST_LABEL = 63  # characters of a label's value, by Kubernetes


def _tls_data(name: str, ca: Identity, found: Object | None) -> dict[str, bytes]:
    identity = Identity(data_of(found, "user.key"), data_of(found, "user.crt"))
    store, password = data_of(found, "user.p12"), data_of(found, "user.password")
    if not is_usable(identity, ca.certificate, []):
        identity, store = issue(ca, name, [], organization=None), b""
    if not (store and password):
        password = new_password().encode()
        store = key_store(identity, name, password.decode())
    return {
        "ca.crt": ca.certificate,
        "user.crt": identity.certificate,
        "user.key": identity.key,
        "user.p12": store,
        "user.password": password,
    }


def _scram_data(name: str, found: Object | None) -> dict[str, bytes]:
    password = data_of(found, "password").decode() or new_password()
    login = f'org.apache.kafka.common.security.scram.ScramLoginModule required username="{name}" password="{password}";'
    return {"password": password.encode(), "sasl.jaas.config": login.encode()}


def _label(name: str) -> str:
    """A name as the value of a label, which has room for less."""
    return name[:LONGEST_LABEL].rstrip("-.")


def _labels(resource: Resource) -> dict[str, str]:
    metadata = resource["metadata"]
    return {
        **metadata.get("labels", {}),
        "app.kubernetes.io/instance": _label(metadata["name"]),
        "app.kubernetes.io/managed-by": USER_MANAGER,
        "app.kubernetes.io/name": USER_MANAGER,
        "app.kubernetes.io/part-of": _label(f"strimzi-{metadata['name']}"),
        "strimzi.io/kind": "KafkaUser",
    }


def is_of_a_user(secret: Object | None) -> bool:
    """Whether this is a KafkaUser's Secret, made by a user operator."""
    labels = (secret or {}).get("metadata", {}).get("labels", {})
    return labels.get("app.kubernetes.io/managed-by") == USER_MANAGER


def user_secret(resource: Resource, ca: Identity, found: Object | None) -> Object | None:
    """The Secret that a user is to have, with what fits of the `found` one; None for a user without credentials here.

    Raises InvalidResourceError where the cluster operator has a Secret of that name.
    """
    metadata, kind = resource["metadata"], authentication_type(resource)
    if kind not in (TLS, SCRAM):
        return None
    labels = (found or {}).get("metadata", {}).get("labels", {})
    if labels.get("app.kubernetes.io/managed-by") == MANAGER:
        raise InvalidResourceError(
            f"Secret {metadata['name']} belongs to the Kafka cluster {labels.get('strimzi.io/cluster')}: give the "
            "KafkaUser another name"
        )
    data = _tls_data(metadata["name"], ca, found) if kind == TLS else _scram_data(metadata["name"], found)
    content: dict[str, Any] = {key: base64.b64encode(value).decode() for key, value in data.items()}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "labels": _labels(resource),
            "ownerReferences": [owner_reference(owner_of(resource, "KafkaUser"), controller=False, blocks=False)],
        },
        "type": "Opaque",
        "data": content,
    }
