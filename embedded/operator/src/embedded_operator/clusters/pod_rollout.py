"""What to do about the pods of a cluster: create, replace one at a time, or wait; decided from what is there."""

from dataclasses import dataclass
from typing import Any

from ..objects.metadata import REVISION

MANUAL_ROLLING_UPDATE = "strimzi.io/manual-rolling-update"

Object = dict[str, Any]

# Reasons of a waiting container that Kubernetes gives when its attempts to start it have failed and back off.
FATAL_REASONS = ("ImagePullBackOff", "InvalidImageName", "CrashLoopBackOff")
FATAL_RESTARTS = 2  # a first one may pass, such as that of a node that cannot find the others yet


@dataclass(frozen=True)
class Rollout:
    """Pods to create and to delete now, and why the cluster is not ready yet (empty when it is).

    `restart`: a pod that is Ready and to be replaced as soon as it can be spared. `stuck`: those reasons that no
    waiting will repair.
    """

    create: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    waiting_for: tuple[str, ...] = ()
    restart: str | None = None
    stuck: tuple[str, ...] = ()


def is_ready(pod: Object) -> bool:
    """Whether a pod is Ready and not on its way out."""
    conditions = pod.get("status", {}).get("conditions", [])
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
    return ready and "deletionTimestamp" not in pod["metadata"]


def is_outdated(pod: Object, desired: Object) -> bool:
    """Whether a pod was made from other settings, or somebody asks for a new one."""
    annotations, wanted = pod["metadata"].get("annotations", {}), desired["metadata"]["annotations"]
    return annotations.get(REVISION) != wanted[REVISION] or annotations.get(MANUAL_ROLLING_UPDATE) == "true"


def is_stuck(pod: Object) -> bool:
    """Whether a pod's container cannot start, so that Kubernetes lets ever more time pass between its attempts."""
    for container in pod.get("status", {}).get("containerStatuses", []):
        reason = container.get("state", {}).get("waiting", {}).get("reason")
        if reason in FATAL_REASONS and (
            reason != "CrashLoopBackOff" or container.get("restartCount", 0) >= FATAL_RESTARTS
        ):
            return "deletionTimestamp" not in pod["metadata"]
    return False


def not_ready_reason(name: str, pod: Object | None) -> str:
    """Why a pod is not ready, in the words of Kubernetes."""
    if pod is None:
        return f"{name}: not created"
    if "deletionTimestamp" in pod["metadata"]:
        return f"{name}: terminating"
    status = pod.get("status", {})
    for container in status.get("containerStatuses", []):
        if waiting := container.get("state", {}).get("waiting"):
            return f"{name}: {waiting.get('reason')} {waiting.get('message', '')}".strip()
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return f"{name}: {condition.get('reason')} {condition.get('message', '')}".strip()
    return f"{name}: {status.get('phase', 'Pending')}, not ready"


def decide(desired: dict[str, Object], actual: dict[str, Object]) -> Rollout:
    """What to do now.

    `desired` in the order in which pods are replaced (controllers first), both by pod name. Missing pods are created
    at once, all together. A pod that is outdated and not ready is replaced first, since it may be what has to be
    repaired; one that is ready only when all pods are, so that never more than one is away.
    """
    surplus = tuple(sorted(name for name in actual if name not in desired))
    create = tuple(name for name in desired if name not in actual)
    ended = tuple(
        name
        for name in desired
        if name in actual
        and actual[name].get("status", {}).get("phase") in ("Failed", "Succeeded")
        and "deletionTimestamp" not in actual[name]["metadata"]
    )
    outdated = [
        name
        for name in desired
        if name in actual
        and is_outdated(actual[name], desired[name])
        and "deletionTimestamp" not in actual[name]["metadata"]
    ]
    unready = [name for name in desired if name not in actual or not is_ready(actual[name])]
    reasons = tuple(not_ready_reason(name, actual.get(name)) for name in unready)
    broken = [name for name in outdated if name in unready]
    if broken:
        return Rollout(create, (*surplus, *ended, broken[0]), reasons)
    if outdated and not unready:
        why = f"{outdated[0]}: restarting with changed settings, or as asked for"
        return Rollout(create, surplus, (why,), outdated[0])
    stuck = tuple(not_ready_reason(name, actual[name]) for name in unready if name in actual and is_stuck(actual[name]))
    return Rollout(create, (*surplus, *ended), reasons, stuck=stuck)
