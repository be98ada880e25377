#!/usr/bin/python
"""Wait until Kubernetes objects are gone; name what holds them if they are not."""

from __future__ import annotations

DOCUMENTATION = r"""
module: resource_gone_wait
short_description: Wait until Kubernetes objects are gone
description:
  - Waits until no object of the kind with the name, or with the labels, is left. It deletes nothing itself, and
    takes off no finalizer but the one of C(abandoned).
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
  abandoned:
    description:
      - A finalizer, and the Deployment in the objects' namespace whose pods take it off. Where nobody else does, it is
        taken off objects that are being deleted, each one told in a warning - at once if there is no such Deployment
        or it is scaled to zero, at time-out if none of its pods is ready.
    type: dict
    suboptions:
      finalizer: {description: The finalizer., type: str, required: true}
      deployment: {description: Name of the Deployment., type: str, required: true}
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
released: {description: The warnings on finalizers taken off., type: list, elements: str, returned: success}
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import repeat
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.abandoned_finalizers import held_by, why_abandoned, without
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


def release(client: Any, api: Any, left: Sequence[dict[str, Any]], given: dict[str, Any], is_over: bool) -> list[str]:
    """Takes the abandoned finalizer off those that are left, if nobody else does; says of each what was done."""
    from kubernetes import dynamic

    finalizer, name = given["abandoned"]["finalizer"], given["abandoned"]["deployment"]
    deployments = client.resources.get(api_version="apps/v1", kind="Deployment")
    waited = given["timeout"] if is_over else None
    said = []
    for resource in held_by(left, finalizer):
        where = {key: resource["metadata"][key] for key in ("name", "namespace")}
        try:
            deployment = deployments.get(name=name, namespace=where["namespace"]).to_dict()
        except dynamic.exceptions.NotFoundError:
            deployment = None
        if not (why := why_abandoned(deployment, waited)):
            continue
        # One that is gone or has changed meanwhile is looked at again.
        with suppress(dynamic.exceptions.NotFoundError, dynamic.exceptions.UnprocessibleEntityError):
            api.patch(body=without(resource, finalizer), content_type="application/json-patch+json", **where)
            title = f"{given['kind']} {where['namespace']}/{where['name']}"
            said.append(f"{title}: finalizer {finalizer} taken off, for Deployment {name}, which does that, {why}.")
    return said


def run(module: AnsibleModule) -> None:
    from kubernetes import dynamic

    given = module.params
    client = dynamic.DynamicClient(api_client(given["kubeconfig"]))
    started = time.monotonic()
    released: list[str] = []
    try:
        api = client.resources.get(api_version=given["api_version"], kind=given["kind"])
    except dynamic.exceptions.ResourceNotFoundError:
        module.exit_json(changed=False, seconds=0.0, released=[])  # without its kind there is no object of it
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
            module.exit_json(changed=bool(released), seconds=round(elapsed, 2), released=released)
        is_over = elapsed >= given["timeout"]
        if given["abandoned"] and (said := release(client, api, left, given, is_over)):
            for line in said:
                module.warn(line)
            released += said
            continue
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
            "abandoned": {
                "type": "dict",
                "options": {
                    "finalizer": {"type": "str", "required": True},
                    "deployment": {"type": "str", "required": True},
                },
            },
        },
        supports_check_mode=True,
    )
    if module.check_mode:  # what a dry run did not delete does not go
        module.exit_json(changed=False, seconds=0.0, released=[])
    run_with_cluster(module, run)


if __name__ == "__main__":
    main()
