"""Filter `kafka_listener`: where a Kafka is reached, read from its status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def kafka_listener(kafkas: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """Listener `name` of the first Kafka of a `k8s_info`.

    Keys: bootstrap_servers ("host:port,…"), ca (PEM certificates to trust; "" where the listener has no TLS).
    Empty where there is no Kafka, or its status has no address of such a listener.
    """
    listeners = (kafkas[0].get("status") or {}).get("listeners") or [] if kafkas else []
    found = next((listener for listener in listeners if listener.get("name") == name), None)
    if not found or not found.get("bootstrapServers"):
        return {}
    return {
        "bootstrap_servers": found["bootstrapServers"],
        "ca": "\n".join(certificate.strip() for certificate in found.get("certificates") or []),
    }


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"kafka_listener": kafka_listener}
