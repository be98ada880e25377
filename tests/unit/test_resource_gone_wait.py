"""What holds an object that does not go is named."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

REMAINING = {"type": "NamespaceContentRemaining", "status": "True", "message": "kafkatopics has 1 resource instances"}


def resource(kind: str, conditions: tuple[dict[str, str], ...] = (), **metadata: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": "a", **metadata}, "status": {"conditions": list(conditions)}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (resource("Kafka", namespace="n"), "Kafka n/a is not being deleted."),
        (
            resource("KafkaTopic", namespace="n", deletionTimestamp="t", finalizers=["strimzi.io/topic-operator"]),
            "KafkaTopic n/a is held by its finalizers strimzi.io/topic-operator",
        ),
        (
            resource("Namespace", (REMAINING,), deletionTimestamp="t"),
            "Namespace a: kafkatopics has 1 resource instances",
        ),
        (resource("Pod", namespace="n", deletionTimestamp="t"), "Pod n/a is being deleted since t."),
    ],
)
def test_holders_are_named(load_plugin: Callable[[str], ModuleType], given: dict[str, Any], expected: str) -> None:
    [reason] = load_plugin("modules/resource_gone_wait").holders(given)
    assert reason.startswith(expected)
