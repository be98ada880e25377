"""Attempts to leave an attendee's confines: what is tried, and how an answer is judged."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from socket import create_server
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from kubernetes.client import ApiException


@pytest.fixture
def module(load_plugin: Callable[[str], ModuleType]) -> ModuleType:
    return load_plugin("module_utils/isolation_probes")


def refusal(status: int, message: str = "") -> Callable[[], None]:
    def call() -> None:
        error = ApiException(status=status, reason="Said")
        error.body = json.dumps({"message": message})
        raise error

    return call


@pytest.mark.parametrize(
    ("call", "reasons", "expected"),
    [
        (lambda: None, (), "allowed"),
        (refusal(403, "pods is forbidden"), (), "refused"),
        (refusal(403, "exceeded quota: catdog-lab"), ("exceeded quota",), "refused"),
        (refusal(403, "violates PodSecurity"), ("exceeded quota",), "answered by 403 Said without 'exceeded quota'"),
        (refusal(403, "no constraint"), ("violates", "no constraint"), "refused"),
        (
            refusal(403, "why"),
            ("violates", "no constraint"),
            "answered by 403 Said without 'violates' or 'no constraint'",
        ),
        (refusal(404), (), "answered by 404 Said"),
    ],
)
def test_only_a_refusal_for_a_reason_that_is_meant_counts(
    module, call, reasons: tuple[str, ...], expected: str
) -> None:
    assert module.asked(call, *reasons) == expected


def test_a_probe_tells_what_came_and_what_must(module) -> None:
    fine = module.Probe("access", "as the attendee, list nodes", "refused", "refused").row()
    assert fine["ok"]
    assert fine["said"] == "as the attendee, list nodes: refused"
    open_ = module.Probe("access", "as the attendee, list nodes", "refused", "allowed").row()
    assert not open_["ok"]
    assert open_["said"] == "as the attendee, list nodes: allowed, must be refused"


def pod(address: str | None, ready: str) -> Any:
    conditions = [SimpleNamespace(type="Ready", status=ready)]
    return SimpleNamespace(status=SimpleNamespace(pod_ip=address, conditions=conditions))


class Core:
    """A cluster whose namespaces have the pods of `pods`, by namespace and labels."""

    def __init__(self, pods: dict[tuple[str, str], list[Any]]) -> None:
        self.pods = pods

    def list_namespaced_pod(self, namespace: str, label_selector: str) -> Any:
        return SimpleNamespace(items=self.pods.get((namespace, label_selector), []))

    def read_namespaced_service(self, name: str, namespace: str) -> Any:
        assert (name, namespace) == ("kubernetes", "default")
        return SimpleNamespace(spec=SimpleNamespace(cluster_ip="10.96.0.1"))


def lab(module, name: str, kafka_namespace: str = ""):
    return module.Lab(f"lab-{name}", kafka_namespace or f"lab-{name}", "rhte", f"rhte-{name}", "notes")


BROKERS = ("lab-bo", "strimzi.io/cluster=rhte,strimzi.io/broker-role=true")


def test_what_runs_at_a_neighbours_is_knocked_at_by_its_address(module) -> None:
    core = Core(
        {BROKERS: [pod("10.0.0.7", "True")], ("lab-bo", "app.kubernetes.io/name=notes"): [pod("10.0.0.8", "True")]}
    )
    targets = module.network_targets(core, lab(module, "ada"), "10.89.0.2", "operators", [lab(module, "bo")])
    assert targets == [
        ("the own Kafka", "allowed", ("rhte-kafka-bootstrap.lab-ada.svc", 9093)),
        ("the Kubernetes API", "refused", ("10.96.0.1", 443)),
        ("the node's kubelet", "refused", ("10.89.0.2", 10250)),
        ("the Kafka of lab-bo", "refused", ("10.0.0.7", 9093)),
        ("the notebook of lab-bo", "refused", ("10.0.0.8", 8080)),
    ]


def test_a_neighbours_pod_that_is_not_ready_would_refuse_by_itself_and_proves_nothing(module) -> None:
    core = Core({BROKERS: [pod("10.0.0.7", "False"), pod(None, "True")]})
    targets = module.network_targets(core, lab(module, "ada"), "10.89.0.2", "operators", [lab(module, "bo")])
    assert [what for what, _, _ in targets] == ["the own Kafka", "the Kubernetes API", "the node's kubelet"]


def test_a_kafka_that_is_shared_is_the_own_one(module) -> None:
    core = Core({("class", BROKERS[1]): [pod("10.0.0.7", "True")]})
    ada, bo = lab(module, "ada", "class"), lab(module, "bo", "class")
    targets = module.network_targets(core, ada, "10.89.0.2", "operators", [bo])
    assert targets[0] == ("the own Kafka", "allowed", ("rhte-kafka-bootstrap.class.svc", 9093))
    assert not any("lab-bo" in what for what, _, _ in targets)


def test_topics_of_neighbours_are_tried_where_they_are_in_the_same_kafka(module) -> None:
    ada, bo, cy = lab(module, "ada", "class"), lab(module, "bo", "class"), lab(module, "cy")

    def execute(command: list[str]) -> str:
        assert json.loads(command[-1]) == ["rhte-ada", "rhte-bo"]
        return "[0, 29]\n"

    probes = module.kafka_probes(execute, ada, [bo, cy])
    assert [probe.row()["said"] for probe in probes] == [
        "as the attendee, use the own topic rhte-ada: allowed",
        "as the attendee, use the topic rhte-bo of lab-bo: refused",
    ]


@pytest.mark.parametrize(
    ("code", "said"), [(0, "allowed, must be refused"), (3, "answered by Kafka's error 3, must be refused")]
)
def test_a_topic_that_can_be_used_or_is_not_there_is_told(module, code, said) -> None:
    ada, bo = lab(module, "ada", "class"), lab(module, "bo", "class")
    own, other = module.kafka_probes(lambda command: f"[0, {code}]", ada, [bo])
    assert (own.row()["ok"], other.row()["ok"]) == (True, False)
    assert other.row()["said"].endswith(said)


def test_the_notebook_tells_which_connections_came_through(module) -> None:
    with closing(create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        with closing(create_server(("127.0.0.1", 0))) as gone:
            closed = gone.getsockname()[1]
        targets = [("mine", "allowed", ("127.0.0.1", port)), ("theirs", "refused", ("127.0.0.1", closed))]

        def execute(command: list[str]) -> str:
            assert command[0] == "python3"
            return subprocess.run([sys.executable, *command[1:]], check=True, capture_output=True, text=True).stdout

        probes = module.network_probes(execute, targets, 3)
    assert [probe.outcome for probe in probes] == ["allowed", "refused"]
    assert probes[1].attempt == f"from the notebook, connect to theirs (127.0.0.1:{closed})"


def test_pods_that_nobody_may_start_are_asked_for_as_dry_runs(module) -> None:
    asked: list[dict[str, Any]] = []

    def create(namespace: str, body: dict[str, Any], dry_run: str) -> None:
        assert (namespace, dry_run) == ("lab-ada", "All")
        asked.append(body["spec"]["containers"][0])
        refusal(403, "violates PodSecurity, exceeded quota")()

    probes = module.admission_probes(SimpleNamespace(create_namespaced_pod=create), "lab-ada")
    assert [probe.outcome for probe in probes] == ["refused", "refused"]
    privileged, greedy = asked
    assert privileged["securityContext"]["privileged"]
    assert "privileged" not in greedy["securityContext"]
    assert greedy["resources"]["requests"] == greedy["resources"]["limits"] == {"cpu": "10k", "memory": "1Pi"}


def test_the_object_store_must_be_reached_where_there_is_one(module) -> None:
    service = SimpleNamespace(
        metadata=SimpleNamespace(name="object-store"), spec=SimpleNamespace(ports=[SimpleNamespace(port=8443)])
    )
    core = SimpleNamespace(
        list_namespaced_service=lambda namespace, label_selector: SimpleNamespace(
            items=[service]
            if (namespace, label_selector) == ("stores", "app.kubernetes.io/component=object-store")
            else []
        )
    )
    assert module.object_store_targets(core, "stores") == [
        ("the object store", "allowed", ("object-store.stores.svc", 8443))
    ]
