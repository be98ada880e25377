"""A Job's end is told in its pod's words; one that cannot end is not waited for."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import ModuleType
from types import SimpleNamespace as Thing
from typing import Any

import pytest
from support.api_server import JsonAnswers, served

WARNING = "kafka_producer: warning: 1 of 2 files in /pictures are no pictures and left out: /pictures/notes.txt …"
ACKNOWLEDGED = "kafka_producer: acknowledged 1 of 1, 11 bytes, in topic rhte: 1 in partition 0 at offset 7"
MISSING = "kafka_producer: topic rhte at kafka:9093 does not exist: create it first, or look at its name"
RECORD = '{"file": "/pictures/cat.jpg", "topic": "rhte", "partition": 0, "offset": 7}'


class EndedError(Exception):
    """Stands for the end of the module, with what it returns."""


@pytest.fixture
def module(load_plugin) -> ModuleType:
    return load_plugin("modules/job_wait")


def job(kind: str = "", active: int = 0) -> dict[str, Any]:
    conditions = [{"type": kind, "status": "True", "reason": "R", "message": "Job has failed"}] if kind else []
    return {
        "metadata": {"name": "kafka-client", "namespace": "lab"},
        "spec": {"selector": {"matchLabels": {"job": "1"}}, "template": {"spec": {"containers": []}}},
        "status": {"active": active, "conditions": conditions},
    }


def pod(**state: Any) -> dict[str, Any]:
    container = {"name": "client", "state": state, "ready": False, "restartCount": 0, "image": "i", "imageID": "i"}
    return {
        "metadata": {"name": "kafka-client-x", "namespace": "lab", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"containers": []},
        "status": {"phase": "Failed", "containerStatuses": [container]},
    }


def wait(module: ModuleType, folder: Path, answer: Any, pods: list[Any], log: str, **given: Any) -> dict[str, Any]:
    """What the module ends with over an API that has this Job, these pods and this log."""

    class Handler(JsonAnswers, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if "/log" in self.path:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(log.encode())
            elif "/pods" in self.path:
                self.answer(200, {"items": pods})
            elif "/events" in self.path:
                self.answer(200, {"items": []})
            elif answer is None:
                self.answer(404, {})
            else:
                self.answer(200, answer)

    def end(**returned: Any) -> None:
        raise EndedError(json.dumps(returned))

    with served(folder, Handler) as kubeconfig, pytest.raises(EndedError) as ended:
        parameters = {
            "kubeconfig": kubeconfig,
            "namespace": "lab",
            "name": "kafka-client",
            "timeout": 300,
            "log_lines": 3,
        }
        module.run(Thing(params=parameters | given, exit_json=end, fail_json=end))
    return json.loads(str(ended.value))


def test_what_a_pod_said_for_people_is_told_from_its_data(module, tmp_path):
    log = "\n".join([WARNING, RECORD, ACKNOWLEDGED, ""])
    found = wait(module, tmp_path, job("Complete"), [pod(terminated={"exitCode": 0})], log)
    assert (found["lines"], found["records"], found["changed"]) == ([WARNING, ACKNOWLEDGED], [RECORD], False)


def test_a_job_that_failed_says_why_in_its_first_line(module, tmp_path):
    terminated = {"exitCode": 1, "reason": "Error"}
    log = f"a\nb\n{RECORD}\n{MISSING}\n{ACKNOWLEDGED}\n"
    found = wait(module, tmp_path, job("Failed"), [pod(terminated=terminated)], log)
    assert found["msg"] == (
        "Job lab/kafka-client failed: container client terminated (Error, exit code 1). "
        f"It said: b / {MISSING} / {ACKNOWLEDGED}"
    )


@pytest.mark.parametrize("pods", [[], [pod(terminated={"exitCode": 137, "reason": "OOMKilled"})]])
def test_one_that_said_nothing_is_described(module, tmp_path, pods):
    said = wait(module, tmp_path, job("Failed"), pods, "")["msg"]
    assert said.startswith("Job lab/kafka-client failed: Job has failed\nCondition Failed=True (R): Job has failed")
    assert ("container client terminated (OOMKilled, exit code 137)" in said) == bool(pods)


def test_time_that_is_up_is_told_with_the_state_of_the_pod(module, tmp_path):
    waiting = pod(waiting={"reason": "ContainerCreating"})
    said = wait(module, tmp_path, job(active=1), [waiting], "", timeout=0)["msg"]
    assert said.startswith("Job lab/kafka-client: not ended after 0 s.\nPod kafka-client-x: Failed")
    assert "container client waiting (ContainerCreating)" in said


def test_a_job_that_is_not_there_is_told(module, tmp_path):
    assert wait(module, tmp_path, None, [], "") == {"msg": "Job lab/kafka-client does not exist."}


@pytest.mark.parametrize(
    ("active", "pods", "waited", "expected"),
    [
        (0, [], 31, "its pod is not admitted"),
        (0, [], 29, None),
        (1, [], 31, None),
        (1, ["ImagePullBackOff"], 31, "does not start (ImagePullBackOff)"),
        (1, ["ContainerCreating"], 31, None),
        (0, ["ContainerCreating"], 31, None),
    ],
)
def test_what_waiting_does_not_repair_ends_the_wait(module, active, pods, waited, expected):
    statuses = [Thing(name="client", state=Thing(waiting=Thing(reason=reason)), restart_count=0) for reason in pods]
    listed = [
        Thing(
            metadata=Thing(name="kafka-client-x", creation_timestamp=0, deletion_timestamp=1, labels={"job-name": "x"}),
            status=Thing(init_container_statuses=None, container_statuses=[status]),
        )
        for status in statuses
    ]
    core = Thing(list_namespaced_pod=lambda *_, **__: Thing(items=listed))
    given = Thing(
        metadata=Thing(name="kafka-client", namespace="lab"),
        spec=Thing(selector=Thing(match_labels={})),
        status=Thing(conditions=None, active=active),
    )
    found = module.hindrance(core, given, waited)
    assert found is None if expected is None else found.endswith(expected)
