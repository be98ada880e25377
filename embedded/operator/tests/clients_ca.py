"""The CA that signs users' certificates, by itself and as the user operator finds it: two Secrets."""

import base64
from typing import Any

from embedded_operator.certificates import Identity, new_key, self_signed_ca
from embedded_operator.settings import UserOperatorSettings

SETTINGS = UserOperatorSettings("lab", "my", "my-kafka-bootstrap:9091", "/etc", 120, "ca", "ca-key", True)


def new_ca() -> Identity:
    """Another one at each call."""
    key = new_key()
    return Identity(key, self_signed_ca("clients-ca v0", key))


def clients_ca_secrets() -> list[dict[str, Any]]:
    """The Secrets that SETTINGS name, of a new CA."""
    ca = new_ca()
    contents = {"ca": ("ca.crt", ca.certificate), "ca-key": ("ca.key", ca.key)}
    return [
        {"kind": "Secret", "metadata": {"name": name}, "data": {entry: base64.b64encode(value).decode()}}
        for name, (entry, value) in contents.items()
    ]
