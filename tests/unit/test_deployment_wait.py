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


def pod(name: str, waiting: str, restarts: int, template: str = "a", **metadata: Any) -> SimpleNamespace:
    """A pod whose container waits."""
    state = SimpleNamespace(waiting=SimpleNamespace(reason=waiting))
    container = SimpleNamespace(name="notebook", state=state, restart_count=restarts)
    known = {"creation_timestamp": 0, "deletion_timestamp": None, "labels": {"pod-template-hash": template}}
    return SimpleNamespace(
        metadata=SimpleNamespace(name=name, **(known | metadata)),
        status=SimpleNamespace(init_container_statuses=None, container_statuses=[container]),
    )


def listing(*pods: SimpleNamespace) -> SimpleNamespace:
    """An API that lists these pods."""
    return SimpleNamespace(list_namespaced_pod=lambda *_, **__: SimpleNamespace(items=list(pods)))


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
    assert module.fatal_reason(listing(pod("notebook-1", waiting, restarts)), fine, waited) == said


CRASHING = ("CrashLoopBackOff", 9)
STARTING = ("ContainerCreating", 0)


@pytest.mark.parametrize(
    ("present", "ends"),
    [
        ([pod("old", *CRASHING), pod("new", *STARTING, "b", creation_timestamp=1)], ""),
        ([pod("old", *STARTING), pod("new", *CRASHING, "b", creation_timestamp=1)], "new"),
        ([pod("old", *STARTING), pod("b1", *CRASHING, "b"), pod("b2", *STARTING, "b", creation_timestamp=1)], "b1"),
        ([pod("old", *CRASHING, deletion_timestamp=2)], ""),
        ([pod("old", *STARTING), pod("stray", *CRASHING, creation_timestamp=1, labels=None)], ""),
        ([pod("old", *CRASHING), pod("new", *STARTING, "b", creation_timestamp=1, deletion_timestamp=2)], "old"),
    ],
)
def test_only_the_newest_pods_that_stay_are_judged(module, present, ends):
    fine = deployment(type="Progressing", status="True", message="")
    said = f"container notebook of pod {ends} does not start (CrashLoopBackOff)" if ends else None
    assert module.fatal_reason(listing(*present), fine, 31) == said
