"""scripts/testing/lanes.py: scenarios side by side, each lane with its own cluster, nothing left when interrupted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from xml.etree.ElementTree import ParseError

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Takes notes of its calls; scenarios named meet-… wait for each other, those named bad-… fail their test.
MOLECULE = """#!/bin/sh
echo "$1 $4 lane $CATDOG_LAB_TEST_LANE keep $CATDOG_LAB_KEEP_CLUSTER" >>calls
echo "$1 of $4 begins"
case $1-$4 in
    test-meet-*)
        mkfifo meet 2>/dev/null || true
        if [ "$4" = meet-one ]; then echo >meet; else read -r _ <meet; fi ;;
    test-bad-*) exit 1 ;;
esac
echo "$1 of $4 ends"
"""
SHARED = "import_playbook: ../shared/playbooks/cleanup.yml\n"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    from testing import lanes

    return lanes


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "build").mkdir()
    (tmp_path / "molecule-test").write_text(MOLECULE)
    (tmp_path / "molecule-test").chmod(0o755)
    return tmp_path


Run = Callable[..., "tuple[list[str], list[str]]"]


@pytest.fixture
def run(module: ModuleType, checkout: Path) -> Run:
    """Run scenarios in lanes: those named alone-… with a clean-up of their own. Returns what passed and what failed."""

    def run(*names: str, count: int) -> tuple[list[str], list[str]]:
        for name in names:
            folder = checkout / "molecule" / name
            folder.mkdir(parents=True)
            (folder / "cleanup.yml").write_text("own\n" if name.startswith("alone") else SHARED)
        lanes = module.Lanes(checkout, [str(checkout / "molecule-test")], module.Commands())
        lanes.run(list(names), count)
        return lanes.passed, lanes.failed

    return run


def calls(checkout: Path) -> list[str]:
    return (checkout / "calls").read_text().splitlines()


def test_the_tree_s_scenarios_share_a_cluster_and_the_long_ones_exist(module):
    lanes = module.Lanes(ROOT, [], module.Commands())
    names = {path.parent.name for path in ROOT.glob("molecule/*/molecule.yml")}
    assert set(module.LONGEST) <= names
    assert {name for name in names if not lanes.shares(name)} == {"container_image", "embedded_cluster", "preflight"}


def test_those_that_share_a_cluster_come_last_the_longest_of_each_first(module):
    lanes = module.Lanes(ROOT, [], module.Commands())
    names = ["container_image", "default", "embedded_cluster", "kafka_topic", "operator_contract", "preflight"]
    assert lanes.ordered(names) == [
        "embedded_cluster",
        "container_image",
        "preflight",
        "default",
        "operator_contract",
        "kafka_topic",
    ]


def test_two_lanes_work_at_once_on_clusters_of_their_own_and_are_told_one_after_the_other(run, checkout, capsys):
    assert sorted(run("meet-one", "meet-two", count=2)[0]) == ["meet-one", "meet-two"]
    assert sorted(line.split(" lane ")[1] for line in calls(checkout) if line.startswith("test")) == [
        "1 keep yes",
        "2 keep yes",
    ]
    said = capsys.readouterr().out
    for name in ("meet-one", "meet-two"):
        block = [f"{what} of {name} {when}" for what in ("cleanup", "test", "cleanup") for when in ("begins", "ends")]
        assert "\n".join([*block, f"scenario {name}: passed"]) in said
        assert (checkout / f"build/logs/{name}.log").read_text().splitlines() == block


def test_a_lane_keeps_its_cluster_for_the_next_scenario_and_removes_it_after_the_last(run, checkout, capsys):
    run("alone", "first", "second", count=1)
    assert calls(checkout) == [
        "test alone lane 1 keep ",
        "cleanup first lane 1 keep ",
        "test first lane 1 keep yes",
        "test second lane 1 keep yes",
        "cleanup second lane 1 keep ",
    ]
    said = capsys.readouterr().out
    for name in ("alone", "first", "second"):
        assert said.count((checkout / f"build/logs/{name}.log").read_text()) == 1
    assert "scenario second (3 of 3)\ntest of second begins\n" in said  # as it goes, not when it has ended


def test_a_single_scenario_removes_its_cluster_itself_after_what_an_interrupted_run_left(run, checkout):
    run("only", count=2)
    assert calls(checkout) == ["cleanup only lane 1 keep ", "test only lane 1 keep "]


@pytest.mark.parametrize("count", [1, 2])
def test_after_a_failure_the_others_run_and_its_lane_begins_with_a_new_cluster(run, checkout, capfd, count: int):
    passed, failed = run("bad-one", "first", "second", count=count)
    assert (sorted(passed), failed) == (["first", "second"], ["bad-one"])
    made = calls(checkout)
    lane = made[[line.split(" lane")[0] for line in made].index("test bad-one")].split()[3]
    of_lane = [line for line in made if f"lane {lane} " in line]
    assert of_lane[1:3] == [f"test bad-one lane {lane} keep yes", f"cleanup bad-one lane {lane} keep "]
    said = capfd.readouterr().out
    assert "test of bad-one begins\n" in said and "scenario bad-one: failed after 0:0" in said


@pytest.mark.parametrize("status", [0, 1])
def test_a_scenario_that_runs_checks_tells_how_many(run, checkout, capsys, status: int):
    report = '<testsuites><testsuite tests="4" failures="1" errors="0" skipped="1"/></testsuites>'
    (checkout / "molecule-test").write_text(f"#!/bin/sh\necho '{report}' >build/alone.xml\nexit {status}\n")
    assert run("alone", count=1) == ((["alone"], []) if status == 0 else ([], ["alone"]))
    assert capsys.readouterr().out.endswith(": 2 passed, 1 failed, 1 skipped\n")


def test_a_scenario_that_ended_before_its_checks_tells_none_of_an_earlier_run(run, checkout, capsys):
    (checkout / "build/bad-one.xml").write_text("of an earlier run")
    assert run("bad-one", count=1) == ([], ["bad-one"])
    assert "scenario bad-one: failed after 0:00\n" in capsys.readouterr().out


def test_a_lane_that_cannot_go_on_ends_the_other_one(run, checkout):
    (checkout / "molecule-test").write_text(
        '#!/bin/sh\n[ "$4" = other ] || exec sleep 600\necho bad >build/other.xml\n'
    )
    with pytest.raises(ParseError):
        run("one", "other", "third", count=2)


@pytest.mark.parametrize(("memory", "expected"), [(8 * 1024**3, 1), (20 * 1024**3, 2)])
def test_the_number_of_lanes_goes_by_free_memory(module, monkeypatch, memory: int, expected: int):
    monkeypatch.setattr(module, "available_memory", lambda: memory)
    assert module.lane_count("") == expected
    assert (module.lane_count("1"), module.lane_count("2")) == (1, 2)


def test_free_memory_is_less_than_all_of_it(module):
    assert 0 < module.available_memory() < os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def is_running(pid: str) -> bool:
    """Whether a process is there and has not ended; what killed orphans leave is for the machine's first process."""
    try:
        return "State:\tZ" not in Path("/proc", pid, "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


INTERRUPTED = """
import signal, sys
from pathlib import Path
from testing.commands import Commands
from testing.lanes import Lanes
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell began the tests in the background
Lanes(Path.cwd(), ["./molecule-test"], Commands(patience=float(sys.argv[1]))).run(["one", "two", "three"], 2)
"""


@pytest.mark.parametrize(("trap", "patience"), [("echo orderly >>ends; exit", 60), ("", 1)])
def test_an_interruption_ends_both_lanes_with_all_that_they_began(checkout, trap: str, patience: float):
    """Commands that end in order are let do so; those that do not are killed, with what they began."""
    child = "sh -c 'echo $$ >>began; exec sleep 600'"
    (checkout / "molecule-test").write_text(f"#!/bin/sh\ntrap '{trap}' TERM\n{child} &\necho $$ >>began\nwait\n")
    os.mkfifo(checkout / "began")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    command = [sys.executable, "-c", INTERRUPTED, str(patience)]
    with subprocess.Popen(command, cwd=checkout, env=environment, stderr=subprocess.DEVNULL) as process:
        with os.fdopen(os.open(checkout / "began", os.O_RDWR)) as began:  # written, too: it has no end
            pids = [began.readline().strip() for _ in range(4)]
        process.send_signal(2)
        assert process.wait(timeout=60) != 0
    assert [pid for pid in pids if is_running(pid)] == []
    if trap:
        assert (checkout / "ends").read_text() == "orderly\n" * 2
