#!/usr/bin/python
"""Write a kubeconfig for a ServiceAccount from its token's Secret."""

from __future__ import annotations

import base64
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import run_with_cluster
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_waiting import next_change

DOCUMENTATION = r"""
module: service_account_kubeconfig
short_description: Write a kubeconfig for a ServiceAccount
description:
  - Waits until Kubernetes has put a token into the Secret, and writes it with the cluster's address and CA, readable by
    its owner only. The address is that of the kubeconfig by which this module reaches the cluster.
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


def kubeconfig(server: str, secret_data: dict[str, str], namespace: str, user: str) -> str:
    """A kubeconfig, as YAML, with the token and CA of a Secret's `data`."""
    token = base64.b64decode(secret_data["token"]).decode()
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": namespace,
        "clusters": [
            {"name": "lab", "cluster": {"server": server, "certificate-authority-data": secret_data["ca.crt"]}}
        ],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [{"name": namespace, "context": {"cluster": "lab", "user": user, "namespace": namespace}}],
    }
    return yaml.safe_dump(content, sort_keys=False)


def wait_for_token(core: Any, namespace: str, name: str, timeout: float) -> dict[str, str] | None:
    """The `data` of a Secret once it has a token; None if it has none after `timeout` seconds."""
    started = time.monotonic()
    while True:
        data = core.read_namespaced_secret(name, namespace).data or {}
        left = timeout - (time.monotonic() - started)
        if "token" in data and "ca.crt" in data:
            return data
        if left <= 0:
            return None
        next_change(core.list_namespaced_secret, namespace, name=name, seconds=left)


def write(module: AnsibleModule, path: Path, text: str) -> bool:
    """Put text into a file that only its owner can read; returns whether that changed anything."""
    if path.is_file() and path.read_text() == text and path.stat().st_mode & 0o777 == 0o600:
        return False
    if not module.check_mode:
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w") as file:
            file.write(text)
        module.atomic_move(partial, str(path))
        path.chmod(0o600)
    return True


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
    text = kubeconfig(api.configuration.host, data, namespace, secret.removesuffix("-token"))
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
