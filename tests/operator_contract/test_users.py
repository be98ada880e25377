"""KafkaUser: credentials, status, what becomes of a changed or deleted user, and what is refused.

Sources: strimzi_observed.md, Objects (the users' Secrets), Status, What it answers to a mistake, Time and behaviour;
"Deploying and Managing", securing access to a Kafka cluster (user authentication, TLS and SCRAM-SHA-512); API
reference, KafkaUserSpec, KafkaUserStatus.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from cryptography.x509.oid import NameOID
from kubernetes.client.exceptions import ApiException

from contract import manifests
from contract.conditions import conditions, has
from contract.kafka_access import Kafka
from contract.kafka_cluster import KafkaCluster
from contract.operator_times import ENTITY_ANSWER
from contract.users import Clients
from contract.waiting import eventually

NewUser = Callable[..., str]
CERTIFICATE_KEYS = {"ca.crt", "user.crt", "user.key", "user.p12", "user.password"}
PASSWORD_KEYS = {"password", "sasl.jaas.config"}


def secret(cluster: KafkaCluster, name: str) -> dict[str, bytes]:
    """The decoded entries of a user's Secret."""
    return cluster.kubernetes.secret(cluster.namespace, name)


def wait_for_keys(cluster: KafkaCluster, name: str, keys: set[str]) -> None:
    """Wait until a user's Secret has exactly these entries; none: until there is no Secret."""
    eventually(
        lambda: set((cluster.kubernetes.get("Secret", cluster.namespace, name) or {}).get("data") or {}),
        lambda found: found == keys,
        f"Secret {name} with {sorted(keys)}",
        ENTITY_ANSWER,
    )


def wait_for_rights(kafka: Kafka, username: str, rights: set[tuple[str, str, str]]) -> None:
    """Wait until Kafka has exactly these rights of a user: resource type, resource name, operation."""
    what = f"the rights {sorted(rights)} of {username}"
    eventually(lambda: kafka.acls(username), lambda found: found == rights, what, ENTITY_ANSWER)


@pytest.mark.parametrize(
    ("kind", "name", "username", "keys"),
    [
        ("tls", "alice", "CN=alice", CERTIFICATE_KEYS),
        ("scram-sha-512", "bob", "bob", PASSWORD_KEYS),
    ],
)
def test_user_has_a_secret_and_a_name_in_kafka(
    cluster: KafkaCluster, new_user: NewUser, kind: str, name: str, username: str, keys: set[str]
):
    # Status, KafkaUser; Objects, Secret alice and bob: keys, owner KafkaUser
    status = cluster.users.wait(new_user(name, kind))["status"]
    assert (status["username"], status["secret"]) == (username, name)
    assert set(secret(cluster, name)) == keys
    (owner,) = cluster.the("Secret", name)["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"]) == ("KafkaUser", cluster.the("KafkaUser", name)["metadata"]["uid"])


def test_certificate_is_the_clients_authoritys(cluster: KafkaCluster, new_user: NewUser):
    # User authentication, TLS: signed by the clients CA, the name is the common name; user.p12 opens with user.password
    cluster.users.wait(new_user("alice", "tls"))
    own = secret(cluster, "alice")
    assert own["ca.crt"] == secret(cluster, f"{cluster.name}-clients-ca-cert")["ca.crt"]
    certificate = x509.load_pem_x509_certificate(own["user.crt"])
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(own["ca.crt"]))
    assert [name.value for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == ["alice"]
    assert load_pem_private_key(own["user.key"], None).public_key() == certificate.public_key()
    store = pkcs12.load_pkcs12(own["user.p12"], own["user.password"])
    assert store.cert is not None and store.cert.certificate == certificate


def test_password_stands_in_the_login_too(cluster: KafkaCluster, new_user: NewUser):
    # User authentication, SCRAM-SHA-512: sasl.jaas.config for clients in Java
    cluster.users.wait(new_user("bob", "scram-sha-512"))
    own = secret(cluster, "bob")
    login = own["sasl.jaas.config"].decode()
    assert login.startswith("org.apache.kafka.common.security.scram.ScramLoginModule required ")
    assert 'username="bob"' in login and f'password="{own["password"].decode()}"' in login


def test_user_with_a_certificate_of_others_has_rights_and_no_secret(
    cluster: KafkaCluster, kafka: Kafka, new_user: NewUser
):
    # API reference, KafkaUserTlsExternalClientAuthentication: the operator issues no certificate
    name = new_user("carol", "tls-external", manifests.acl("topic", "carols", "Read"))
    status = cluster.users.wait(name)["status"]
    assert status["username"] == "CN=carol" and not status.get("secret")
    assert cluster.kubernetes.get("Secret", cluster.namespace, name) is None
    wait_for_rights(kafka, "CN=carol", {("TOPIC", "carols", "READ")})


@pytest.mark.parametrize(("kind", "keys"), [("tls", CERTIFICATE_KEYS), ("scram-sha-512", PASSWORD_KEYS)])
def test_deleted_secret_comes_back_and_lets_the_user_in(
    cluster: KafkaCluster, clients: Clients, new_user: NewUser, kind: str, keys: set[str]
):
    # Time and behaviour: a deleted user Secret
    name = new_user("forgetful", kind)
    cluster.users.wait(name)
    before = cluster.the("Secret", name)["metadata"]["uid"]
    cluster.kubernetes.delete("Secret", cluster.namespace, name)
    found = eventually(
        lambda: cluster.kubernetes.get("Secret", cluster.namespace, name),
        lambda seen: seen is not None and seen["metadata"]["uid"] != before,
        "the Secret anew",
        ENTITY_ANSWER,
    )
    assert found is not None and set(found["data"]) == keys
    clients.wait_let_in(name, kind)


def test_edited_secret_is_as_it_was(cluster: KafkaCluster, new_user: NewUser):
    # Time and behaviour: users are reconciled on a change of their Secret, as on its deletion
    cluster.users.wait(new_user("bob", "scram-sha-512"))
    before = secret(cluster, "bob")
    edited = base64.b64encode(b"nonsense").decode()
    cluster.kubernetes.merge("Secret", cluster.namespace, "bob", {"data": {"sasl.jaas.config": edited}})
    eventually(lambda: secret(cluster, "bob"), lambda found: found == before, "the Secret as it was", ENTITY_ANSWER)


def test_other_credentials_take_the_place_of_the_first(
    cluster: KafkaCluster, kafka: Kafka, clients: Clients, new_user: NewUser
):
    # API reference, KafkaUserSpec, authentication may change; rights follow the name in Kafka
    name = new_user("dave", "scram-sha-512", manifests.acl("topic", "daves", "Read"))
    cluster.users.wait(name)
    with_password = clients.of(name, "scram-sha-512")
    clients.wait_let_in(name, "scram-sha-512")
    cluster.users.change(name, authentication={"type": "tls"})
    assert cluster.users.wait(name)["status"]["username"] == "CN=dave"
    wait_for_keys(cluster, name, CERTIFICATE_KEYS)
    clients.wait_let_in(name, "tls")
    clients.wait_shut_out(with_password)
    wait_for_rights(kafka, "CN=dave", {("TOPIC", "daves", "READ")})
    wait_for_rights(kafka, "dave", set())


def test_paused_user_waits_for_the_end_of_its_pause(cluster: KafkaCluster, kafka: Kafka, new_user: NewUser):
    # "Deploying and Managing", pausing reconciliation of custom resources
    name = new_user("resting", "tls", manifests.acl("topic", "before", "Read"))
    cluster.users.wait(name)
    later = {"authorization": {"acls": [manifests.acl("topic", "after", "Read")]}}
    cluster.users.merge(name, {"metadata": {"annotations": {manifests.PAUSE: "true"}}, "spec": later})
    cluster.users.wait(name, lambda user: has(user, "ReconciliationPaused", "True"))
    assert kafka.acls("CN=resting") == {("TOPIC", "before", "READ")}
    cluster.users.merge(name, {"metadata": {"annotations": {manifests.PAUSE: None}}})
    cluster.users.wait(name)
    wait_for_rights(kafka, "CN=resting", {("TOPIC", "after", "READ")})


def test_deleted_user_leaves_nothing(cluster: KafkaCluster, kafka: Kafka, clients: Clients, new_user: NewUser):
    # "Deploying and Managing", the User Operator: Kafka has no user that has no KafkaUser; the Secret has it for owner
    name = new_user("leaver", "scram-sha-512", manifests.acl("topic", "leavers", "Read"))
    cluster.users.wait(name)
    leaver = clients.of(name, "scram-sha-512")
    clients.wait_let_in(name, "scram-sha-512")
    cluster.users.delete(name)
    wait_for_keys(cluster, name, set())
    wait_for_rights(kafka, name, set())
    clients.wait_shut_out(leaver)


@pytest.mark.parametrize("kind", ["tls", "scram-sha-512"])
def test_nobody_comes_in_without_credentials(cluster: KafkaCluster, clients: Clients, kind: str):
    # API reference, KafkaListenerAuthenticationTls and -ScramSha512
    clients.wait_shut_out(clients.nobody(kind))


def test_name_that_fits_no_certificate_is_refused_until_it_needs_none(cluster: KafkaCluster, new_user: NewUser):
    # User authentication, TLS: a common name has at most 64 characters; passwords have no such limit
    name = new_user("long" * 17, "tls")
    assert "64" in cluster.users.wait_refused(name, "InvalidResourceException")
    cluster.users.change(name, authentication={"type": "scram-sha-512"})
    cluster.users.wait(name)
    assert set(secret(cluster, name)) == PASSWORD_KEYS


def test_schema_refuses_what_kafka_has_no_word_for(new_user: NewUser):
    # Mistakes, ACL operation Fly
    with pytest.raises(ApiException) as refused:
        new_user("flyer", "tls", manifests.acl("topic", "sky", "Fly"))
    assert refused.value.status == 422


def test_user_of_a_cluster_that_is_not_there_gets_no_answer(cluster: KafkaCluster, new_user: NewUser):
    # API reference, KafkaUser, label strimzi.io/cluster: by it a User Operator knows its users
    cluster.kubernetes.create(manifests.user(cluster.namespace, "no-such-cluster", "stranger", "tls"))
    try:
        cluster.users.wait(new_user("after-it", "tls"))  # what came later is answered
        assert not conditions(cluster.the("KafkaUser", "stranger"), "Ready")
        assert cluster.kubernetes.get("Secret", cluster.namespace, "stranger") is None
    finally:
        cluster.users.delete("stranger")
