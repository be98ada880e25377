"""Where the object store's tools run: a pod of the gateway."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import run_with_cluster
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_waiting import is_ready
from ansible_collections.catdog.lab.plugins.module_utils.object_store import ObjectStoreError, Store
from ansible_collections.catdog.lab.plugins.module_utils.pod_command import run_in_pod

CONTAINER = "gateway"


def find_pod(core: Any, namespace: str, name: str, timeout: float | None = None) -> str:
    """Name of a pod of the gateway that is ready. Raises ObjectStoreError where none is."""
    labels = f"app.kubernetes.io/name={name}"
    pods = core.list_namespaced_pod(namespace, label_selector=labels, _request_timeout=timeout).items
    found = next((pod for pod in pods if is_ready(pod) and not pod.metadata.deletion_timestamp), None)
    if found is None:
        raise ObjectStoreError("no pod of it is ready: run playbooks/site.yml with the tag object_store.")
    return found.metadata.name


def store_of(api: Any, kubeconfig: str, namespace: str, name: str, timeout: float) -> Store:
    """The store behind the gateway `name`; `api`: an ApiClient for the kubeconfig. Raises as find_pod does."""
    from kubernetes import client

    pod = find_pod(client.CoreV1Api(api), namespace, name)

    def execute(command: Sequence[str], given: str) -> tuple[str, str, int | None]:
        return run_in_pod(kubeconfig, namespace, pod, CONTAINER, command, timeout, given)

    return Store(execute)


def run_with_store(module: AnsibleModule, work: Callable[[Store], dict[str, Any]]) -> None:
    """End a module with what `work` answers of the store that its inputs kubeconfig, namespace and name tell.

    What the store or the cluster says no to ends in `fail_json`. Raises: whatever else `work` raises.
    """
    kubeconfig, namespace, name, timeout = (module.params[it] for it in ("kubeconfig", "namespace", "name", "timeout"))

    def run(module: AnsibleModule) -> None:
        try:
            answer = work(store_of(api_client(kubeconfig), kubeconfig, namespace, name, timeout))
        except ObjectStoreError as error:
            module.fail_json(msg=f"Object store {namespace}/{name}: {error}")
        module.exit_json(**answer)

    run_with_cluster(module, run)
