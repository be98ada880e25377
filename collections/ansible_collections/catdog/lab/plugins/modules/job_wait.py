#!/usr/bin/python
"""Wait until a Job has ended; say in its pod's own words why it failed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import run_with_cluster
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_diagnosis import (
    container_lines,
    pods_of,
    workload_diagnosis,
)
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_waiting import (
    GRACE_PERIOD,
    POLL_SECONDS,
    existing,
    fatal_reason,
    next_change,
)
from ansible_collections.catdog.lab.plugins.module_utils.progress_note import leave

DOCUMENTATION = r"""
module: job_wait
short_description: Wait until a Job has ended
description:
  - Waits until the Job of one pod is complete, and returns what the pod has said.
  - Fails if the Job does, in the pod's own words, without its lines of JSON, which are data and not for people.
  - Fails after half a minute if no pod is admitted (a quota) or its image cannot be had.
  - On time-out, and of a pod that said nothing, prints conditions, pods, events and the last log lines.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  namespace: {description: Namespace of the Job., type: str, required: true}
  name: {description: Name of the Job., type: str, required: true}
  timeout: {description: Seconds to wait at most., type: int, default: 300}
  log_lines: {description: Last lines of the pod's words that a failure prints., type: int, default: 15}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Wait until the pictures are sent
  catdog.lab.job_wait:
    kubeconfig: "{{ lab_kubeconfig }}"
    namespace: rhte2019
    name: kafka-client
"""

RETURN = r"""
lines: {description: What the pod said for people, line by line., type: list, elements: str, returned: success}
records: {description: Its lines of JSON., type: list, elements: str, returned: success}
seconds: {description: How long it took., type: float, returned: success}
"""


def condition(job: Any, kind: str) -> Any:
    """The Job's condition of this type, if it holds."""
    return next((it for it in job.status.conditions or [] if it.type == kind and it.status == "True"), None)


def log_lines(core: Any, job: Any) -> Iterator[str]:
    """All that the Job's pods have said; nothing of those whose log cannot be read."""
    for pod in pods_of(core, job):
        with suppress(Exception):
            yield from core.read_namespaced_pod_log(pod.metadata.name, pod.metadata.namespace).splitlines()


def is_data(line: str) -> bool:
    return line.startswith("{")


def failure(core: Any, job: Any, count: int) -> str:
    """Why a Job failed: how its container ended and the last `count` lines that it said, as one; else a diagnosis."""
    if said := [line for line in log_lines(core, job) if not is_data(line)][-count:]:
        ended = [line for pod in pods_of(core, job) for line in container_lines(pod)]
        return f"{'; '.join(ended)}. It said: {' / '.join(said)}"
    return f"{condition(job, 'Failed').message}\n{workload_diagnosis(core, job, count)}"


def hindrance(core: Any, job: Any, waited: float) -> str | None:
    """Why more than the `waited` seconds would not help; None if they may."""
    if waited >= GRACE_PERIOD and not job.status.active and not pods_of(core, job):
        return "its pod is not admitted"
    return fatal_reason(core, job, waited)


def run(module: AnsibleModule) -> None:
    from kubernetes import client

    given = module.params
    namespace, name = given["namespace"], given["name"]
    api = api_client(given["kubeconfig"])
    batch, core = client.BatchV1Api(api), client.CoreV1Api(api)
    title = f"Job {namespace}/{name}"
    started = time.monotonic()
    while True:
        job = existing(module, title, lambda: batch.read_namespaced_job(name, namespace))
        elapsed = time.monotonic() - started
        if condition(job, "Complete"):
            lines = list(log_lines(core, job))
            module.exit_json(
                changed=False,
                lines=[line for line in lines if not is_data(line)],
                records=[line for line in lines if is_data(line)],
                seconds=round(elapsed, 2),
            )
        if condition(job, "Failed"):
            module.fail_json(msg=f"{title} failed: {failure(core, job, given['log_lines'])}".strip())
        reason = hindrance(core, job, elapsed)
        if not reason and elapsed >= given["timeout"]:
            reason = f"not ended after {given['timeout']} s"
        if reason:
            module.fail_json(msg=f"{title}: {reason}.\n{workload_diagnosis(core, job, given['log_lines'])}".strip())
        leave(f"{title}: not ended yet")
        seconds = min(POLL_SECONDS, given["timeout"] - elapsed)
        next_change(batch.list_namespaced_job, namespace, name=name, seconds=seconds)


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
