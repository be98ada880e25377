"""Which certificates are kept and which are issued again."""

import pytest
from embedded_operator.certificates import (
    Identity,
    is_usable,
    is_usable_authority,
    issue,
    new_key,
    new_password,
    self_signed_authority,
    trust_store,
)

NAMES = ["a.lab.svc", "127.0.0.1"]


@pytest.fixture
def authority():
    key = new_key()
    return Identity(key, self_signed_authority("cluster-ca v0", key))


def test_what_was_issued_is_usable(authority):
    assert is_usable_authority(authority)
    assert is_usable(issue(authority, "my-kafka", NAMES), authority.certificate, NAMES)
    assert is_usable(issue(authority, "client", []), authority.certificate, [])


def test_other_names_other_authority_other_key(authority):
    identity = issue(authority, "my-kafka", NAMES)
    other = new_key()
    assert not is_usable(identity, authority.certificate, NAMES[:1])
    assert not is_usable(identity, self_signed_authority("cluster-ca v0", other), NAMES)
    assert not is_usable(Identity(other, identity.certificate), authority.certificate, NAMES)


@pytest.mark.parametrize("content", [b"", b"edited by hand"])
def test_what_is_edited_is_not_usable(authority, content):
    identity = issue(authority, "my-kafka", NAMES)
    assert not is_usable(Identity(identity.key, content), authority.certificate, NAMES)
    assert not is_usable(Identity(content, identity.certificate), authority.certificate, NAMES)
    assert not is_usable_authority(Identity(content, authority.certificate))


def test_a_certificate_that_is_about_to_end_is_not_usable(authority, monkeypatch):
    import datetime

    monkeypatch.setattr("embedded_operator.certificates.VALIDITY", datetime.timedelta(days=29))
    assert not is_usable(issue(authority, "my-kafka", NAMES), authority.certificate, NAMES)


def test_a_trust_store_opens_with_its_password(authority):
    from cryptography.hazmat.primitives.serialization import pkcs12

    password = new_password()
    store = pkcs12.load_pkcs12(trust_store(authority.certificate, password), password.encode())
    assert len(store.additional_certs) == 1
