"""The SecurityContextConstraints restricted-v2: what it gives a project's pods, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from projects import GROUPS, LEVEL, UIDS

Object = dict[str, Any]


def admit(pod: Object, annotations: dict[str, str]) -> tuple[list[Object], list[str]]:
    """The changes to a pod as a JSON patch (RFC 6902), and why it is refused. `annotations`: its namespace's."""
    uids, groups = _range(annotations[UIDS]), _range(annotations[GROUPS])
    refused = [*_host(pod["spec"]), *_pod(pod["spec"].get("securityContext") or {}, uids, groups)]
    own = pod["spec"].get("securityContext") or {}
    given = {"fsGroup": groups.start, "seLinuxOptions": {"level": annotations[LEVEL]}}
    seccomp = {"seccompProfile": {"type": "RuntimeDefault"}}
    patch = [{"op": "add", "path": "/spec/securityContext", "value": given | seccomp | own}]
    for kind in ("initContainers", "containers"):
        for number, container in enumerate(pod["spec"].get(kind) or []):
            wanted = container.get("securityContext") or {}
            refused += [f"{kind}[{number}]: {why}" for why in _container(wanted, uids)]
            user = {} if own.get("runAsUser") is not None else {"runAsUser": uids.start}
            forced = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True}
            path = f"/spec/{kind}/{number}/securityContext"
            patch.append({"op": "add", "path": path, "value": forced | user | wanted})
    return patch, refused


def _range(text: str) -> range:
    start, size = map(int, text.split("/"))
    return range(start, start + size)


def _host(spec: Object) -> Iterator[str]:
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(name):
            yield f"spec.{name}: Invalid value: true: it is not allowed to be used"
    for volume in spec.get("volumes") or []:
        if "hostPath" in volume:
            yield f"spec.volumes: Invalid value: {volume['name']}: hostPath volumes are not allowed to be used"
    for container in spec.get("containers") or []:
        if any(port.get("hostPort") for port in container.get("ports") or []):
            yield f"spec.containers: Invalid value: {container['name']}: Host ports are not allowed to be used"


def _pod(context: Object, uids: range, groups: range) -> Iterator[str]:
    if context.get("runAsUser") is not None and context["runAsUser"] not in uids:
        yield _out_of("runAsUser", context["runAsUser"], uids)
    if context.get("fsGroup") is not None and context["fsGroup"] not in groups:
        yield f"fsGroup: Invalid value: {context['fsGroup']}: {context['fsGroup']} is not an allowed group"
    if (context.get("seccompProfile") or {}).get("type") == "Unconfined":
        yield "seccompProfile: Forbidden: unconfined is not an allowed profile"


def _container(context: Object, uids: range) -> Iterator[str]:
    if context.get("privileged"):
        yield "privileged: Invalid value: true: Privileged containers are not allowed"
    if context.get("allowPrivilegeEscalation"):
        yield "allowPrivilegeEscalation: Invalid value: true: Allowing privilege escalation is not allowed"
    if context.get("runAsUser") is not None and context["runAsUser"] not in uids:
        yield _out_of("runAsUser", context["runAsUser"], uids)
    for name in (context.get("capabilities") or {}).get("add") or []:
        if name != "NET_BIND_SERVICE":
            yield f"capabilities.add: Invalid value: {name}: capability may not be added"


def _out_of(name: str, value: int, uids: range) -> str:
    return f"{name}: Invalid value: {value}: must be in the ranges: [{uids.start}, {uids.stop - 1}]"
