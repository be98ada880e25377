"""What modules that wait for Kubernetes ask: whether something is Ready, when it changes, whether to wait on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_diagnosis import container_statuses, pods_of

# Seconds after which a module looks anew, should the news of a change be missed.
POLL_SECONDS = 5
# Reasons of a waiting container that waiting longer does not repair.
FATAL_REASONS = {"ErrImageNeverPull", "ImagePullBackOff", "InvalidImageName", "CrashLoopBackOff"}
# An image may have been loaded, or a dependency come up, just before: kubelet gets this many seconds to notice.
GRACE_PERIOD = 30
TEMPLATE = "pod-template-hash"  # label that tells the pods of a Deployment's versions apart


def existing(module: Any, title: str, read: Callable[[], Any]) -> Any:
    """What `read` gives; the module fails where Kubernetes knows no such object."""
    from kubernetes import client

    try:
        return read()
    except client.ApiException as error:
        if error.status != 404:
            raise
        module.fail_json(msg=f"{title} does not exist.")


def is_ready(item: Any) -> bool:
    """Whether a pod or node has the condition Ready."""
    return any(condition.type == "Ready" and condition.status == "True" for condition in item.status.conditions or [])


def fatal_reason(core: Any, workload: Any, waited: float) -> str | None:
    """Why waiting longer than the `waited` seconds for a Deployment or Job would not help; None if it may."""
    if waited < GRACE_PERIOD:
        return None
    for condition in workload.status.conditions or []:
        if condition.type == "ReplicaFailure" and condition.status == "True":
            return f"its pods are not admitted: {condition.message}"
    for pod in current(pods_of(core, workload)):
        for status in container_statuses(pod):
            waiting = status.state.waiting if status.state else None
            # A container gets three starts: what it needs may come up a moment later than the container itself.
            if (
                waiting
                and waiting.reason in FATAL_REASONS
                and not (waiting.reason == "CrashLoopBackOff" and status.restart_count < 3)
            ):
                return f"container {status.name} of pod {pod.metadata.name} does not start ({waiting.reason})"
    return None


def current(pods: list[Any]) -> list[Any]:
    """Of a Deployment's pods, oldest first, those of its newest version that are to stay; of a Job's, all."""
    templates = [(pod.metadata.labels or {}).get(TEMPLATE) for pod in pods]
    if not any(templates):
        return pods
    staying = [(it, pod) for it, pod in zip(templates, pods, strict=True) if it and not pod.metadata.deletion_timestamp]
    return [pod for template, pod in staying if template == staying[-1][0]]


def next_change(list_objects: Callable[..., Any], *where: str, name: str, seconds: float) -> None:
    """Return when the object of this name that `list_objects(*where)` lists changes, after `seconds` at the latest."""
    from kubernetes import watch

    watcher = watch.Watch()
    selector, timeout = f"metadata.name={name}", max(1, round(seconds))
    for seen, _ in enumerate(watcher.stream(list_objects, *where, field_selector=selector, timeout_seconds=timeout)):
        if seen:  # the first one is the present state
            watcher.stop()
