"""What waiting does not repair ends the wait for a Deployment: pods refused, no image, a container that crashes."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

QUOTA = 'pods "notebook-1" is forbidden: exceeded quota: catdog-lab, requested: pods=1, used: pods=0, limited: pods=0'


@pytest.fixture
def module(load_plugin: Callable[[str], ModuleType]) -> ModuleType:
    return load_plugin("modules/deployment_wait")


def deployment(**condition: Any) -> SimpleNamespace:
    """A Deployment without pods, with one condition."""
    return SimpleNamespace(
        metadata=SimpleNamespace(name="notebook", namespace="lab"),
        spec=SimpleNamespace(selector=SimpleNamespace(match_labels={"app": "notebook"})),
        status=SimpleNamespace(conditions=[SimpleNamespace(**condition)]),
    )


def pods(waiting: str, restarts: int) -> SimpleNamespace:
    """An API that lists one pod, whose container waits."""
    state = SimpleNamespace(waiting=SimpleNamespace(reason=waiting))
    container = SimpleNamespace(name="notebook", state=state, restart_count=restarts)
    pod = SimpleNamespace(
        metadata=SimpleNamespace(name="notebook-1", creation_timestamp=0),
        status=SimpleNamespace(init_container_statuses=None, container_statuses=[container]),
    )
    return SimpleNamespace(list_namespaced_pod=lambda *_, **__: SimpleNamespace(items=[pod]))


@pytest.mark.parametrize(
    ("kind", "status", "waited", "expected"),
    [
        ("ReplicaFailure", "True", 31, f"its pods are not admitted: {QUOTA}"),
        ("ReplicaFailure", "True", 29, None),
        ("ReplicaFailure", "False", 31, None),
        ("Progressing", "True", 31, None),
    ],
)
def test_pods_that_are_not_admitted(module, kind, status, waited, expected):
    api = SimpleNamespace(list_namespaced_pod=lambda *_, **__: SimpleNamespace(items=[]))
    assert module.fatal_reason(api, deployment(type=kind, status=status, message=QUOTA), waited) == expected


@pytest.mark.parametrize(
    ("waiting", "restarts", "waited", "ends"),
    [
        ("ImagePullBackOff", 0, 31, True),
        ("ImagePullBackOff", 0, 29, False),
        ("CrashLoopBackOff", 3, 31, True),
        ("CrashLoopBackOff", 2, 31, False),
        ("ContainerCreating", 0, 31, False),
    ],
)
def test_containers_that_do_not_start(module, waiting, restarts, waited, ends):
    fine = deployment(type="Progressing", status="True", message="")
    said = f"container notebook of pod notebook-1 does not start ({waiting})" if ends else None
    assert module.fatal_reason(pods(waiting, restarts), fine, waited) == said
