"""Kubeconfigs that the lab writes: one cluster, one user with a token, a file that only its owner can read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import yaml
from ansible.module_utils.basic import AnsibleModule


def kubeconfig(cluster: Mapping[str, str], user: str, token: str, context: str, namespace: str = "") -> str:
    """A kubeconfig, as YAML. `cluster`: its server and authority, in the kubeconfig's own terms."""
    place = {"cluster": "lab", "user": user} | ({"namespace": namespace} if namespace else {})
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": context,
        "clusters": [{"name": "lab", "cluster": dict(cluster)}],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [{"name": context, "context": place}],
    }
    return yaml.safe_dump(content, sort_keys=False)


def write(module: AnsibleModule, path: Path, text: str) -> bool:
    """Put text into a file that only its owner can read, whole or not at all; returns whether that changed anything.

    Who owns the file that was there before owns the new one.
    """
    if path.is_file() and path.read_text() == text and path.stat().st_mode & 0o777 == 0o600:
        return False
    if not module.check_mode:
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # with permissions 0600
        try:
            with os.fdopen(handle, "w") as file:
                file.write(text)
            if path.exists():
                with suppress(PermissionError):  # only root gives files away
                    os.chown(partial, path.stat().st_uid, path.stat().st_gid)
            Path(partial).replace(path)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
    return True
