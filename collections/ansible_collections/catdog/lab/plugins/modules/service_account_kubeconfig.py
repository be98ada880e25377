#!/usr/bin/python
"""Write a kubeconfig for a ServiceAccount from its token's Secret."""

from __future__ import annotations

import base64
import time
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import run_with_cluster
from ansible_collections.catdog.lab.plugins.module_utils.kubeconfig_file import kubeconfig, write
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_waiting import next_change

DOCUMENTATION = r"""
module: service_account_kubeconfig
short_description: Write a kubeconfig for a ServiceAccount
description:
  - Waits until Kubernetes has put a token into the Secret, and writes it with the cluster's address and authority,
    readable by its owner only. Both are those of the kubeconfig by which this module reaches the cluster; the Secret
    has the authority of the address inside it.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  namespace:
    description: Namespace of the Secret, and the one that the new kubeconfig begins in.
    type: str
    required: true
  secret: {description: Name of a Secret of type kubernetes.io/service-account-token., type: str, required: true}
  dest: {description: File to write; its folder is made if it is missing., type: path, required: true}
  timeout: {description: Seconds to wait at most for the token., type: int, default: 30}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Write the attendee's kubeconfig
  catdog.lab.service_account_kubeconfig:
    kubeconfig: "{{ lab_kubeconfig }}"
    namespace: rhte2019
    secret: attendee-token
    dest: reports/attendee1/kubeconfig
"""

RETURN = r"""
dest: {description: The file., type: str, returned: success}
"""


def wait_for_token(core: Any, namespace: str, name: str, timeout: float) -> dict[str, str] | None:
    """The `data` of a Secret once it has a token; None if it has none after `timeout` seconds."""
    started = time.monotonic()
    while True:
        data = core.read_namespaced_secret(name, namespace).data or {}
        left = timeout - (time.monotonic() - started)
        if "token" in data:
            return data
        if left <= 0:
            return None
        next_change(core.list_namespaced_secret, namespace, name=name, seconds=left)


def trust(settings: Any) -> dict[str, Any]:
    """Whom a kubeconfig trusts, in its own terms. `settings`: the kubernetes Configuration that another one gave."""
    if not settings.verify_ssl:
        return {"insecure-skip-tls-verify": True}
    if not settings.ssl_ca_cert:
        return {}  # whom the machine trusts
    return {"certificate-authority-data": base64.b64encode(Path(settings.ssl_ca_cert).read_bytes()).decode()}


def run(module: AnsibleModule) -> None:
    from kubernetes import client

    namespace, secret = module.params["namespace"], module.params["secret"]
    dest = Path(module.params["dest"])
    api = api_client(module.params["kubeconfig"])
    try:
        data = wait_for_token(client.CoreV1Api(api), namespace, secret, module.params["timeout"])
    except client.ApiException as error:
        if error.status != 404:
            raise
        if module.check_mode:  # nothing has made it yet
            module.exit_json(changed=True, dest=str(dest))
        module.fail_json(msg=f"Secret {namespace}/{secret} does not exist.")
    if data is None:
        module.fail_json(
            msg=f"Secret {namespace}/{secret} has no token after {module.params['timeout']} s: is its ServiceAccount"
            " there, and does the cluster make tokens for Secrets (kube-controller-manager)?"
        )
    try:
        if not module.check_mode:
            dest.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        module.fail_json(msg=f"{error.filename} is no folder: {dest.name} cannot be written.")
    cluster = {"server": api.configuration.host, **trust(api.configuration)}
    token = base64.b64decode(data["token"]).decode()
    text = kubeconfig(cluster, secret.removesuffix("-token"), token, namespace, namespace)
    module.exit_json(changed=write(module, dest, text), dest=str(dest))


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "namespace": {"type": "str", "required": True},
            "secret": {"type": "str", "required": True, "no_log": False},
            "dest": {"type": "path", "required": True},
            "timeout": {"type": "int", "default": 30},
        },
        supports_check_mode=True,
    )
    run_with_cluster(module, run)


if __name__ == "__main__":
    main()
