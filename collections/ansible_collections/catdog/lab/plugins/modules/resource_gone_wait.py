#!/usr/bin/python
"""Wait until Kubernetes objects are gone; name what holds them if they are not."""

from __future__ import annotations

DOCUMENTATION = r"""
module: resource_gone_wait
short_description: Wait until Kubernetes objects are gone
description:
  - Waits until no object of the kind with the name, or with the labels, is left. It deletes nothing itself.
  - On time-out names what holds each one, which is its finalizers and, for a Namespace, the objects that are left in
    it.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  api_version: {description: API version of the objects., type: str, required: true}
  kind: {description: Kind of the objects., type: str, required: true}
  name: {description: Name of the object. Left out for all that the labels select., type: str}
  namespace: {description: Namespace of the objects. Left out for all of them., type: str}
  label_selector: {description: Labels of the objects., type: str}
  timeout: {description: Seconds to wait at most., type: int, default: 120}
  held_after:
    description:
      - Seconds since its deletion after which a Namespace is not waited for that waits for nothing but finalizers which
        Kubernetes does not take off itself. Left out, it is waited for as anything else.
    type: int
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Wait until the namespace is gone
  catdog.lab.resource_gone_wait:
    kubeconfig: "{{ lab_kubeconfig }}"
    api_version: v1
    kind: Namespace
    name: rhte2019
"""

RETURN = r"""
seconds: {description: How long it took., type: float, returned: success}
"""

import time
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import run_with_cluster
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_waiting import POLL_SECONDS
from ansible_collections.catdog.lab.plugins.module_utils.namespace_content import Left, content, is_held, reasons
from ansible_collections.catdog.lab.plugins.module_utils.progress_note import leave


def holders(kind: str, resource: dict[str, Any], left: Sequence[Left] = ()) -> Iterator[str]:
    """Why an object is still there, one sentence a reason; `left`: what is in it, if it is a Namespace."""
    metadata = resource["metadata"]
    where = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    title = f"{kind} {where}{metadata['name']}"
    if not metadata.get("deletionTimestamp"):
        yield f"{title} is not being deleted."
    elif metadata.get("finalizers"):
        finalizers = ", ".join(metadata["finalizers"])
        yield f"{title} is held by its finalizers {finalizers}: who takes them off does not run or is not done."
    else:
        yield f"{title} is being deleted since {metadata['deletionTimestamp']}."
    if kind == "Namespace":
        yield from reasons(resource, left)


def run(module: AnsibleModule) -> None:
    from kubernetes import dynamic

    given = module.params
    client = dynamic.DynamicClient(api_client(given["kubeconfig"]))
    started = time.monotonic()
    try:
        api = client.resources.get(api_version=given["api_version"], kind=given["kind"])
    except dynamic.exceptions.ResourceNotFoundError:
        module.exit_json(changed=False, seconds=0.0)  # without its kind there is no object of it
    selection = {key: given[key] for key in ("namespace", "label_selector") if given[key]}
    if given["name"]:
        selection["field_selector"] = f"metadata.name={given['name']}"
    while True:
        try:
            left = api.get(**selection).to_dict()["items"]
        except dynamic.exceptions.NotFoundError:  # its kind is gone, whatever discovery remembers
            left = []
        elapsed = time.monotonic() - started
        if not left:
            module.exit_json(changed=False, seconds=round(elapsed, 2))
        is_over = elapsed >= given["timeout"]
        if is_over or given["held_after"] is not None:
            inner = [content(client, resource) if given["kind"] == "Namespace" else [] for resource in left]
            if is_over or any(map(is_held, left, inner, repeat(given["held_after"]))):
                lines = [line for each in zip(left, inner, strict=True) for line in holders(given["kind"], *each)]
                if is_over:
                    lines.insert(0, f"{len(left)} {given['kind']} still there after {given['timeout']} s.")
                module.fail_json(msg="\n".join(lines))
        names = ", ".join(resource["metadata"]["name"] for resource in left)
        leave(f"{len(left)} {given['kind']} to go: {names}")
        next_deletion(api, selection, min(POLL_SECONDS, given["timeout"] - elapsed))


def next_deletion(api: Any, selection: dict[str, str], seconds: float) -> None:
    """Return when one of the objects is gone, after `seconds` at the latest."""
    for event in api.watch(timeout=max(1, round(seconds)), **selection):
        if event["type"] == "DELETED":
            return


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "api_version": {"type": "str", "required": True},
            "kind": {"type": "str", "required": True},
            "name": {"type": "str"},
            "namespace": {"type": "str"},
            "label_selector": {"type": "str"},
            "timeout": {"type": "int", "default": 120},
            "held_after": {"type": "int"},
        },
        supports_check_mode=True,
    )
    if module.check_mode:  # what a dry run did not delete does not go
        module.exit_json(changed=False, seconds=0.0)
    run_with_cluster(module, run)


if __name__ == "__main__":
    main()
