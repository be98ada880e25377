"""The Secret of a KafkaUser: Strimzi's keys, what is kept and what is made anew."""

import base64

import pytest
from clients_ca import new_ca
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from embedded_operator.errors import InvalidResourceError
from embedded_operator.users.secrets import is_of_a_user, user_secret


@pytest.fixture
def ca():
    return new_ca()


def content(secret, key):
    return base64.b64decode(secret["data"][key])


def test_a_tls_user_gets_a_certificate_of_the_clients_ca(user, ca):
    secret = user_secret(user("tls"), ca, None)
    assert sorted(secret["data"]) == ["ca.crt", "user.crt", "user.key", "user.p12", "user.password"]
    certificate = x509.load_pem_x509_certificate(content(secret, "user.crt"))
    assert certificate.subject.rfc4514_string() == "CN=alice"
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(ca.certificate))
    store = pkcs12.load_pkcs12(content(secret, "user.p12"), content(secret, "user.password"))
    assert (store.cert.certificate, store.cert.friendly_name) == (certificate, b"alice")
    assert content(secret, "ca.crt") == ca.certificate


def test_a_scram_user_gets_a_password_and_the_login_that_holds_it(user, ca):
    secret = user_secret(user("scram-sha-512"), ca, None)
    assert sorted(secret["data"]) == ["password", "sasl.jaas.config"]
    password = content(secret, "password").decode()
    assert len(password) == 32
    assert content(secret, "sasl.jaas.config").decode() == (
        f'org.apache.kafka.common.security.scram.ScramLoginModule required username="alice" password="{password}";'
    )


@pytest.mark.parametrize("kind", ["tls", "scram-sha-512"])
def test_what_exists_and_fits_is_kept(user, ca, kind):
    first = user_secret(user(kind), ca, None)
    assert user_secret(user(kind), ca, first) == first


def test_another_ca_signs_anew(user, ca):
    first = user_secret(user("tls"), ca, None)
    second = user_secret(user("tls"), new_ca(), first)
    assert all(second["data"][key] != first["data"][key] for key in ("ca.crt", "user.crt", "user.p12"))


def test_labels_and_owner(user, ca):
    metadata = user_secret(user("tls"), ca, None)["metadata"]
    assert metadata["labels"] == {
        "strimzi.io/cluster": "my",
        "strimzi.io/kind": "KafkaUser",
        "app.kubernetes.io/instance": "alice",
        "app.kubernetes.io/managed-by": "strimzi-user-operator",
        "app.kubernetes.io/name": "strimzi-user-operator",
        "app.kubernetes.io/part-of": "strimzi-alice",
    }
    (owner,) = metadata["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["blockOwnerDeletion"]) == ("KafkaUser", "alice", False)


@pytest.mark.parametrize("kind", ["tls-external", None])
def test_no_secret_without_credentials_of_ours(user, ca, kind):
    assert user_secret(user(kind), ca, None) is None


def test_a_secret_of_the_cluster_is_not_overwritten(user, ca):
    labels = {"app.kubernetes.io/managed-by": "strimzi-cluster-operator", "strimzi.io/cluster": "my"}
    found = {"metadata": {"labels": labels}}
    assert not is_of_a_user(found)
    with pytest.raises(InvalidResourceError, match="Secret alice belongs to the Kafka cluster my"):
        user_secret(user("tls"), ca, found)


def test_a_long_name_is_cut_where_it_stands_in_labels(user):
    secret = user_secret(user("scram-sha-512", name="a" * 62 + "-b"), None, None)
    labels = secret["metadata"]["labels"]
    assert labels["app.kubernetes.io/instance"] == "a" * 62
    assert len(labels["app.kubernetes.io/part-of"]) == 63
    assert secret["metadata"]["name"].endswith("-b")
