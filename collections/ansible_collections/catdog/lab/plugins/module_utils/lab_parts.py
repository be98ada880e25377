"""One look at a part of a lab: its row in the table of states, and the objects by which it is known again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ansible_collections.catdog.lab.plugins.module_utils.deployment_status import missing
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_waiting import is_ready
from ansible_collections.catdog.lab.plugins.module_utils.object_store_volume import look_into
from ansible_collections.catdog.lab.plugins.module_utils.strimzi_status import title_of, verdict

GROUP, VERSION = "kafka.strimzi.io", "v1"
# Seconds for one question to the API server.
REQUEST_TIMEOUT = 5
STORE_TIMEOUT = 15  # seconds for what is asked in the object store's pod


class Look(NamedTuple):
    """State and detail for the table; `objects`: uid of each object that does the work, by its kind and name."""

    name: str
    state: str
    detail: str = ""
    objects: dict[str, str] | None = None


class Cluster:
    """Looks at parts of a lab, each with one or two questions that are not repeated. One method a kind."""

    def __init__(self, kubeconfig: str) -> None:
        from kubernetes import client

        api = api_client(kubeconfig, retries=False)
        self._kubeconfig = kubeconfig
        self._error = client.ApiException
        self._version, self._core = client.VersionApi(api), client.CoreV1Api(api)
        self._apps, self._custom = client.AppsV1Api(api), client.CustomObjectsApi(api)

    def look(self, part: dict[str, str]) -> Look:
        """Look at `part` (kind, and as far as the kind has them name and namespace).

        Raises: what the client raises when the API server does not answer. An answer of refusal is a state.
        """
        where = "/".join(filter(None, [part["namespace"], part["name"]]))
        try:
            return LOOKS[part["kind"]](self, part["namespace"], part["name"])
        except self._error as error:
            return Look(where, "Missing") if error.status == 404 else Look(where, "Unknown", str(error.reason))

    def nodes(self, _namespace: str, _name: str) -> Look:
        version = self._version.get_code(_request_timeout=REQUEST_TIMEOUT).git_version
        nodes = self._core.list_node(_request_timeout=REQUEST_TIMEOUT).items
        ready = sum(map(is_ready, nodes))
        state = "Ready" if nodes and ready == len(nodes) else "Not ready"
        names = ", ".join(node.metadata.name for node in nodes)
        return Look(names, state, f"{version}, {ready} of {len(nodes)} nodes")

    def namespace(self, _namespace: str, name: str) -> Look:
        return Look(name, self._core.read_namespace(name, _request_timeout=REQUEST_TIMEOUT).status.phase)

    def deployment(self, namespace: str, name: str) -> Look:
        found = self._apps.read_namespaced_deployment(name, namespace, _request_timeout=REQUEST_TIMEOUT)
        wanted, lacks = found.spec.replicas, missing(found)
        state = "Stopped" if wanted == 0 else "Waiting" if lacks else "Ready"
        detail = lacks or f"{found.status.available_replicas or 0} of {wanted} pods"
        labels = ",".join(f"{key}={value}" for key, value in (found.spec.selector.match_labels or {}).items())
        pods = [pod.metadata for pod in self._pods(namespace, labels) if is_ready(pod)]
        objects = {f"Pod {namespace}/{pod.name}": pod.uid for pod in pods if not pod.deletion_timestamp}
        return Look(f"{namespace}/{name}", state, detail, objects)

    def object_store_volume(self, namespace: str, name: str) -> Look:
        seen = look_into(self._kubeconfig, self._core, namespace, name, STORE_TIMEOUT)
        return Look(f"{namespace}/{name}", *seen)

    def kafka(self, namespace: str, name: str) -> Look:
        labels = f"strimzi.io/cluster={name}"
        pools = self._custom.list_namespaced_custom_object(
            GROUP, VERSION, namespace, "kafkanodepools", label_selector=labels, _request_timeout=REQUEST_TIMEOUT
        )["items"]
        pods = self._pods(namespace, f"{labels},strimzi.io/pool-name")
        nodes = f"{sum(map(is_ready, pods))} of {len(pods)} nodes"

        def describe(kafka: dict[str, Any]) -> str:
            return f"{kafka['status'].get('kafkaVersion', 'Kafka')}, {nodes}"

        return self._strimzi("kafkas", namespace, name, describe, pools)

    def topic(self, namespace: str, name: str) -> Look:
        return self._strimzi("kafkatopics", namespace, name, describe_topic)

    def user(self, namespace: str, name: str) -> Look:
        return self._strimzi("kafkausers", namespace, name, describe_user)

    def _pods(self, namespace: str, labels: str) -> list[Any]:
        return self._core.list_namespaced_pod(namespace, label_selector=labels, _request_timeout=REQUEST_TIMEOUT).items

    def _strimzi(
        self,
        plural: str,
        namespace: str,
        name: str,
        describe: Callable[[dict[str, Any]], str],
        pools: list[dict[str, Any]] | None = None,
    ) -> Look:
        found = self._custom.get_namespaced_custom_object(
            GROUP, VERSION, namespace, plural, name, _request_timeout=REQUEST_TIMEOUT
        )
        state, detail = verdict(found, pools)
        objects = {title_of(found): found["metadata"]["uid"]}
        return Look(f"{namespace}/{name}", state, detail or describe(found), objects)


LOOKS: dict[str, Callable[[Cluster, str, str], Look]] = {
    "Node": Cluster.nodes,
    "Namespace": Cluster.namespace,
    "Deployment": Cluster.deployment,
    "ObjectStoreVolume": Cluster.object_store_volume,
    "Kafka": Cluster.kafka,
    "KafkaTopic": Cluster.topic,
    "KafkaUser": Cluster.user,
}


def describe_topic(topic: dict[str, Any]) -> str:
    spec = topic["spec"]
    return f"{spec.get('partitions', '?')} partition(s), {spec.get('replicas', '?')} replica(s)"


def describe_user(user: dict[str, Any]) -> str:
    spec = user.get("spec") or {}
    rules = (spec.get("authorization") or {}).get("acls") or []
    return f"{(spec.get('authentication') or {}).get('type', 'no authentication')}, {len(rules)} rule(s)"
