"""Whether a broker may be restarted: never while others lack so many replicas that it is needed, as Strimzi has it."""

import asyncio
import ssl
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from ..certificates import Identity
from ..model.cluster import REPLICATION_PORT, Cluster

MIN_IN_SYNC = "min.insync.replicas"
TIMEOUT_MS = 10_000


def under_replicated(topics: list[dict[str, Any]], broker: int) -> dict[str, list[dict[str, Any]]]:
    """Partitions by topic that are in sync on this broker, but not on all that are to hold them."""
    found = {
        topic["name"]: [p for p in topic["partitions"] if broker in p["isr_nodes"] and not in_full(p)]
        for topic in topics
    }
    return {name: partitions for name, partitions in found.items() if partitions}


def in_full(partition: dict[str, Any]) -> bool:
    """Whether every replica of a partition is in sync."""
    return len(partition["isr_nodes"]) >= len(partition["replica_nodes"])


def needs_broker(partition: dict[str, Any], min_in_sync: int) -> bool:
    """Whether a partition that is in sync on a broker would have too few replicas without it.

    One that asks for as many as it has could never lose any: then nothing can be kept.
    """
    return len(partition["isr_nodes"]) <= min_in_sync < len(partition["replica_nodes"])


class KafkaAvailability:
    """Asks a cluster's brokers, as the cluster operator: `identity` is its own, `cluster_ca` signed theirs."""

    def __init__(self, cluster: Cluster, identity: Identity, cluster_ca: bytes) -> None:
        self._servers = f"{cluster.bootstrap_service}.{cluster.namespace}.svc:{REPLICATION_PORT}"
        self._identity, self._cluster_ca = identity, cluster_ca

    async def reason_to_keep(self, broker: int) -> str | None:
        """Why a broker must not be restarted now, None where it may. Raises UNREACHABLE where Kafka does not answer."""
        needed = await asyncio.to_thread(self._partitions_that_need, broker)
        return f"too few replicas are in sync without it: {', '.join(needed[:5])}" if needed else None

    def _partitions_that_need(self, broker: int) -> list[str]:
        with closing(KafkaAdminClient(**self._options())) as client:
            suspects = under_replicated(client.describe_topics(), broker)
            if not suspects:
                return []
            resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in suspects]
            configs = client.describe_configs(resources, config_filter="all")["topic"]
        return [
            f"{name}-{partition['partition_index']}"
            for name, partitions in suspects.items()
            for partition in partitions
            if needs_broker(partition, int(configs[name][MIN_IN_SYNC]["value"]))
        ]

    def _options(self) -> dict[str, Any]:
        context = ssl.create_default_context(cadata=self._cluster_ca.decode())
        with tempfile.NamedTemporaryFile() as file:  # the standard library takes a key from a file only
            Path(file.name).write_bytes(self._identity.key + self._identity.certificate)
            context.load_cert_chain(file.name)
        return {
            "bootstrap_servers": self._servers,
            "security_protocol": "SSL",
            "ssl_context": context,
            "request_timeout_ms": TIMEOUT_MS,
            "bootstrap_timeout_ms": TIMEOUT_MS,
        }
