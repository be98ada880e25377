#!/usr/bin/python
"""Wait until OLM has installed the operator of a Subscription; approve its own InstallPlan, and say why it is not."""

from __future__ import annotations

DOCUMENTATION = r"""
module: olm_operator_wait
short_description: Wait until OLM has installed an operator
description:
  - Waits until the ClusterServiceVersion that a Subscription is pinned to is in phase C(Succeeded).
  - Approves the InstallPlan of that version, once, if it installs nothing else. Any other plan is left alone and ends
    the wait with its name and the command that approves it.
  - Fails with OLM's own reason and message when the Subscription cannot be resolved, or plan or version failed, and has
    stood so for half a minute, since OLM tries some of it again.
  - On failure and on time-out prints conditions, plans and events.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  namespace: {description: Namespace of the Subscription., type: str, required: true}
  name: {description: Name of the Subscription., type: str, required: true}
  csv: {description: Name of the ClusterServiceVersion., type: str, required: true}
  timeout: {description: Seconds to wait at most., type: int, default: 300}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Wait for the operator's version
  catdog.lab.olm_operator_wait:
    kubeconfig: "{{ lab_kubeconfig }}"
    namespace: amq-streams
    name: strimzi-kafka-operator
    csv: "{{ lab_operator_csv }}"
"""

RETURN = r"""
crds: {description: Names of the CRDs that the version brings., type: list, elements: str, returned: always}
deployments: {description: Names of its Deployments., type: list, elements: str, returned: success}
seconds: {description: How long it took., type: float, returned: success}
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import run_with_cluster
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_diagnosis import event_lines
from ansible_collections.catdog.lab.plugins.module_utils.olm_status import (
    APPROVE,
    BLOCKED,
    FAILED,
    SUCCEEDED,
    Look,
    Verdict,
    approval_text,
    condition_lines,
    deployments,
    owned_crds,
    verdict,
)
from ansible_collections.catdog.lab.plugins.module_utils.progress_note import leave

# OLM resolves and installs again by itself: a failure has to stand this many seconds.
GRACE_PERIOD = 30
POLL_SECONDS = 2
GROUP, VERSION = "operators.coreos.com", "v1alpha1"


class Cluster:
    """The few questions that this module asks the API server, and the one change."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        from kubernetes import client

        api = api_client(parameters["kubeconfig"])
        self.custom, self.core = client.CustomObjectsApi(api), client.CoreV1Api(api)
        self.error = client.ApiException
        self.namespace, self.name, self.csv = (parameters[key] for key in ("namespace", "name", "csv"))

    def look(self) -> Look:
        """Subscription, plans and version as they are now."""
        plans = self.custom.list_namespaced_custom_object(GROUP, VERSION, self.namespace, "installplans")["items"]
        return Look(self._get("subscriptions", self.name), plans, self._get("clusterserviceversions", self.csv))

    def approve(self, plan: Mapping[str, Any]) -> bool:
        """Approve the plan as it was seen; False if it is another by now. Raises PermissionError if we may not."""
        metadata = plan["metadata"]
        seen = {"metadata": {"resourceVersion": metadata["resourceVersion"]}, "spec": {"approved": True}}
        try:
            self.custom.patch_namespaced_custom_object(
                GROUP, VERSION, self.namespace, "installplans", metadata["name"], seen
            )
        except self.error as error:
            if error.status == 403:
                raise PermissionError(metadata["name"]) from error
            if error.status == 409:
                return False
            raise
        return True

    def pause(self, seconds: float) -> None:
        """Let OLM work."""
        time.sleep(seconds)

    def _get(self, plural: str, name: str) -> dict[str, Any] | None:
        try:
            return self.custom.get_namespaced_custom_object(GROUP, VERSION, self.namespace, plural, name)
        except self.error as error:
            if error.status == 404:
                return None
            raise


class Outcome(NamedTuple):
    """How a wait ended: what was seen last, how it was judged, after how many seconds, what was approved, and why."""

    look: Look
    verdict: Verdict
    seconds: float
    approved: bool = False
    note: str = ""


def wait(cluster: Any, timeout: float, now: Callable[[], float] = time.monotonic) -> Outcome:
    """Look until the version has succeeded, failed for good, or `timeout` seconds are over."""
    started, approved = now(), False
    failed_since: float | None = None
    while True:
        look = cluster.look()
        judged, waited = verdict(look, cluster.csv), now() - started
        failed_since = None if judged.state != FAILED else waited if failed_since is None else failed_since
        if judged.state == APPROVE:
            plan = next(entry for entry in look.plans if entry["metadata"]["name"] == judged.plan)
            try:
                approved |= cluster.approve(plan)
            except PermissionError:
                return Outcome(look, Verdict(BLOCKED, approval_text(plan)), waited, note="has to be approved")
        elif judged.state == SUCCEEDED:
            return Outcome(look, judged, waited, approved)
        elif judged.state == BLOCKED or (failed_since is not None and waited - failed_since >= GRACE_PERIOD):
            return Outcome(look, judged, waited, approved, "is not installed")
        if waited >= timeout:
            return Outcome(look, judged, waited, approved, f"is not installed after {waited:.0f} s")
        leave(f"ClusterServiceVersion {cluster.namespace}/{cluster.csv}: {judged.detail}")
        cluster.pause(min(POLL_SECONDS, max(timeout - waited, 0.1)))


def run(module: AnsibleModule) -> None:
    cluster = Cluster(module.params)
    look, judged, seconds, approved, note = wait(cluster, module.params["timeout"])
    crds = owned_crds(look.csv)
    if judged.state == SUCCEEDED and look.csv is not None:
        names = deployments(look.csv)
        module.exit_json(changed=approved, crds=crds, deployments=names, seconds=round(seconds, 2))
    told = [*condition_lines(look), *event_lines(cluster.core, cluster.namespace, {cluster.name, cluster.csv})]
    message = f"ClusterServiceVersion {cluster.namespace}/{cluster.csv} {note}: {judged.detail}."
    module.fail_json(msg="\n".join([message, *told]), changed=approved, crds=crds)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "namespace": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "csv": {"type": "str", "required": True},
            "timeout": {"type": "int", "default": 300},
        },
        supports_check_mode=True,
    )
    if module.check_mode:  # what a dry run did not subscribe to is never installed
        module.exit_json(changed=False, crds=[], deployments=[], seconds=0.0)
    run_with_cluster(module, run)


if __name__ == "__main__":
    main()
