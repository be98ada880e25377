#!/usr/bin/python
"""Wait until a Deployment is rolled out; say why if it is not."""

from __future__ import annotations

import time
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import run_with_cluster
from ansible_collections.catdog.lab.plugins.module_utils.deployment_status import missing
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_diagnosis import (
    container_statuses,
    deployment_diagnosis,
    pods_of,
)
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_waiting import POLL_SECONDS, is_ready, next_change
from ansible_collections.catdog.lab.plugins.module_utils.progress_note import leave

DOCUMENTATION = r"""
module: deployment_wait
short_description: Wait until a Deployment is rolled out
description:
  - Waits until every replica of the Deployment's current generation is available and none of an earlier one is left.
  - Fails at once if it is scaled to zero, after half a minute if its pods are not admitted (a quota), its image cannot
    be had or its container crashes.
  - On failure and on time-out, prints conditions, pods, events and the last log lines.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  namespace: {description: Namespace of the Deployment., type: str, required: true}
  name: {description: Name of the Deployment., type: str, required: true}
  timeout: {description: Seconds to wait at most., type: int, default: 300}
  log_lines: {description: Last log lines to print for each container that is not ready., type: int, default: 15}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Wait for the notebook
  catdog.lab.deployment_wait:
    kubeconfig: "{{ lab_kubeconfig }}"
    namespace: rhte2019
    name: rhte-notebook
"""

RETURN = r"""
pods: {description: Names of the ready pods., type: list, elements: str, returned: success}
seconds: {description: How long it took., type: float, returned: success}
"""

# Reasons of a waiting container that waiting longer does not repair.
FATAL_REASONS = {"ErrImageNeverPull", "ImagePullBackOff", "InvalidImageName", "CrashLoopBackOff"}
# An image may have been loaded, or a dependency come up, just before: kubelet gets this many seconds to notice.
GRACE_PERIOD = 30


def fatal_reason(core: Any, deployment: Any, waited: float) -> str | None:
    """Why waiting longer than the `waited` seconds would not help; None if it may."""
    if waited < GRACE_PERIOD:
        return None
    for condition in deployment.status.conditions or []:
        if condition.type == "ReplicaFailure" and condition.status == "True":
            return f"its pods are not admitted: {condition.message}"
    for pod in pods_of(core, deployment):
        for status in container_statuses(pod):
            waiting = status.state.waiting if status.state else None
            # A container gets three starts: what it needs may come up a moment later than the container itself.
            if (
                waiting
                and waiting.reason in FATAL_REASONS
                and not (waiting.reason == "CrashLoopBackOff" and status.restart_count < 3)
            ):
                return f"container {status.name} of pod {pod.metadata.name} does not start ({waiting.reason})"
    return None


def run(module: AnsibleModule) -> None:
    from kubernetes import client

    parameters = module.params
    namespace, name = parameters["namespace"], parameters["name"]
    api = api_client(parameters["kubeconfig"])
    apps, core = client.AppsV1Api(api), client.CoreV1Api(api)
    title = f"Deployment {namespace}/{name}"
    started = time.monotonic()
    while True:
        try:
            deployment = apps.read_namespaced_deployment(name, namespace)
        except client.ApiException as error:
            if error.status != 404:
                raise
            module.fail_json(msg=f"{title} does not exist.")
        if deployment.spec.replicas == 0:
            module.fail_json(msg=f"{title} is scaled to zero, so no pod of it runs. `make lab` scales it up again.")
        lacks, elapsed = missing(deployment), time.monotonic() - started
        reason = fatal_reason(core, deployment, elapsed)
        if not lacks and not reason:
            pods = [pod for pod in pods_of(core, deployment) if is_ready(pod) and not pod.metadata.deletion_timestamp]
            names = [pod.metadata.name for pod in pods]
            module.exit_json(changed=False, pods=names, seconds=round(elapsed, 2))
        if not reason and elapsed >= parameters["timeout"]:
            reason = f"not ready after {parameters['timeout']} s, {lacks}"
        if reason:
            diagnosis = deployment_diagnosis(core, deployment, parameters["log_lines"])
            module.fail_json(msg=f"{title}: {reason}.\n{diagnosis}".strip())
        leave(f"{title}: {lacks}")
        seconds = min(POLL_SECONDS, parameters["timeout"] - elapsed)
        next_change(apps.list_namespaced_deployment, namespace, name=name, seconds=seconds)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "namespace": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "timeout": {"type": "int", "default": 300},
            "log_lines": {"type": "int", "default": 15},
        },
        supports_check_mode=True,
    )
    run_with_cluster(module, run)


if __name__ == "__main__":
    main()
