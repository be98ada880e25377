"""Molecule scenarios in lanes: side by side, and in each lane one after the other on a cluster of the lane's own.

A scenario goes to the lane that is free first. The lanes' names and ports are in molecule/shared/inventory. What a
scenario says goes to build/logs/<scenario>.log; of two lanes it is shown when it ends, one lane prints as it goes.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from testing.commands import Commands
from testing.counts import announce, counted, format_counts
from testing.logs import shown_as_it_grows

MOST = 2  # the tests' inventory has ports for as many
# Free memory in bytes that two lanes need: one has the whole lab, the other the contract suite's Kafkas.
LEAST_MEMORY = 12 * 1024**3
# Begun before others, so that the lanes end at about the same time.
LONGEST = (
    "embedded_cluster",
    "operator_contract",
    "classroom",
    "default",
    "isolation",
    "openshift",
    "reset",
    "streaming",
    "teardown",
)
SHARED_CLEANUP = "../shared/playbooks/cleanup.yml"


@dataclass(frozen=True)
class Place:
    """Where a scenario runs: its lane, its number among all, and its log."""

    lane: int
    number: int
    log: Path


def available_memory() -> int:
    """Memory in bytes that this machine can give to new processes."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")) * 1024


def lane_count(wanted: str) -> int:
    """How many lanes to work in: as wanted, or, where that is empty, by memory. Raises ValueError."""
    if not wanted:
        return MOST if available_memory() >= LEAST_MEMORY else 1
    if wanted not in [str(count) for count in range(1, MOST + 1)]:
        raise ValueError(f"CATDOG_LAB_TEST_LANES is '{wanted}': give a number from 1 to {MOST}, or leave it unset.")
    return int(wanted)


class Lanes:
    """Runs scenarios, all of them whatever fails; `passed` and `failed` are their names as they end."""

    def __init__(self, root: Path, molecule: list[str], commands: Commands) -> None:
        """Takes the checkout, how Molecule is called, and what begins and ends commands."""
        self.root, self.molecule, self.commands = root, molecule, commands
        self.passed: list[str] = []
        self.failed: list[str] = []
        self._lock = threading.Lock()  # of what waits, and of what is printed
        self._cleared: set[int] = set()  # lanes without what an interrupted run left

    def shares(self, name: str) -> bool:
        """Whether a scenario can work on the cluster that the one before it made, and leave it to the next one."""
        cleanup = self.root / "molecule" / name / "cleanup.yml"
        return cleanup.exists() and SHARED_CLEANUP in cleanup.read_text()

    def log(self, name: str) -> Path:
        """Where a scenario's output is kept."""
        return self.root / "build" / "logs" / f"{name}.log"

    def ordered(self, names: list[str]) -> list[str]:
        """Those that share last, so that a lane makes one cluster for all of them; else the longest first."""
        return sorted(names, key=lambda name: (self.shares(name), name not in LONGEST, name))

    def run(self, names: list[str], count: int) -> None:
        """Runs the scenarios in at most `count` lanes; whatever interrupts it ends what runs in all of them."""
        self._waiting = deque(enumerate(self.ordered(names), start=1))
        self._total = len(names)
        self._keep = sum(map(self.shares, names)) > 1
        self._lanes = min(count, len(names))
        # Not by futures: an interruption in the midst of their locks would leave one held, and the lanes no end.
        ended: SimpleQueue[BaseException | None] = SimpleQueue()
        lanes = [threading.Thread(target=self._work, args=(number, ended)) for number in range(1, self._lanes + 1)]
        try:
            for lane in lanes:
                lane.start()
            for _ in lanes:
                if failure := ended.get():
                    raise failure
        except BaseException:
            self.commands.end()
            raise
        finally:
            for lane in lanes:
                if lane.ident:
                    lane.join()

    def _work(self, lane: int, ended: SimpleQueue[BaseException | None]) -> None:
        """Works on scenarios until none waits; `ended` gets what ended it before."""
        try:
            following = self._next()
            while following:
                following = self._scenario(lane, *following)
        except BaseException as failure:
            ended.put(failure)
        else:
            ended.put(None)

    def _next(self) -> tuple[int, str] | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _scenario(self, lane: int, number: int, name: str) -> tuple[int, str] | None:
        """Runs a scenario in a lane and returns what waits after it."""
        place = Place(lane, number, self.log(name))
        self._tell_begin(name, place)
        started = time.monotonic()
        (self.root / "build" / f"{name}.xml").unlink(missing_ok=True)  # of a scenario that runs pytest
        kept = self._keep and self.shares(name)
        failed = False
        if self.shares(name) and lane not in self._cleared:
            failed = self._call("cleanup", name, place, False) != 0
            self._cleared.add(lane)
        failed |= self._call("test", name, place, kept) != 0
        following = self._next()
        if kept and (failed or not following):  # after a failure the next one begins with a new cluster
            failed |= self._call("cleanup", name, place, False) != 0
        self._tell_end(name, place, failed, int(time.monotonic() - started))
        return following

    def _call(self, what: str, name: str, place: Place, keep: bool) -> int:
        command = [*self.molecule, what, "--no-command-borders", "--scenario-name", name]
        names = {"CATDOG_LAB_TEST_LANE": str(place.lane), "CATDOG_LAB_KEEP_CLUSTER": "yes" if keep else ""}
        environment = {**os.environ, **names, "PYTHONUNBUFFERED": "yes"}
        with place.log.open("a") as log, shown_as_it_grows(log) if self._lanes == 1 else contextlib.nullcontext():
            return self.commands.run(command, cwd=self.root, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def _tell_begin(self, name: str, place: Place) -> None:
        heading = f"scenario {name} ({place.number} of {self._total})"
        place.log.parent.mkdir(parents=True, exist_ok=True)
        place.log.write_text("")
        with self._lock:
            if self._lanes == 1:
                announce(heading)
                return
            where = place.log.relative_to(self.root)
            print(f"\n{time.strftime('%H:%M:%S')} lane {place.lane} begins {heading}, log: {where}", flush=True)

    def _tell_end(self, name: str, place: Place, failed: bool, seconds: int) -> None:
        report = self.root / "build" / f"{name}.xml"
        checks = f": {format_counts(counted(report))}" if report.exists() else ""
        with self._lock:
            if self._lanes > 1:
                announce(f"lane {place.lane}: scenario {name} ({place.number} of {self._total})")
                print(place.log.read_text(errors="replace").rstrip())
            result = f"{'failed' if failed else 'passed'} after {seconds // 60}:{seconds % 60:02}"
            print(f"scenario {name}: {result}{checks}", flush=True)
            (self.failed if failed else self.passed).append(name)
