"""What to print when something in Kubernetes did not become ready: conditions, pods, events, last log lines.

Plain text for people. Nothing here fails: what cannot be read is left out, so that a diagnosis never hides the failure
that it explains.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any


def workload_diagnosis(core: Any, workload: Any, log_lines: int = 15) -> str:
    """Describe why the pods of `workload` (a Deployment or Job object) are not ready, or have not done their work.

    `core` is a CoreV1Api; `log_lines` is the number of last log lines printed for each container that is not ready.
    """
    namespace = workload.metadata.namespace
    lines = [*condition_lines(workload.status.conditions)]
    pods = pods_of(core, workload)
    for pod in pods:
        lines.append(f"Pod {pod.metadata.name}: {pod.status.phase}")
        lines += [f"  {line}" for line in container_lines(pod)]
    names = {workload.metadata.name, *(pod.metadata.name for pod in pods)}
    lines += event_lines(core, namespace, names)
    for pod in pods:
        lines += log_tail_lines(core, pod, log_lines)
    return "\n".join(lines)


def pods_of(core: Any, workload: Any) -> list[Any]:
    """The pods that a Deployment's or Job's selector matches, oldest first; none if the API refuses."""
    labels = workload.spec.selector.match_labels or {}
    selector = ",".join(f"{key}={value}" for key, value in labels.items())
    with suppress(Exception):
        pods = core.list_namespaced_pod(workload.metadata.namespace, label_selector=selector).items
        return sorted(pods, key=lambda pod: pod.metadata.creation_timestamp)
    return []


def condition_lines(conditions: Any) -> Iterator[str]:
    for condition in conditions or []:
        yield f"Condition {condition.type}={condition.status} ({condition.reason}): {condition.message}"


def container_statuses(pod: Any) -> list[Any]:
    return [*(pod.status.init_container_statuses or []), *(pod.status.container_statuses or [])]


def container_lines(pod: Any) -> Iterator[str]:
    """One line for each reason why a container of the pod does not run, or the pod is not scheduled."""
    for condition in pod.status.conditions or []:
        if condition.type == "PodScheduled" and condition.status != "True":
            yield f"not scheduled ({condition.reason}): {condition.message}"
    for status in container_statuses(pod):
        for name in ("waiting", "terminated"):
            for when, state in (("", status.state), (" before", status.last_state)):
                detail = getattr(state, name, None) if state else None
                if detail and not (name == "terminated" and detail.exit_code == 0):
                    code = f", exit code {detail.exit_code}" if name == "terminated" else ""
                    message = f": {detail.message}" if detail.message else ""
                    yield f"container {status.name} {name}{when} ({detail.reason}{code}){message}"


def event_lines(core: Any, namespace: str, names: set[str], limit: int = 10) -> list[str]:
    """The last `limit` events about the objects `names` and what was made for them (names that start alike)."""
    with suppress(Exception):
        events = [
            event
            for event in core.list_namespaced_event(namespace).items
            if any(event.involved_object.name.startswith(name) for name in names)
        ]
        events.sort(key=lambda event: str(event.last_timestamp or event.event_time or ""))
        return [
            f"Event {event.involved_object.kind} {event.involved_object.name}: {event.reason}: {event.message}"
            for event in events[-limit:]
        ]
    return []


def log_tail_lines(core: Any, pod: Any, count: int, even_if_ready: bool = False) -> Iterator[str]:
    """The last lines of each container that is not ready; of its run before, if this one has said nothing yet.

    `even_if_ready`: of each container, for a pod whose work, not whose health, is in question (an operator).
    """
    for status in container_statuses(pod):
        well = status.ready or (status.state and status.state.terminated and status.state.terminated.exit_code == 0)
        if well and not even_if_ready:
            continue
        for previous in (False, True):
            log = ""
            with suppress(Exception):
                log = core.read_namespaced_pod_log(
                    pod.metadata.name,
                    pod.metadata.namespace,
                    container=status.name,
                    tail_lines=count,
                    previous=previous,
                )
            if log.strip():
                yield f"Log of {pod.metadata.name}/{status.name}{' (its run before)' if previous else ''}, last lines:"
                yield from (f"  {line}" for line in log.strip().splitlines())
                break
