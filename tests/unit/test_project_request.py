"""Role attendee_namespace with projects, for a user who may not make namespaces: run as it is, over a stand-in API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.api_server import served
from support.projects import Projects

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[[str], str]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Runs entry points of the role, one after the other (`main,remove`); returns the recap's line."""
    Projects.projects = {}
    with served(tmp_path, Projects) as kubeconfig:

        def run(points: str) -> str:
            tasks = [
                {"ansible.builtin.include_role": {"name": "attendee_namespace", "tasks_from": point}}
                for point in points.split(",")
            ]
            options = {"kubeconfig": str(kubeconfig)}
            play = {
                "hosts": "localhost",
                "gather_facts": False,
                "strategy": "catdog.lab.linear",
                "vars": {
                    "ansible_python_interpreter": sys.executable,
                    "attendee_namespace_kind": "project",
                    "attendee_namespace_name": "ada",
                },
                "module_defaults": {"group/catdog.lab.kubernetes": options},
                "environment": {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "K8S_AUTH_NO_PROXY": "127.0.0.1"},
                "tasks": tasks,
            }
            playbook = tmp_path / "playbook.json"
            playbook.write_text(json.dumps([play]))
            result = subprocess.run(
                [
                    Path(sys.executable).with_name("ansible-playbook"),
                    "--inventory=localhost,",
                    "--connection=local",
                    playbook,
                ],
                cwd=ROOT,
                env=os.environ
                | {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_ROLES_PATH": str(ROOT / "roles")},
                capture_output=True,
                text=True,
            )
            assert result.returncode == 0, result.stdout + result.stderr
            return next(line for line in result.stdout.splitlines() if line.startswith("localhost:"))

        yield run


def test_a_project_is_requested_once_and_goes_again(run: Run):
    assert "changed=2 " in run("main,main,remove")
    assert Projects.projects == {}


def test_a_project_that_others_made_is_taken_and_left(run: Run):
    Projects.make("ada", "Ada's own")
    assert "changed=0 " in run("main,remove")
    assert list(Projects.projects) == ["ada"]


class EndedError(Exception):
    """A module's end, with what it said."""


class Module:
    """What a module sees of Ansible."""

    def __init__(self, kubeconfig: str, check_mode: bool = False) -> None:
        self.params = {"kubeconfig": kubeconfig, "name": "ada", "description": "for Ada"}
        self.check_mode = check_mode

    def fail_json(self, msg: str) -> None:
        raise EndedError(msg)

    def exit_json(self, changed: bool) -> None:
        raise EndedError(f"changed: {changed}")


@pytest.mark.parametrize(
    ("there", "may_request", "check_mode", "said", "left"),
    [
        (False, True, False, "changed: True", ["ada"]),
        (True, True, False, "changed: False", ["ada"]),
        (False, True, True, "changed: True", []),
        (False, False, False, "may not request the project ada (Forbidden): have a cluster administrator make it", []),
    ],
)
def test_a_request_makes_what_is_not_there(
    load_plugin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there, may_request, check_mode, said, left
):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(Projects, "projects", {})
    monkeypatch.setattr(Projects, "may_request", may_request)
    if there:
        Projects.make("ada", "somebody's")
    with served(tmp_path, Projects) as kubeconfig, pytest.raises(EndedError) as ended:
        load_plugin("modules/project_request").run(Module(kubeconfig, check_mode))
    assert said in str(ended.value)
    assert list(Projects.projects) == left
