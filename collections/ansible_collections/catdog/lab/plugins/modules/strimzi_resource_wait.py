#!/usr/bin/python
"""Wait until a Strimzi resource is Ready in its present generation; say why if it is not."""

from __future__ import annotations

DOCUMENTATION = r"""
module: strimzi_resource_wait
short_description: Wait until a Strimzi resource is ready
description:
  - Waits for condition C(Ready)=C(True) with C(observedGeneration) equal to the resource's generation, for a Kafka also
    for its KafkaNodePools' generations.
  - Fails, with the operator's own reason and message, on C(NotReady)=C(True) and on C(Ready)=C(False). At once if the
    failure came during the wait or answers a change right before it; if it was there before, its cause may have been
    repaired since, so only once it has stood for O(failure_grace).
  - Fails at once on a resource that the operator is told to leave alone.
  - On failure prints conditions, pods, events and the operator's last log lines. A resource without any status is the
    sign that no operator watches it.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  kind: {description: Kind of the resource., type: str, required: true, choices: [Kafka, KafkaTopic, KafkaUser]}
  name: {description: Name of the resource., type: str, required: true}
  namespace: {description: Namespace of the resource., type: str, required: true}
  api_version: {description: API version of the resource., type: str, default: kafka.strimzi.io/v1}
  changed:
    description: Whether the resource was changed right before. A failure of its present generation answers that change.
    type: bool
    default: false
  failure_grace:
    description: Seconds that a failure from before the wait may stand. Operators look anew every two minutes.
    type: int
    default: 150
  operator_namespace: {description: Namespace of the operator whose log is shown., type: str, default: ''}
  operator_deployment: {description: Name of the operator's Deployment., type: str, default: ''}
  timeout: {description: Seconds to wait at most., type: int, default: 300}
  log_lines: {description: Last log lines to print of each log., type: int, default: 15}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Wait for the cluster
  catdog.lab.strimzi_resource_wait:
    kubeconfig: "{{ lab_kubeconfig }}"
    kind: Kafka
    name: rhte-cluster
    namespace: rhte2019
    changed: "{{ applied is changed }}"
    operator_namespace: amq-streams
    operator_deployment: strimzi-cluster-operator
"""

RETURN = r"""
status: {description: The resource's status., type: dict, returned: success}
seconds: {description: How long it took., type: float, returned: success}
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import run_with_cluster
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_diagnosis import (
    container_lines,
    event_lines,
    log_tail_lines,
    pods_of,
)
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_waiting import POLL_SECONDS, is_ready, next_change
from ansible_collections.catdog.lab.plugins.module_utils.progress_note import leave
from ansible_collections.catdog.lab.plugins.module_utils.strimzi_status import (
    FAILED,
    PAUSED,
    READY,
    UNMANAGED,
    StandingFailure,
    Verdict,
    describe,
    title_of,
    verdict,
)


class Cluster:
    """The few questions that this module asks the API server."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        from kubernetes import client

        api = api_client(parameters["kubeconfig"])
        self.custom, self.core, self.apps = client.CustomObjectsApi(api), client.CoreV1Api(api), client.AppsV1Api(api)
        self.error = client.ApiException
        self.namespace, self.name, self.kind = parameters["namespace"], parameters["name"], parameters["kind"]
        self.group, self.version = parameters["api_version"].split("/")

    def address(self, kind: str) -> tuple[str, str, str, str]:
        return self.group, self.version, self.namespace, f"{kind.lower()}s"

    def resource(self) -> dict[str, Any] | None:
        try:
            return self.custom.get_namespaced_custom_object(*self.address(self.kind), self.name)
        except self.error as error:
            if error.status == 404:
                return None
            raise

    def pools(self) -> list[dict[str, Any]]:
        if self.kind != "Kafka":
            return []
        selector, address = f"strimzi.io/cluster={self.name}", self.address("KafkaNodePool")
        return self.custom.list_namespaced_custom_object(*address, label_selector=selector)["items"]

    def next_change(self, seconds: float) -> None:
        """Return at the resource's next change, after `seconds` at the latest."""
        where = self.address(self.kind)
        next_change(self.custom.list_namespaced_custom_object, *where, name=self.name, seconds=seconds)

    def pods(self, namespace: str, selector: str) -> list[Any]:
        with suppress(Exception):  # a diagnosis never hides the failure that it explains
            return self.core.list_namespaced_pod(namespace, label_selector=selector).items
        return []

    def pods_of_deployment(self, namespace: str, name: str) -> list[Any]:
        with suppress(Exception):
            return pods_of(self.core, self.apps.read_namespaced_deployment(name, namespace))
        return []


def diagnosis(cluster: Cluster, resource: dict[str, Any], parameters: dict[str, Any]) -> str:
    """Conditions, pods that are not ready, events, last log lines: of the resource's cluster and of the operator."""
    lines = [f"Condition {describe(condition)}" for condition in (resource.get("status") or {}).get("conditions") or []]
    labels = resource["metadata"].get("labels") or {}
    kafka = cluster.name if cluster.kind == "Kafka" else labels.get("strimzi.io/cluster", "")
    pods = cluster.pods(cluster.namespace, f"strimzi.io/cluster={kafka}")
    waiting = [pod for pod in pods if not is_ready(pod)]
    for pod in waiting:
        lines += [f"Pod {pod.metadata.name}: {pod.status.phase}", *(f"  {line}" for line in container_lines(pod))]
    lines += event_lines(cluster.core, cluster.namespace, {cluster.name, *(pod.metadata.name for pod in waiting)})
    for pod in waiting:
        lines += log_tail_lines(cluster.core, pod, parameters["log_lines"])
    if operator := parameters["operator_deployment"]:
        operators = cluster.pods_of_deployment(parameters["operator_namespace"], operator)
        if not operators:
            lines.append(f"No pod of the operator (Deployment {parameters['operator_namespace']}/{operator}) runs.")
        for pod in operators:
            lines += log_tail_lines(cluster.core, pod, parameters["log_lines"], even_if_ready=True)
    if cluster.kind != "Kafka":
        for pod in pods:
            if pod.metadata.name.startswith(f"{kafka}-entity-operator"):
                lines += log_tail_lines(cluster.core, pod, parameters["log_lines"], even_if_ready=True)
    return "\n".join(lines)


def note_of(cluster: Any, resource: dict[str, Any], judged: Verdict, old: bool) -> str:
    """What is waited for, in one line: what the operator says, and the first pod that is not ready."""
    said = f"said before this run: {judged.detail}" if judged.state == FAILED and old else judged.detail
    pods = cluster.pods(cluster.namespace, f"strimzi.io/cluster={cluster.name}") if cluster.kind == "Kafka" else []
    waiting = [pod for pod in pods if not is_ready(pod)]
    if not waiting:
        return f"{title_of(resource)}: {said}"
    why = next(container_lines(waiting[0]), "is not ready yet")
    ready = f"{len(pods) - len(waiting)} of {len(pods)} pods ready"
    return f"{title_of(resource)}: {said}; {ready}, {waiting[0].metadata.name}: {why}"


class Outcome(NamedTuple):
    """How a wait ended: what was seen last (None: no resource), how it was judged, after how many seconds, and why."""

    resource: dict[str, Any] | None
    verdict: Verdict
    seconds: float
    note: str = ""


def wait(cluster: Any, timeout: float, failures: StandingFailure, now: Callable[[], float] = time.monotonic) -> Outcome:
    """Look at every change of the resource until it is ready, has failed, or `timeout` seconds are over."""
    started = now()
    while True:
        resource = cluster.resource()
        waited = now() - started
        if resource is None:
            return Outcome(None, Verdict(FAILED, "it does not exist"), waited)
        judged = verdict(resource, cluster.pools())
        old = failures.is_old(resource)
        if judged.state == FAILED and (not old or waited >= failures.grace):
            note = f"failed before, and still does after {waited:.0f} s" if old else ""
            return Outcome(resource, judged, waited, note)
        if judged.state in {READY, PAUSED, UNMANAGED}:
            return Outcome(resource, judged, waited)
        if waited >= timeout:
            earlier = " (said before this wait, and nothing since)" if judged.state == FAILED else ""
            return Outcome(resource, judged, waited, f"is not ready after {waited:.0f} s{earlier}")
        leave(note_of(cluster, resource, judged, old))
        cluster.next_change(min(POLL_SECONDS, timeout - waited))


def run(module: AnsibleModule) -> None:
    parameters = module.params
    cluster = Cluster(parameters)
    failures = StandingFailure(parameters["failure_grace"], parameters["changed"])
    resource, judged, seconds, note = wait(cluster, parameters["timeout"], failures)
    if resource is None:
        module.fail_json(msg=f"{cluster.kind} {cluster.namespace}/{cluster.name} does not exist.")
    if judged.state == READY:
        module.exit_json(changed=False, status=resource["status"], seconds=round(seconds, 2))
    ending = note or ("failed" if judged.state == FAILED else "will not become ready")
    message = f"{title_of(resource)} {ending}: {judged.detail}"
    module.fail_json(msg=f"{message}.\n{diagnosis(cluster, resource, parameters)}".strip())


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "kind": {"type": "str", "required": True, "choices": ["Kafka", "KafkaTopic", "KafkaUser"]},
            "name": {"type": "str", "required": True},
            "namespace": {"type": "str", "required": True},
            "api_version": {"type": "str", "default": "kafka.strimzi.io/v1"},
            "changed": {"type": "bool", "default": False},
            "failure_grace": {"type": "int", "default": 150},
            "operator_namespace": {"type": "str", "default": ""},
            "operator_deployment": {"type": "str", "default": ""},
            "timeout": {"type": "int", "default": 300},
            "log_lines": {"type": "int", "default": 15},
        },
        supports_check_mode=True,
    )
    if module.check_mode:  # what a dry run did not make never becomes ready
        module.exit_json(changed=False, status={}, seconds=0.0)
    run_with_cluster(module, run)


if __name__ == "__main__":
    main()
