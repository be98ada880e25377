"""What the status of all kinds has in common: conditions as Strimzi writes them, pauses, and how it is written."""

import datetime
from typing import Any

from .errors import OperatorError
from .kubernetes.api import KubernetesApi

PAUSE = "strimzi.io/pause-reconciliation"

Condition = dict[str, str]
Status = dict[str, Any]


def now() -> str:
    """The time as conditions have it."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def condition(kind: str, status: str = "True", reason: str = "", message: str = "") -> Condition:
    """One condition; reason and message only where there is one."""
    entry = {"type": kind, "status": status, "lastTransitionTime": now()}
    return {**entry, **({"reason": reason} if reason else {}), **({"message": message} if message else {})}


def keep_times(conditions: list[Condition], old: list[Condition]) -> list[Condition]:
    """Conditions with the time at which each last changed."""
    kept = []
    for entry in conditions:
        same = (o for o in old if all(o.get(k) == entry.get(k) for k in ("type", "status", "reason", "message")))
        before = next(same, None)
        kept.append({**entry, "lastTransitionTime": before["lastTransitionTime"]} if before else entry)
    return kept


def ready(error: OperatorError | None = None) -> Condition:
    """The condition of a KafkaTopic: Ready, or why not."""
    return condition("Ready", "False", error.reason, str(error)) if error else condition("Ready")


def new_status(resource: dict[str, Any], only: Condition, **fields: Any) -> Status:
    """Status of a resource in its present form, of one condition and these fields; others stay as they were."""
    return {"conditions": [only], "observedGeneration": resource["metadata"]["generation"], **fields}


def is_paused(resource: dict[str, Any]) -> bool:
    """Whether a resource asks to be left alone."""
    return resource["metadata"].get("annotations", {}).get(PAUSE) == "true"


def paused(resource: dict[str, Any]) -> Status:
    """Status of a paused resource; what was observed stays observed."""
    observed = resource.get("status", {}).get("observedGeneration", 0)
    return {"conditions": [condition("ReconciliationPaused")], "observedGeneration": observed}


def status_patch(new: Status, old: Status) -> Status | None:
    """What has to be merged into the old status, None where nothing changes."""
    conditions = keep_times(new["conditions"], old.get("conditions", []))
    changed = {key: value for key, value in {**new, "conditions": conditions}.items() if old.get(key) != value}
    return changed or None


async def write_status(api: KubernetesApi, kind: str, resource: dict[str, Any], new: Status) -> None:
    """Merge a new status into a resource as it was read; writes nothing where nothing changes."""
    if changed := status_patch(new, resource.get("status", {})):
        metadata = resource["metadata"]
        await api.merge(kind, metadata["namespace"], metadata["name"], {"status": changed}, "status")
