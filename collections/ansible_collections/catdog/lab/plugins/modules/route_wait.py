#!/usr/bin/python
"""Wait until a router has admitted a Route; say what it has against it if it does not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import run_with_cluster
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_waiting import POLL_SECONDS, next_change
from ansible_collections.catdog.lab.plugins.module_utils.progress_note import leave
from ansible_collections.catdog.lab.plugins.module_utils.route_status import ADMITTED, REFUSED, Verdict, verdict

DOCUMENTATION = r"""
module: route_wait
short_description: Wait until a router has admitted a Route
description:
  - Waits for the condition Admitted of one router in the Route's C(status.ingress), and returns the host.
  - Fails after ten seconds in which every router refuses it, with reason, message and what to do; on time-out with what
    routers say.
  - In check mode a Route that is not there, or not admitted yet, is no failure. The host is empty then.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  namespace: {description: Namespace of the Route., type: str, required: true}
  name: {description: Name of the Route., type: str, required: true}
  timeout: {description: Seconds to wait at most., type: int, default: 60}
attributes:
  check_mode: {support: full}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Wait for the notebook's Route
  catdog.lab.route_wait:
    kubeconfig: "{{ lab_kubeconfig }}"
    namespace: rhte2019
    name: rhte-notebook
"""

RETURN = r"""
host: {description: The host by which the router serves it., type: str, returned: success}
seconds: {description: How long it took., type: float, returned: success}
"""

ADDRESS = ("route.openshift.io", "v1")
# A router may not have looked yet at what has just been mended.
GRACE_PERIOD = 10


def wait(
    look: Callable[[], dict[str, Any]],
    next_look: Callable[[float], None],
    timeout: float,
    now: Callable[[], float] = time.monotonic,
) -> tuple[Verdict, float]:
    """Look until the Route is admitted, has been refused for GRACE_PERIOD, or `timeout` seconds are over."""
    started = now()
    while True:
        judged, waited = verdict(look()), now() - started
        refused = judged.state == REFUSED and waited >= GRACE_PERIOD
        if judged.state == ADMITTED or refused or waited >= timeout:
            return judged, waited
        leave(judged.said)
        next_look(min(POLL_SECONDS, timeout - waited))


def run(module: AnsibleModule) -> None:
    from kubernetes import client

    parameters = module.params
    namespace, name = parameters["namespace"], parameters["name"]
    custom = client.CustomObjectsApi(api_client(parameters["kubeconfig"]))
    where = (*ADDRESS, namespace, "routes")

    def look() -> dict[str, Any]:
        return custom.get_namespaced_custom_object(*where, name)

    def next_look(seconds: float) -> None:
        next_change(custom.list_namespaced_custom_object, *where, name=name, seconds=seconds)

    try:
        judged, seconds = wait(look, next_look, 0 if module.check_mode else parameters["timeout"])
    except client.ApiException as error:
        if error.status != 404:
            raise
        if module.check_mode:
            module.exit_json(changed=False, host="", seconds=0.0)
        module.fail_json(msg=f"Route {namespace}/{name} does not exist.")
    if judged.state == ADMITTED or module.check_mode:
        module.exit_json(changed=False, host=judged.host, seconds=round(seconds, 2))
    module.fail_json(msg=f"Route {namespace}/{name} is not admitted after {seconds:.0f} s: {judged.said}")


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "namespace": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "timeout": {"type": "int", "default": 60},
        },
        supports_check_mode=True,
    )
    run_with_cluster(module, run)


if __name__ == "__main__":
    main()
