"""A lab's parts are rows, whatever their state, and by their objects the lab is known again."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from types import SimpleNamespace as Thing
from typing import Any

import pytest
from kubernetes import client

from ansible_collections.catdog.lab.plugins.module_utils.lab_parts import Cluster, Look

NAMESPACE = "rhte2019"
READY, WAITING = [{"type": "Ready", "status": "True"}], [{"type": "NotReady", "status": "True", "reason": "Creating"}]


def strimzi(kind: str, name: str, conditions: list[dict[str, str]], **spec: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": NAMESPACE, "generation": 1, "uid": f"uid-{name}"}
    status = {"conditions": conditions, "observedGeneration": 1, "kafkaVersion": "4.3.1"}
    return {"kind": kind, "metadata": metadata, "spec": spec, "status": status}


def pod(name: str, ready: bool = True, deleted: str | None = None) -> Thing:
    conditions = [Thing(type="Ready", status=str(ready))]
    return Thing(
        metadata=Thing(name=name, uid=f"uid-{name}", deletion_timestamp=deleted), status=Thing(conditions=conditions)
    )


def deployment(wanted: int = 1, available: int = 1) -> Thing:
    status = Thing(observed_generation=1, updated_replicas=wanted, replicas=wanted, available_replicas=available)
    spec = Thing(replicas=wanted, selector=Thing(match_labels={"app": "x"}))
    return Thing(metadata=Thing(generation=1), spec=spec, status=status)


class Answers:
    """An API server's answers: objects by name, an error for what is not there; every question has a time limit."""

    def __init__(
        self, objects: dict[str, Any], pods: list[Thing], status: int = 404, reason: str = "Not Found"
    ) -> None:
        self.objects, self.pods, self.status, self.reason = objects, pods, status, reason

    def find(self, name: str, limit: float) -> Any:
        assert limit > 0
        if name not in self.objects:
            raise client.ApiException(status=self.status, reason=self.reason)
        return self.objects[name]

    def read_namespaced_deployment(self, name: str, _namespace: str, _request_timeout: float) -> Any:
        return self.find(name, _request_timeout)

    def get_namespaced_custom_object(self, *where: str, _request_timeout: float) -> Any:
        return self.find(where[-1], _request_timeout)

    def list_namespaced_custom_object(self, *_: str, label_selector: str, _request_timeout: float) -> dict[str, Any]:
        return {"items": []}

    def list_namespaced_pod(self, _namespace: str, label_selector: str, _request_timeout: float) -> Thing:
        assert _request_timeout > 0
        return Thing(items=self.pods)


@pytest.fixture
def cluster() -> Callable[..., Cluster]:
    def make(objects: dict[str, Any], pods: list[Thing] | None = None, **error: Any) -> Cluster:
        answers, made = Answers(objects, pods or [], **error), Cluster.__new__(Cluster)
        made._kubeconfig = "/nowhere/kubeconfig"
        made._error, made._core, made._apps, made._custom = client.ApiException, answers, answers, answers
        return made

    return make


def part(kind: str, name: str) -> dict[str, str]:
    return {"part": "x", "kind": kind, "name": name, "namespace": NAMESPACE}


KAFKA = strimzi("Kafka", "k", READY)
MAKING = strimzi("Kafka", "k", WAITING)
TOPIC = strimzi("KafkaTopic", "t", READY, partitions=3, replicas=1)
USER = strimzi("KafkaUser", "u", READY, authentication={"type": "tls"}, authorization={"acls": [{}, {}]})


@pytest.mark.parametrize(
    ("kind", "name", "found", "state", "detail", "objects"),
    [
        ("Kafka", "k", KAFKA, "Ready", "4.3.1, 1 of 2 nodes", {"Kafka rhte2019/k": "uid-k"}),
        ("Kafka", "k", MAKING, "Waiting", "NotReady=True (Creating)", {"Kafka rhte2019/k": "uid-k"}),
        ("KafkaTopic", "t", TOPIC, "Ready", "3 partition(s), 1 replica(s)", {"KafkaTopic rhte2019/t": "uid-t"}),
        ("KafkaUser", "u", USER, "Ready", "tls, 2 rule(s)", {"KafkaUser rhte2019/u": "uid-u"}),
        ("Deployment", "d", deployment(), "Ready", "1 of 1 pods", {"Pod rhte2019/a": "uid-a"}),
        (
            "Deployment",
            "d",
            deployment(available=0),
            "Waiting",
            "0 of 1 pods are available",
            {"Pod rhte2019/a": "uid-a"},
        ),
        ("Deployment", "d", deployment(wanted=0, available=0), "Stopped", "0 of 0 pods", {"Pod rhte2019/a": "uid-a"}),
    ],
)
def test_a_part_that_is_there_has_state_detail_and_objects(
    cluster: Callable[..., Cluster], kind: str, name: str, found: Any, state: str, detail: str, objects: dict[str, str]
) -> None:
    pods = [pod("a"), pod("b", ready=False)]
    assert cluster({name: found}, pods).look(part(kind, name)) == Look(f"{NAMESPACE}/{name}", state, detail, objects)


def test_a_pod_that_goes_is_not_the_notebook(cluster: Callable[..., Cluster]) -> None:
    pods = [pod("a", deleted="2026-01-01T10:00:00Z"), pod("b")]
    assert cluster({"d": deployment()}, pods).look(part("Deployment", "d")).objects == {"Pod rhte2019/b": "uid-b"}


@pytest.mark.parametrize(("status", "reason", "state"), [(404, "Not Found", "Missing"), (403, "Forbidden", "Unknown")])
@pytest.mark.parametrize("kind", ["Kafka", "KafkaTopic", "KafkaUser", "Deployment"])
def test_a_part_that_is_not_there_or_not_shown_is_a_row(
    cluster: Callable[..., Cluster], kind: str, status: int, reason: str, state: str
) -> None:
    detail = reason if state == "Unknown" else ""
    assert cluster({}, status=status, reason=reason).look(part(kind, "n")) == Look(f"{NAMESPACE}/n", state, detail)


GIB = 1024**3
HELD = {"rhte2019-ada": 3 * GIB, "rhte2019-bo": GIB // 2, "a": 900 * 1024**2, "b": 3, "c": 0}


@pytest.mark.parametrize(
    ("taken", "refuses", "state", "detail"),
    [
        (GIB // 2, False, "Ready", "512 MiB of 4.5 GiB"),
        (int(3.6 * GIB), False, "Ready", "3.6 GiB of 4.5 GiB"),
        (
            int(3.7 * GIB),
            False,
            "Almost full",
            "3.7 GiB of 4.5 GiB, most in rhte2019-ada 3.0 GiB, a 900 MiB, rhte2019-bo 512 MiB",
        ),
        (
            int(4.3 * GIB),
            True,
            "Full",
            "4.3 GiB of 4.5 GiB, most in rhte2019-ada 3.0 GiB, a 900 MiB, rhte2019-bo 512 MiB; "
            "nothing larger than 1 KiB is taken",
        ),
    ],
)
def test_a_store_says_how_full_it_is_and_by_whom(
    load_plugin: Callable[[str], ModuleType], taken: int, refuses: bool, state: str, detail: str
) -> None:
    shown = {"taken": taken, "most": int(4.5 * GIB), "refuses": refuses, "buckets": HELD}
    assert load_plugin("module_utils/object_store_volume").judged(shown) == (state, detail)


def test_a_store_that_is_asked_in_its_pod_is_a_row(
    cluster: Callable[..., Cluster], load_plugin: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    volume = load_plugin("module_utils/object_store_volume")
    shown = '{"taken": 1048576, "most": 2097152, "refuses": false, "buckets": {}}'
    monkeypatch.setattr(volume, "run_in_pod", lambda *asked: (shown, "", 0) if asked[2] == "a" else ("", "lost\n", 1))
    look = cluster({}, [pod("a")]).look
    assert look(part("ObjectStoreVolume", "s")) == Look(f"{NAMESPACE}/s", "Ready", "1 MiB of 2 MiB")
    for pods, why in (([pod("b")], "lost"), ([pod("b", ready=False)], "no pod of it is ready")):
        seen = cluster({}, pods).look(part("ObjectStoreVolume", "s"))
        assert seen.state == "Unknown"
        assert why in seen.detail
        assert "playbooks/site.yml with the tag object_store" in seen.detail


def test_without_a_kubeconfig_one_row_says_what_to_do(load_plugin: Callable[[str], ModuleType]) -> None:
    rows, objects, reachable = load_plugin("modules/lab_status").look("/nowhere/kubeconfig", [part("Kafka", "k")])
    assert [row["state"] for row in rows] == ["Unreachable"]
    assert "no kubeconfig /nowhere/kubeconfig: run `make lab`" in rows[0]["detail"]
    assert (objects, reachable) == ({}, False)


def test_without_parts_the_cluster_is_not_asked(load_plugin: Callable[[str], ModuleType]) -> None:
    assert load_plugin("modules/lab_status").look("/nowhere/kubeconfig", []) == ([], {}, True)
