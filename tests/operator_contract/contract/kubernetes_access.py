"""The Kubernetes API, as far as the suite needs it: objects as mappings, commands in pods, connections to pods."""

import base64
import os
import socket
from typing import Any

from kubernetes import client, config, dynamic
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import portforward, stream

Object = dict[str, Any]

API_VERSIONS = {
    "Kafka": "kafka.strimzi.io/v1",
    "KafkaNodePool": "kafka.strimzi.io/v1",
    "KafkaTopic": "kafka.strimzi.io/v1",
    "KafkaUser": "kafka.strimzi.io/v1",
    "ConfigMap": "v1",
    "Namespace": "v1",
    "Node": "v1",
    "PersistentVolumeClaim": "v1",
    "Pod": "v1",
    "Secret": "v1",
    "Service": "v1",
    "ServiceAccount": "v1",
    "Deployment": "apps/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "PodDisruptionBudget": "policy/v1",
    "Route": "route.openshift.io/v1",
    "StorageClass": "storage.k8s.io/v1",
}


def api_client(kubeconfig: str) -> client.ApiClient:
    """A client that keeps to NO_PROXY, which the package (35.0) reads and loses."""
    settings = client.Configuration()
    config.load_kube_config(kubeconfig, client_configuration=settings)
    settings.no_proxy = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    return client.ApiClient(settings)


class Kubernetes:
    """One cluster."""

    def __init__(self, kubeconfig: str) -> None:
        self._kubeconfig = kubeconfig
        self._dynamic = dynamic.DynamicClient(api_client(kubeconfig))
        self._core = client.CoreV1Api(self._dynamic.client)

    def _streaming(self) -> client.CoreV1Api:
        """A client of its own for each stream: one that streams answers nothing else meanwhile."""
        return client.CoreV1Api(api_client(self._kubeconfig))

    def _resource(self, kind: str) -> Any:
        return self._dynamic.resources.get(api_version=API_VERSIONS[kind], kind=kind)

    def serves(self, kind: str) -> bool:
        """Whether the cluster has a kind's API group, asked anew: the dynamic client remembers what it once saw."""
        groups = client.ApisApi(self._dynamic.client).get_api_versions().groups
        return API_VERSIONS[kind].split("/")[0] in {group.name for group in groups}

    def get(self, kind: str, namespace: str | None, name: str) -> Object | None:
        """One object, None where there is none."""
        try:
            return self._resource(kind).get(name=name, namespace=namespace).to_dict()
        except ApiException as error:
            if error.status == 404:
                return None
            raise

    def the(self, kind: str, namespace: str, name: str) -> Object:
        """One object that has to be there."""
        found = self.get(kind, namespace, name)
        assert found is not None, f"there is no {kind} {namespace}/{name}"
        return found

    def list(self, kind: str, namespace: str | None = None, selector: str = "") -> list[Object]:
        """All objects of a kind that carry the labels."""
        return self._resource(kind).get(namespace=namespace, label_selector=selector).to_dict()["items"]

    def default_storage_class(self) -> Object | None:
        """The storage class that a claim gets which names none, None where there is none."""
        default = "storageclass.kubernetes.io/is-default-class"
        found = [
            c for c in self.list("StorageClass") if (c["metadata"].get("annotations") or {}).get(default) == "true"
        ]
        return found[0] if found else None

    def create(self, manifest: Object) -> Object:
        """Create an object. Raises ApiException where the API server refuses it."""
        namespace = manifest["metadata"].get("namespace")
        return self._resource(manifest["kind"]).create(body=manifest, namespace=namespace).to_dict()

    def merge(self, kind: str, namespace: str, name: str, change: Object) -> Object:
        """Merge a change into an object; None removes a field."""
        content_type = "application/merge-patch+json"
        resource = self._resource(kind)
        return resource.patch(body=change, name=name, namespace=namespace, content_type=content_type).to_dict()

    def delete(self, kind: str, namespace: str | None, name: str, grace: int | None = None) -> None:
        """Delete an object and what it owns; one that is gone already is well. `grace`: seconds that a pod is given."""
        options = {"propagationPolicy": "Background", **({} if grace is None else {"gracePeriodSeconds": grace})}
        try:
            self._resource(kind).delete(name=name, namespace=namespace, body=options)
        except ApiException as error:
            if error.status != 404:
                raise

    def secret(self, namespace: str, name: str) -> dict[str, bytes]:
        """The decoded entries of a Secret."""
        return {key: base64.b64decode(value) for key, value in self.the("Secret", namespace, name)["data"].items()}

    def run(self, namespace: str, pod: str, container: str, *command: str) -> str:
        """What a command in a pod prints, on both of its outputs."""
        return stream(
            self._streaming().connect_get_namespaced_pod_exec,
            pod,
            namespace,
            container=container,
            command=list(command),
            stdout=True,
            stderr=True,
            stdin=False,
            tty=False,
        )

    def connect(self, namespace: str, pod: str, port: int) -> socket.socket:
        """A connection to a port of a pod, through the API server."""
        forwarded = portforward(
            self._streaming().connect_get_namespaced_pod_portforward, pod, namespace, ports=str(port)
        ).socket(port)
        forwarded.setblocking(True)
        return forwarded

    def http_status(self, namespace: str, pod: str, port: int, path: str) -> int:
        """Status that a pod answers an HTTP request with, asked through the API server."""
        try:
            answer = self._core.connect_get_namespaced_pod_proxy_with_path_with_http_info(
                f"{pod}:{port}", namespace, path, _preload_content=False
            )
        except ApiException as error:
            return error.status
        return answer[1]
