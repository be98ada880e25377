"""A Kafka with its pools in an API server in memory, and the operator that reconciles it."""

import asyncio
from typing import Any

from api_server import ApiServer
from embedded_operator.clusters.reconciler import ClusterReconciler
from embedded_operator.settings import ClusterOperatorSettings
from embedded_operator.topics.resource import FINALIZER

Object = dict[str, Any]

SETTINGS = ClusterOperatorSettings((), {"4.3.1": "kafka:test"}, "operator:test", "operator:test", 120, 300)


class Lab:
    """The cluster `my` in the namespace `lab`."""

    def __init__(self, kafka: Object, pools: list[Object]) -> None:
        for pool in pools:
            pool["metadata"]["labels"] = {"strimzi.io/cluster": "my"}
        self.server = ApiServer({"kind": "Kafka", **kafka}, *({"kind": "KafkaNodePool", **pool} for pool in pools))
        self._reconciler = ClusterReconciler(self.server, SETTINGS)

    def restart_operator(self) -> None:
        """Another operator takes over, which remembers nothing."""
        self._reconciler = ClusterReconciler(self.server, SETTINGS)

    def secrets(self, *names: str) -> dict[str, dict[str, str]]:
        """The encoded entries of these Secrets by name."""
        return {name: self.server.of("Secret")[name]["data"] for name in names}

    def reconcile(self) -> float | None:
        """One reconciliation; returns seconds until the next one."""
        return asyncio.run(self._reconciler.reconcile("lab", "my"))

    def settle(self) -> list[str]:
        """Reconcile until there is nothing to write; returns what was written."""
        written: list[str] = []
        while True:
            self.server.written.clear()
            self.reconcile()
            if not self.server.written:
                return written
            written += self.server.written
            assert len(written) < 500, "it never ends"

    def conditions(self, kind: str = "Kafka", name: str = "my") -> list[tuple[str, str | None]]:
        """Type and reason of a resource's conditions."""
        found = self.server.of(kind)[name]["status"]["conditions"]
        return [(condition["type"], condition.get("reason")) for condition in found]

    def remove(self) -> None:
        """Have the Kafka gone, and what goes with its owner left out of it."""
        del self.server.objects["Kafka", "my"]

    def topic(self, name: str = "rhte", *finalizers: str, **metadata: str) -> None:
        """A KafkaTopic of the cluster that its operator holds, with more metadata."""
        labels = {"strimzi.io/cluster": "my"}
        held = {"name": name, "namespace": "lab", "labels": labels, "finalizers": [FINALIZER, *finalizers]}
        self.server.put({"kind": "KafkaTopic", "metadata": {**held, **metadata}, "spec": {}})

    def set_volumes(self, *volumes: Object) -> None:
        """Other volumes for the compact profile's pool."""
        self.server.change("KafkaNodePool", "dual-role", {"spec": {"storage": {"volumes": list(volumes)}}})

    @property
    def claims(self) -> dict[str, Object]:
        """Claims by name."""
        return self.server.of("PersistentVolumeClaim")

    @property
    def pod_uids(self) -> dict[str, str]:
        """UIDs of pods by name."""
        return {name: pod["metadata"]["uid"] for name, pod in self.server.of("Pod").items()}
