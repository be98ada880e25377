"""What an attendee's notebook says becomes a row; one that says nothing is a row with the reason."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest

from ansible_collections.catdog.lab.plugins.module_utils.attendee_progress import row, unseen
from ansible_collections.catdog.lab.plugins.module_utils.lab_parts import Look

NOTHING: dict[str, Any] = {
    "opened": False, "model": None, "sent": 0, "more": False, "classified": 0, "compared": 0, "last_activity": None,
    "unseen": [],
}  # fmt: skip
MODEL = {"name": "poor", "accuracy": 0.65, "pictures": 20}


def said(**values: Any) -> dict[str, Any]:
    return row("ann", json.dumps(NOTHING | values) + "\n", "", 0)


def test_one_who_has_done_nothing_has_a_row_of_nothing():
    found = said()
    assert found["answered"] and set(found["done"].values()) == {False} and set(found["text"].values()) == {"-"}
    assert (found["attendee"], found["last_activity"], found["problem"]) == ("ann", None, "")


@pytest.mark.parametrize(
    ("values", "step", "done", "text"),
    [
        ({"opened": True}, "opened", True, "yes"),
        ({"opened": None}, "opened", None, "?"),
        ({"model": MODEL}, "model", True, "65%"),
        ({"model": MODEL | {"accuracy": None}}, "model", True, "yes"),
        ({"model": MODEL | {"accuracy": 0.0}}, "model", True, "0%"),
        ({"sent": 3}, "sent", True, "3"),
        ({"sent": 200, "more": True}, "sent", True, "200+"),
        ({"sent": None}, "sent", None, "?"),
        ({"classified": 1}, "classified", True, "1"),
        ({"compared": 8}, "compared", True, "8"),
    ],
)
def test_a_step_that_is_done_or_not_known_is_told(values: dict[str, Any], step: str, done: bool | None, text: str):
    found = said(**values)
    assert (found["done"].pop(step), found["text"].pop(step)) == (done, text)
    assert set(found["done"].values()) == {False}


def test_what_the_notebook_could_not_look_at_is_its_remark():
    found = said(sent=None, unseen=["no broker answers", "Jupyter does not"])
    assert found["answered"] and found["problem"] == "no broker answers; Jupyter does not"


@pytest.mark.parametrize(
    ("stdout", "stderr", "code", "reason"),
    [
        ("", "", None, "the notebook does not answer in time"),
        ("", "", 124, "the notebook does not answer in time"),
        ("", "catdog: error: argument COMMAND: invalid choice: 'progress' (…)", 2, "of an earlier version"),
        ("", "a line\nno space left\n", 1, "the notebook cannot tell: no space left"),
        ("", "", 137, "the notebook cannot tell: exit code 137"),
        ("hello", "", 0, "the notebook's answer cannot be read: 'hello'"),
        ("", "", 0, "cannot be read: ''"),
        ('{"opened": true}', "", 0, "cannot be read"),
    ],
)
def test_one_who_does_not_answer_is_a_row_with_the_reason(stdout: str, stderr: str, code: int | None, reason: str):
    found = row("ann", stdout, stderr, code)
    assert not found["answered"] and reason in found["problem"]
    assert set(found["done"].values()) == {None} and set(found["text"].values()) == {"?"}


class Lab:
    """Stands for a cluster of which there is a kubeconfig: what a look at the notebook's Deployment finds."""

    found: Look | Exception = Look("ns/nb", "Ready", "1 of 1 pods", {"Pod ns/nb-1": "uid"})

    def __init__(self, kubeconfig: str) -> None:
        if isinstance(self.found, Exception):
            raise self.found

    def look(self, part: dict[str, str]) -> Look:
        assert part == {"kind": "Deployment", "namespace": "ns", "name": "nb"}
        return self.found


@pytest.fixture
def module(load_plugin, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    plugin = load_plugin("modules/attendee_progress")
    monkeypatch.setattr(plugin, "Cluster", Lab)
    return plugin


def look(module: ModuleType, kubeconfig: str = __file__) -> dict[str, Any]:
    return module.look(kubeconfig, "ns", "nb", "ann", 60)


def test_the_notebooks_pod_is_asked(module: ModuleType, monkeypatch: pytest.MonkeyPatch):
    asked = []
    monkeypatch.setattr(module, "run_in_pod", lambda *given: asked.append(given) or (json.dumps(NOTHING), "", 0))
    assert look(module)["answered"]
    assert asked == [(__file__, "ns", "nb-1", "notebook", module.COMMAND, 60)]


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (Look("ns/nb", "Missing"), "the notebook ns/nb is missing: see `make status`"),
        (Look("ns/nb", "Waiting", "0 of 1 pods", {}), "the notebook ns/nb is waiting (0 of 1 pods): see `make status`"),
        (ConnectionError("refused\nby whom"), "the notebook cannot be asked: ConnectionError: refused"),
    ],
)
def test_a_notebook_that_cannot_be_asked_fails_nobody(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch, found: Look | Exception, reason: str
):
    monkeypatch.setattr(Lab, "found", found)
    assert look(module) == unseen("ann", reason)


def test_an_exec_that_fails_is_told(module: ModuleType, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr(module, "run_in_pod", refuse)
    assert look(module) == unseen("ann", "the notebook cannot be asked: TimeoutError: ")
    assert look(module, "/nowhere")["problem"] == "the notebook cannot be asked: no kubeconfig /nowhere: run `make lab`"
