"""The authority that signs users' certificates, as the user operator finds it: two Secrets."""

import base64
from typing import Any

from embedded_operator.certificates import new_key, self_signed_authority
from embedded_operator.settings import UserOperatorSettings

SETTINGS = UserOperatorSettings("lab", "my", "my-kafka-bootstrap:9091", "/etc", 120, "ca", "ca-key", True)


def authority_secrets() -> list[dict[str, Any]]:
    """The Secrets that SETTINGS name, of a new authority."""
    key = new_key()
    contents = {"ca": ("ca.crt", self_signed_authority("clients-ca v0", key)), "ca-key": ("ca.key", key)}
    return [
        {"kind": "Secret", "metadata": {"name": name}, "data": {entry: base64.b64encode(value).decode()}}
        for name, (entry, value) in contents.items()
    ]
