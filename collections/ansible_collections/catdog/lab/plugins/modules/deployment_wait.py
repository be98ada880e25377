#!/usr/bin/python
"""Wait until a Deployment is rolled out; say why if it is not."""

from __future__ import annotations

import time

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import run_with_cluster
from ansible_collections.catdog.lab.plugins.module_utils.deployment_status import missing
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_diagnosis import pods_of, workload_diagnosis
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_waiting import (
    POLL_SECONDS,
    existing,
    fatal_reason,
    is_ready,
    next_change,
)
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


def run(module: AnsibleModule) -> None:
    from kubernetes import client

    parameters = module.params
    namespace, name = parameters["namespace"], parameters["name"]
    api = api_client(parameters["kubeconfig"])
    apps, core = client.AppsV1Api(api), client.CoreV1Api(api)
    title = f"Deployment {namespace}/{name}"
    started = time.monotonic()
    while True:
        deployment = existing(module, title, lambda: apps.read_namespaced_deployment(name, namespace))
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
            diagnosis = workload_diagnosis(core, deployment, parameters["log_lines"])
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
