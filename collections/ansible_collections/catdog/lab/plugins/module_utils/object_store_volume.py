"""How full the volume of the class's object store is, and whose buckets fill it: a row of the table of states."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.object_store import ROOM, ObjectStoreError, told
from ansible_collections.catdog.lab.plugins.module_utils.object_store_pod import CONTAINER, find_pod
from ansible_collections.catdog.lab.plugins.module_utils.pod_command import run_in_pod

ALMOST = 0.8  # of what it may hold
NAMED = 3  # buckets, the largest
GIB, MIB = 1024**3, 1024**2


def look_into(kubeconfig: str, core: Any, namespace: str, name: str, timeout: float) -> tuple[str, str]:
    """State and detail of the volume of the gateway `name`; `core`: a CoreV1Api; `timeout`: seconds for each question.

    Raises what run_in_pod does.
    """
    try:
        pod = find_pod(core, namespace, name, timeout)
    except ObjectStoreError as error:
        return "Unknown", str(error)
    printed, complained, code = run_in_pod(kubeconfig, namespace, pod, CONTAINER, [ROOM, "show"], timeout)
    if code != 0:
        return "Unknown", f"it cannot be asked ({told(complained)}): run playbooks/site.yml with the tag object_store."
    return judged(json.loads(printed))


def judged(found: dict[str, Any]) -> tuple[str, str]:
    """State and detail of what the gateway's object_store_room.py shows."""
    taken, most = found["taken"], found["most"]
    full = found["refuses"]
    state = "Full" if full else "Almost full" if taken > ALMOST * most else "Ready"
    detail = f"{size(taken)} of {size(most)}"
    if state == "Ready":
        return state, detail
    largest = sorted(found["buckets"].items(), key=lambda pair: -pair[1])[:NAMED]
    named = ", ".join(f"{bucket} {size(held)}" for bucket, held in largest if held)
    refused = "; nothing larger than 1 KiB is taken" if full else ""
    return state, f"{detail}, most in {named or 'no bucket'}{refused}"


def size(count: int) -> str:
    """Bytes as people read them: `12 MiB`, `2.3 GiB`."""
    return f"{count / GIB:.1f} GiB" if count >= GIB else f"{count // MIB} MiB"
