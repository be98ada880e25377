"""scripts/run-tests: what it is asked for, what it counts, and that nothing of it is left when it is interrupted."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "run-tests"


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module that writes below a folder of the test's own."""
    monkeypatch.syspath_prepend(SCRIPT.parent)
    loader = importlib.machinery.SourceFileLoader("run_tests", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("run_tests", loader))
    loader.exec_module(module)
    monkeypatch.setattr(module, "BUILD", tmp_path)
    return module


def run_script(*arguments: str, **variables: str) -> subprocess.CompletedProcess:
    command = ["env", *(f"{name}={value}" for name, value in variables.items()), str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_scenario_that_is_not_there_is_named():
    result = run_script("scenario", "no-such")
    assert result.returncode == 2
    assert "No scenario no-such in molecule/" in result.stderr


def test_a_number_of_lanes_that_there_is_not_is_refused():
    result = run_script("all", CATDOG_LAB_TEST_LANES="3")
    assert result.returncode == 2
    assert "CATDOG_LAB_TEST_LANES is '3': give a number from 1 to 2" in result.stderr


def test_without_root_each_scenario_counts_as_failed(script, monkeypatch, capsys):
    monkeypatch.setattr(script.os, "geteuid", lambda: 1000)
    tally = script.Tally()
    script.scenarios(["preflight", "default"], 2, tally)
    assert tally.counts == {"failed": 2}
    assert tally.failures == ["scenarios: preflight, default need root"]
    assert "run make test as root" in capsys.readouterr().out


@pytest.mark.parametrize(("status", "failed"), [(0, 0), (1, 1), (3, 1)])
def test_unit_tests_are_counted_by_their_report(script, tmp_path, monkeypatch, status: int, failed: int):
    case = '<testcase classname="unit.test_a" name="test_b"><failure message="not so"/></testcase>' * (status == 1)
    counts = f'tests="4" failures="{int(status == 1)}" errors="0" skipped="1"'
    report = f"<testsuites><testsuite {counts}>{case}</testsuite></testsuites>"

    def run(command: list[str]) -> int:
        (tmp_path / "unit.xml").write_text(report)
        return status

    monkeypatch.setattr(script, "run", run)
    tally = script.Tally()
    script.unit(tally)
    assert tally.counts["failed"] == failed and tally.counts["skipped"] == 1
    told = f"unit tests: {failed} failed" + "\n    unit.test_a::test_b: not so" * (status == 1)
    assert tally.failures == ([told] if failed else [])


@pytest.mark.parametrize("built_before", [True, False])
def test_tests_over_a_kafka_run_once_its_jars_are_there(script, tmp_path, monkeypatch, built_before: bool):
    """With empty caches the unit tests have none to start, and the scenarios make it."""
    mark = tmp_path / "kafka" / "4.3.1.pom"
    mark.parent.mkdir()
    if built_before:
        mark.touch()
    began: list[str] = []
    monkeypatch.setenv("CATDOG_LAB_CACHE", str(tmp_path))
    monkeypatch.delenv("CATDOG_KAFKA_JARS", raising=False)
    monkeypatch.setattr(script, "Lint", lambda: SimpleNamespace(tell=lambda tally: None))
    monkeypatch.setattr(script, "scenarios", lambda *_: mark.touch())
    monkeypatch.setattr(script, "pytest", lambda what, report, arguments, tally: began.append(what))
    script.run_parts("all", ["default"], [], 1, script.Tally())
    assert began == ["unit tests", *([] if built_before else ["unit tests over a local Kafka"])]


def test_a_failed_scenario_is_told_with_an_excerpt_of_its_log(script, tmp_path, monkeypatch):
    """The last lines of a run are all that some see of it."""
    said = "FAILED: localhost, step 1/1, Verify\n  task: Look (molecule/one/verify.yml:3)\n  No such thing.\n"
    (tmp_path / "molecule").write_text(f"#!/bin/sh\nprintf '%s' '{said}'\nexit 1\n")
    (tmp_path / "molecule").chmod(0o755)
    monkeypatch.setattr(script, "BIN", tmp_path)
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script.os, "geteuid", lambda: 0)
    (tmp_path / "build").mkdir()
    tally = script.Tally()
    script.scenarios(["one"], 1, tally)
    assert tally.failures == ["scenario one: make test-role ROLE=one\n    " + "\n    ".join(said.splitlines())]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_what_runs_and_tells_what_it_has(tmp_path, number: signal.Signals):
    """A linter passes, the next one waits for a process that it began."""
    shutil.copytree(SCRIPT.parent, tmp_path / "scripts")
    programs = tmp_path / ".venv-test" / "bin"
    programs.mkdir(parents=True)
    (programs / "ruff").write_text("#!/bin/sh\n")
    (programs / "yamllint").write_text("#!/bin/sh\nmkfifo began ended\ncat <ended &\necho >began\nwait\n")
    for program in programs.iterdir():
        program.chmod(0o755)
    with subprocess.Popen([tmp_path / "scripts/run-tests", "lint"], stdout=subprocess.PIPE, text=True) as process:
        while not (tmp_path / "began").exists():
            assert process.poll() is None
        (tmp_path / "began").read_text()
        process.send_signal(number)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted" in said
    with pytest.raises(OSError, match="No such device or address"):  # nobody reads it any more
        os.open(tmp_path / "ended", os.O_WRONLY | os.O_NONBLOCK)
