"""scripts/testing/logs.py: the excerpt that the end of a run shows of what failed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAILED = """
FAILED: localhost, step 2/2, kafka_topic, after 01:02
  task: kafka_topic : wait | Wait for the topic (roles/kafka_topic/tasks/wait.yml:3)
"""
BEFORE = """INFO     default > converge: executing

Failed, and what follows deals with it: localhost, step 1/2, Verification, after 00:01
  task: create | Run kind (roles/embedded_cluster/tasks/create.yml:30)
  kind is tired
"""
CLEANUP = """  try again: ansible-playbook verify.yml

\x1b[31mCRITICAL Ansible return code was 2\x1b[0m
cleanup | Remove all
"""


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    from testing import logs

    return logs


def excerpt(module: ModuleType, folder: Path, text: str) -> list[str]:
    (folder / "scenario.log").write_text(text)
    return module.scenario_failure(folder / "scenario.log")


def test_the_task_that_failed_is_told_with_its_message(module, tmp_path):
    message = "  The topic rhte is not Ready:\n\n  NotReady\n"
    said = excerpt(module, tmp_path, BEFORE + FAILED + message + CLEANUP + FAILED)
    assert said == [*FAILED.strip("\n").splitlines(), "  The topic rhte is not Ready:", "  NotReady"]


def test_a_failure_that_the_scenario_provoked_and_rescued_is_not_told(module, tmp_path):
    provoked = (
        FAILED.replace("kafka_topic", "strimzi_operator") + "  The operator stays.\n  try again: ansible-playbook\n"
    )
    said = excerpt(module, tmp_path, provoked + FAILED + "  No answer.\n" + CLEANUP)
    assert said == [*FAILED.strip("\n").splitlines(), "  No answer."]


def test_of_a_loop_the_first_item_that_failed_is_told(module, tmp_path):
    task = FAILED.splitlines()[2]
    items = "".join(f"\nFailed for {item}: localhost, step 2/2\n{task}\n  no {item}\n" for item in ("a", "b"))
    other = "\nFailed for x: localhost, step 1/2\n  task: other\n  no x\n"
    said = excerpt(module, tmp_path, other + items + FAILED + "  One or more items failed\n" + CLEANUP)
    assert said[2:] == ["  no a", "  One or more items failed"]


@pytest.mark.parametrize(
    ("inner", "first"),
    [
        ("    FAILED: localhost, step 7/9, notebook\n      task: notebook : wait\n      No pod.\n", "localhost"),
        ("    FAILED tests/operator_contract/test_users.py::test_acl - assert 1 == 2\n", "tests/operator_contract"),
    ],
)
def test_a_playbook_or_tests_within_the_task_are_told_where_they_failed(module, tmp_path, inner: str, first: str):
    said = excerpt(module, tmp_path, FAILED + "  stdout:\n" + "    much\n" * 20 + inner + CLEANUP)
    assert len(said) == 2 + len(inner.splitlines())
    assert first in said[2]


def test_many_and_long_lines_are_cut(module, tmp_path):
    said = excerpt(module, tmp_path, FAILED + ("  " + "x" * 500 + "\n") * 20)
    assert len(said) == 8
    assert {len(line) for line in said[2:]} == {200}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ok\n" + CLEANUP, ["CRITICAL Ansible return code was 2", "cleanup | Remove all"]),
        ("first\n" + "\n\n".join(map(str, range(12))), [str(number) for number in range(4, 12)]),
        ("", []),
    ],
)
def test_without_such_a_task_molecule_s_complaint_is_told_or_the_end(module, tmp_path, text: str, said: list[str]):
    assert excerpt(module, tmp_path, text) == said


def test_a_log_that_is_not_there_has_no_excerpt(module, tmp_path):
    assert module.scenario_failure(tmp_path / "none.log") == []
    assert module.first_lines(tmp_path / "none.log") == []


def test_failed_unit_tests_are_named_with_why(module, tmp_path):
    (tmp_path / "test_one.py").write_text("def test_good(): pass\ndef test_bad(): assert 1 == 2, 'why\\nmore'\n")
    command = [sys.executable, "-m", "pytest", "-q", "--junitxml=report.xml", "-p", "no:cacheprovider"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert module.failed_tests(tmp_path / "report.xml") == ["test_one::test_bad: AssertionError: why"]


def test_what_is_added_to_a_log_is_shown_and_nothing_of_before(module, tmp_path, capsys):
    (tmp_path / "scenario.log").write_text("before\n")
    with (tmp_path / "scenario.log").open("a") as log, module.shown_as_it_grows(log):
        subprocess.run(["echo", "added"], stdout=log, check=True)
    assert capsys.readouterr().out == "added\n"
