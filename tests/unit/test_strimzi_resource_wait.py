"""The wait for a Strimzi resource over sequences that operators were seen to write, without a cluster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from types import SimpleNamespace as Thing
from typing import Any

import pytest

from ansible_collections.catdog.lab.plugins.module_utils.progress_note import FOLDER, present
from ansible_collections.catdog.lab.plugins.module_utils.strimzi_status import StandingFailure, describe

Look = dict[str, Any] | None
SUBJECT = {"kind": "Kafka", "metadata": {"name": "rhte-cluster", "namespace": "rhte2019", "generation": 3}}


class Recorded:
    """A cluster whose resource changes at given seconds; its clock goes on only while somebody waits."""

    def __init__(self, looks: list[tuple[float, Look]]) -> None:
        self.looks, self.clock = looks, 0.0

    def now(self) -> float:
        return self.clock

    def resource(self) -> Look:
        return next(look for at, look in reversed(self.looks) if at <= self.clock)

    kind, namespace, name = "Kafka", "rhte2019", "rhte-cluster"

    def pools(self) -> list[dict[str, Any]]:
        return []

    def pods(self, namespace: str, selector: str) -> list[Thing]:
        assert (namespace, selector) == ("rhte2019", "strimzi.io/cluster=rhte-cluster")
        return [pod("rhte-cluster-kafka-0", "True"), pod("rhte-cluster-kafka-1", "False")]

    def next_change(self, seconds: float) -> None:
        assert seconds > 0
        changes = [at for at, _ in self.looks if self.clock < at < self.clock + seconds]
        self.clock = min(changes, default=self.clock + seconds)


def pod(name: str, ready: str) -> Thing:
    running = Thing(waiting=None, terminated=None)
    pulling = Thing(waiting=Thing(reason="ImagePullBackOff", message=""), terminated=None)
    container = Thing(name="kafka", state=running if ready == "True" else pulling, last_state=None)
    status = Thing(
        conditions=[Thing(type="Ready", status=ready, reason="", message="")],
        init_container_statuses=[],
        container_statuses=[container],
    )
    return Thing(metadata=Thing(name=name), status=status)


def kafka(*conditions: dict[str, str], observed: int = 3, generation: int = 3) -> dict[str, Any]:
    subject = {**SUBJECT, "metadata": {**SUBJECT["metadata"], "generation": generation}}
    return {**subject, "status": {"conditions": list(conditions), "observedGeneration": observed}}


def failure(reason: str, at: str) -> dict[str, str]:
    return {
        "type": "NotReady",
        "status": "True",
        "reason": reason,
        "message": "spec.ports[2].name: Duplicate value",
        "lastTransitionTime": at,
    }


CREATING = {"type": "NotReady", "status": "True", "reason": "Creating", "message": "Kafka cluster is being deployed"}
READY = {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T10:02:00Z"}
OLD, ANEW = (
    failure("CompletionException", "2026-01-01T10:00:00Z"),
    failure("CompletionException", "2026-01-01T10:02:00Z"),
)
OTHER = failure("InvalidResourceException", "2026-01-01T10:02:00Z")
TOPIC_OLD = {"type": "Ready", "status": "False", "reason": "ResourceConflict", "message": "Managed by Ref{}"}


@pytest.fixture
def wait(load_plugin: Callable[[str], ModuleType]) -> Callable[..., Any]:
    plugin = load_plugin("modules/strimzi_resource_wait")

    def run(looks: list[tuple[float, Look]], *, timeout: float = 600, changed: bool = False) -> Any:
        cluster = Recorded(looks)
        return plugin.wait(cluster, timeout, StandingFailure(150, changed), cluster.now)

    return run


@pytest.mark.parametrize(
    ("looks", "state", "seconds"),
    [
        # The cause was mended and the run repeated: the pass before has left its failure, the next one ends it.
        ([(0, kafka(OLD)), (30, kafka(READY))], "Ready", 30),
        ([(0, kafka(TOPIC_OLD)), (118, kafka(READY))], "Ready", 118),
        # Not mended: Strimzi writes nothing when a pass fails as the one before did.
        ([(0, kafka(OLD))], "Failed", 150),
        # Its next pass failed otherwise, or alike after it had been ready.
        ([(0, kafka(OLD)), (61, kafka(OTHER))], "Failed", 61),
        ([(0, kafka(OLD)), (61, kafka(ANEW))], "Failed", 61),
        # A mended form: the failure is of the generation before.
        ([(0, kafka(OLD, observed=2)), (9, kafka(READY))], "Ready", 9),
        ([(0, kafka(OLD, observed=2)), (9, kafka(OLD))], "Failed", 9),
        # A new cluster on its way, and one that cannot be made.
        ([(0, kafka(CREATING, observed=0)), (115, kafka(READY))], "Ready", 115),
        ([(0, kafka(CREATING, observed=0)), (3, kafka(OTHER))], "Failed", 3),
        # Deleted while it is waited for.
        ([(0, kafka(OLD)), (7, None)], "Failed", 7),
    ],
)
def test_a_wait_ends_when_the_operator_has_spoken(
    wait: Callable[..., Any], looks: list[tuple[float, Look]], state: str, seconds: float
) -> None:
    outcome = wait(looks)
    assert (outcome.verdict.state, outcome.seconds) == (state, seconds)


def test_a_failure_that_answers_a_change_right_before_ends_the_wait_at_once(wait: Callable[..., Any]) -> None:
    assert wait([(0, kafka(OTHER))], changed=True)[2:] == (0, "")


def test_a_pause_ends_the_wait_at_once(wait: Callable[..., Any]) -> None:
    paused = kafka(READY)
    paused["metadata"] = {**paused["metadata"], "annotations": {"strimzi.io/pause-reconciliation": "true"}}
    assert wait([(0, paused)]).seconds == 0


@pytest.mark.parametrize(
    ("look", "timeout", "note", "detail"),
    [
        (kafka(OLD), 600, "failed before, and still does after 150 s", "Duplicate value"),
        (kafka(OLD), 60, "is not ready after 60 s (said before this wait, and nothing since)", "Duplicate value"),
        (kafka(CREATING), 60, "is not ready after 60 s", "NotReady=True (Creating): Kafka cluster is being deployed"),
    ],
)
def test_the_end_says_what_was_seen(
    wait: Callable[..., Any], look: Look, timeout: float, note: str, detail: str
) -> None:
    outcome = wait([(0, look)], timeout=timeout)
    assert outcome.note == note
    assert detail in outcome.verdict.detail


@pytest.mark.parametrize(
    ("look", "note"),
    [
        (kafka(CREATING, observed=2), "the operator has not taken up its last change; "),
        (kafka(OLD), f"said before this run: {describe(OLD)}; "),
    ],
)
def test_a_wait_leaves_a_note_of_what_it_waits_for(
    wait: Callable[..., Any], look: Look, note: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    wait([(0, look), (9, kafka(READY))])
    pods = "1 of 2 pods ready, rhte-cluster-kafka-1: container kafka waiting (ImagePullBackOff)"
    assert list(present(str(tmp_path))) == [f"Kafka rhte2019/rhte-cluster: {note}{pods}"]
