"""Which certificates are kept and which are issued again."""

import pytest
from embedded_operator.certificates import (
    Identity,
    is_usable,
    is_usable_ca,
    issue,
    new_key,
    new_password,
    self_signed_ca,
    trust_store,
)

NAMES = ["a.lab.svc", "127.0.0.1"]


@pytest.fixture
def ca():
    key = new_key()
    return Identity(key, self_signed_ca("cluster-ca v0", key))


def test_what_was_issued_is_usable(ca):
    assert is_usable_ca(ca)
    assert is_usable(issue(ca, "my-kafka", NAMES), ca.certificate, NAMES)
    assert is_usable(issue(ca, "client", []), ca.certificate, [])


def test_other_names_other_ca_other_key(ca):
    identity = issue(ca, "my-kafka", NAMES)
    other = new_key()
    assert not is_usable(identity, ca.certificate, NAMES[:1])
    assert not is_usable(identity, self_signed_ca("cluster-ca v0", other), NAMES)
    assert not is_usable(Identity(other, identity.certificate), ca.certificate, NAMES)


@pytest.mark.parametrize("content", [b"", b"edited by hand"])
def test_what_is_edited_is_not_usable(ca, content):
    identity = issue(ca, "my-kafka", NAMES)
    assert not is_usable(Identity(identity.key, content), ca.certificate, NAMES)
    assert not is_usable(Identity(content, identity.certificate), ca.certificate, NAMES)
    assert not is_usable_ca(Identity(content, ca.certificate))


def test_a_certificate_that_is_about_to_end_is_not_usable(ca, monkeypatch):
    import datetime

    monkeypatch.setattr("embedded_operator.certificates.VALIDITY", datetime.timedelta(days=29))
    assert not is_usable(issue(ca, "my-kafka", NAMES), ca.certificate, NAMES)


def test_a_trust_store_opens_with_its_password(ca):
    from cryptography.hazmat.primitives.serialization import pkcs12

    password = new_password()
    store = pkcs12.load_pkcs12(trust_store(ca.certificate, password), password.encode())
    assert len(store.additional_certs) == 1
