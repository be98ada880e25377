"""The authority that signs users' certificates, by itself and as the user operator finds it: two Secrets."""

import base64
from typing import Any

from embedded_operator.certificates import Identity, new_key, self_signed_authority
from embedded_operator.settings import UserOperatorSettings

SETTINGS = UserOperatorSettings("lab", "my", "my-kafka-bootstrap:9091", "/etc", 120, "ca", "ca-key", True)


def new_authority() -> Identity:
    """Another one at each call."""
    key = new_key()
    return Identity(key, self_signed_authority("clients-ca v0", key))


def authority_secrets() -> list[dict[str, Any]]:
    """The Secrets that SETTINGS name, of a new authority."""
    authority = new_authority()
    contents = {"ca": ("ca.crt", authority.certificate), "ca-key": ("ca.key", authority.key)}
    return [
        {"kind": "Secret", "metadata": {"name": name}, "data": {entry: base64.b64encode(value).decode()}}
        for name, (entry, value) in contents.items()
    ]
