"""What holds an object that does not go is named; of a Namespace, what is left in it and whether it goes by itself."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

LONG_AGO = "2026-01-01T00:00:00Z"
FAR_AHEAD = "2999-01-01T00:00:00Z"
HELD = "example.org/hold"


def resource(message: str = "", kind: str = "NamespaceContentRemaining", **metadata: Any) -> dict[str, Any]:
    condition = {"type": kind, "status": "True", "message": message}
    return {"metadata": {"name": "a", **metadata}, "status": {"conditions": [condition] if message else None}}


@pytest.fixture
def module(load_plugin: Callable[[str], ModuleType]) -> ModuleType:
    return load_plugin("modules/resource_gone_wait")


@pytest.fixture
def left(load_plugin: Callable[[str], ModuleType]) -> Callable[..., Any]:
    def left(name: str, *finalizers: str) -> Any:
        return load_plugin("module_utils/namespace_content").Left("configmaps", "ConfigMap", name, finalizers)

    return left


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("Kafka", resource(namespace="n"), "Kafka n/a is not being deleted."),
        (
            "KafkaTopic",
            resource(namespace="n", deletionTimestamp="t", finalizers=["strimzi.io/topic-operator"]),
            "KafkaTopic n/a is held by its finalizers strimzi.io/topic-operator",
        ),
        ("Pod", resource(namespace="n", deletionTimestamp="t"), "Pod n/a is being deleted since t."),
        ("Namespace", resource(deletionTimestamp="t"), "Namespace a is being deleted since t."),
    ],
)
def test_holders_are_named(module, kind: str, given: dict[str, Any], expected: str) -> None:
    [reason] = module.holders(kind, given)
    assert reason.startswith(expected)


def test_of_a_namespace_the_objects_are_named_in_place_of_what_its_status_counts(module, left) -> None:
    given = resource("configmaps. has 2 resource instances", deletionTimestamp="t")
    said = list(module.holders("Namespace", given, [left("keep", HELD), left("other")]))
    assert said[1] == f"Namespace a still has ConfigMap keep (finalizer {HELD}), ConfigMap other."
    assert "kubectl patch configmaps keep --namespace=a --type=merge" in said[2]
    assert len(said) == 3


def test_without_the_objects_the_status_is_told(module) -> None:
    given = resource("configmaps. has 2 resource instances", deletionTimestamp="t")
    assert list(module.holders("Namespace", given))[1] == "Namespace a: configmaps. has 2 resource instances"


def test_what_else_the_status_says_is_told_too_and_many_objects_are_counted(module, left) -> None:
    given = resource("no answer", "NamespaceDeletionDiscoveryFailure", deletionTimestamp="t")
    said = list(module.holders("Namespace", given, [left(str(number)) for number in range(9)]))
    assert said[1].endswith("ConfigMap 5, 3 more.")
    assert said[2] == "Namespace a: no answer"


@pytest.mark.parametrize(
    ("finalizers", "since", "held"),
    [
        ([[HELD]], LONG_AGO, True),
        ([[HELD]], FAR_AHEAD, False),  # so that its own operator has time to take it off
        ([[HELD]], None, False),
        ([[HELD], []], LONG_AGO, False),
        ([["kubernetes.io/pvc-protection"]], LONG_AGO, False),
        ([["batch.kubernetes.io/job-tracking"]], LONG_AGO, False),
        ([["foregroundDeletion"]], LONG_AGO, False),
        ([["foregroundDeletion", HELD]], LONG_AGO, True),
        ([["strimzi.io/topic-operator"]], LONG_AGO, True),
        ([], LONG_AGO, False),
    ],
)
def test_a_namespace_is_held_if_nothing_is_left_that_goes_by_itself(
    module, left, finalizers: list[list[str]], since: str | None, held: bool
) -> None:
    objects = [left("keep", *each) for each in finalizers]
    assert module.is_held(resource(deletionTimestamp=since), objects, 30) == held


def test_a_finalizer_of_the_namespace_itself_holds_it_too(module) -> None:
    assert module.is_held(resource(deletionTimestamp=LONG_AGO, finalizers=[HELD]), [], 30)


def test_what_is_left_is_asked_for_by_the_kinds_that_the_status_names(module) -> None:
    """The kind that cannot be listed is left out."""
    items = [{"metadata": {"name": "keep", "finalizers": [HELD]}}]
    listed = SimpleNamespace(to_dict=lambda: {"items": items})
    config_maps = SimpleNamespace(kind="ConfigMap", preferred=True, get=lambda namespace: listed)
    asked = []

    def search(**what: str) -> list[Any]:
        asked.append(what)
        return [config_maps] if what["prefix"] == "api" else []

    message = "Left: configmaps. has 1 resource instances, kafkas.kafka.strimzi.io has 2 resource instances"
    client = SimpleNamespace(resources=SimpleNamespace(search=search))
    [found] = module.content(client, resource(message))
    assert (found.resource, found.kind, found.name, found.finalizers) == ("configmaps", "ConfigMap", "keep", (HELD,))
    assert asked == [
        {"name": "configmaps", "prefix": "api"},
        {"name": "kafkas", "prefix": "apis", "group": "kafka.strimzi.io"},
    ]


FINALIZER = "strimzi.io/topic-operator"
TOPIC = {"metadata": {"name": "rhte", "namespace": "n", "deletionTimestamp": LONG_AGO, "finalizers": [HELD, FINALIZER]}}


class Api:
    """The dynamic API of a cluster with topics and, maybe, the Deployment that lets go of them."""

    def __init__(self, deployment: dict[str, Any] | None) -> None:
        self.deployment, self.patches = deployment, []
        self.resources = SimpleNamespace(get=lambda **_: SimpleNamespace(get=self.read))

    def read(self, **asked: str) -> Any:
        from kubernetes import client, dynamic

        assert asked == {"name": "rhte-cluster-entity-operator", "namespace": "n"}
        if self.deployment is None:
            raise dynamic.exceptions.NotFoundError(client.ApiException(status=404))
        return SimpleNamespace(to_dict=lambda: self.deployment)

    def patch(self, body: list[dict[str, Any]], **_: str) -> None:
        self.patches.append(body)


def deployment(replicas: int | None = 1, ready: int = 1, **metadata: str) -> dict[str, Any]:
    return {"metadata": metadata, "spec": {"replicas": replicas}, "status": {"readyReplicas": ready}}


@pytest.mark.parametrize(
    ("found", "is_over", "expected"),
    [
        (None, False, "Deployment rhte-cluster-entity-operator, which does that, is gone."),
        (deployment(replicas=0), False, "has no pods."),
        (deployment(deletionTimestamp=LONG_AGO), False, "has no pods."),
        (deployment(), False, None),
        (deployment(replicas=None), True, None),
        (deployment(ready=0), False, None),  # it may come back
        (deployment(ready=0), True, "had no ready pod for 9 s."),
    ],
)
def test_a_finalizer_is_taken_off_if_nobody_else_does(module, found, is_over: bool, expected: str | None) -> None:
    api = Api(found)
    given = {
        "abandoned": {"finalizer": FINALIZER, "deployment": "rhte-cluster-entity-operator"},
        "kind": "KafkaTopic",
        "timeout": 9,
    }
    said = module.release(api, api, [TOPIC], given, is_over)
    path = "/metadata/finalizers/1"
    if expected is None:
        assert (said, api.patches) == ([], [])
    else:
        assert api.patches == [[{"op": "test", "path": path, "value": FINALIZER}, {"op": "remove", "path": path}]]
        assert said[0].startswith(f"KafkaTopic n/rhte: finalizer {FINALIZER} taken off, for ")
        assert expected in said[0]


@pytest.mark.parametrize(
    "metadata", [{"finalizers": [FINALIZER]}, {"deletionTimestamp": LONG_AGO, "finalizers": [HELD]}]
)
def test_what_is_not_being_deleted_or_is_held_by_others_is_left_alone(module, metadata: dict[str, Any]) -> None:
    api = Api(None)
    given = {"abandoned": {"finalizer": FINALIZER, "deployment": "d"}, "kind": "KafkaTopic", "timeout": 9}
    assert module.release(api, api, [{"metadata": {"name": "rhte", "namespace": "n", **metadata}}], given, True) == []
    assert api.patches == []
