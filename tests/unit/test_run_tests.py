"""scripts/run-tests: what it is asked for, and what it tells of it."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "run-tests"
REPORT = """<testsuites><testsuite tests="4" failures="1" errors="0" skipped="1"/></testsuites>"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module that writes below a folder of the test's own, run as root."""
    loader = importlib.machinery.SourceFileLoader("run_tests", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("run_tests", loader))
    loader.exec_module(module)
    monkeypatch.setattr(module, "BUILD", tmp_path)
    monkeypatch.setattr(module.os, "geteuid", lambda: 0)
    return module


def test_a_scenario_that_is_not_there_is_named():
    result = subprocess.run([str(SCRIPT), "scenario", "no-such"], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "No scenario no-such in molecule/" in result.stderr


@pytest.mark.parametrize("status", [0, 1])
def test_a_scenario_that_runs_checks_tells_how_many(script, tmp_path, monkeypatch, capsys, status: int):
    (tmp_path / "operator_contract.xml").write_text("of an earlier run")

    def run(command: list[str]) -> int:
        (tmp_path / "operator_contract.xml").write_text(REPORT)
        return status

    monkeypatch.setattr(script, "run", run)
    failures: list[str] = []
    counts = script.scenarios(["operator_contract"], failures)
    assert counts == {"failed" if status else "passed": 1} and bool(failures) == bool(status)
    assert capsys.readouterr().out.endswith(": 2 passed, 1 failed, 1 skipped\n")


def test_a_scenario_that_ended_before_its_checks_tells_none(script, tmp_path, monkeypatch, capsys):
    (tmp_path / "operator_contract.xml").write_text(REPORT)
    monkeypatch.setattr(script, "run", lambda command: 1)
    assert script.scenarios(["operator_contract"], []) == {"failed": 1}
    assert capsys.readouterr().out.endswith("failed after 0:00\n")
