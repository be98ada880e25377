"""Figures of a class: how long many labs take, what one more costs, and what they take of the machine."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import lab

INVENTORY = Path("build/bench/classroom")  # below the checkout, as make takes it
RECAP = re.compile(r"^(attendee\d+): ok=(\d+) changed=(\d+) failed=(\d+) skipped=(\d+)", re.MULTILINE)
RESET = "-e reset_confirmed=true -e reset_level"
REQUESTS = re.compile(r"^apiserver_request_total\{[^}]*\} ([0-9.e+]+)$", re.MULTILINE)


def write_class(mode: str, count: int) -> None:
    """The class's inventory: inventories/classroom with other attendees."""
    folder, source = lab.ROOT / INVENTORY, lab.ROOT / "inventories" / "classroom"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "group_vars").is_symlink():
        (folder / "group_vars").symlink_to(source / "group_vars")
    (folder / "hosts.yml").write_text((source / "hosts.yml").read_text())
    (folder / "attendees.yml").write_text(f"---\nplugin: catdog.lab.classroom\nmode: {mode}\ncount: {count}\n")


def verb(name: str, options: str = "") -> tuple[float, dict[str, int]]:
    """Runs a verb of make on the class; its seconds, and how many tasks each attendee had, without those left out."""
    command = ["make", name, f"INVENTORY={INVENTORY}", f"ARGS={options}"]
    started = time.monotonic()
    with subprocess.Popen(command, cwd=lab.ROOT, env=lab.environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = "".join(line for line in process.stdout if not print(line, end="", flush=True))
    seconds = time.monotonic() - started
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} failed: nothing was measured.")
    return seconds, {attendee: int(ok) for attendee, ok, *_ in RECAP.findall(said)}


def requests() -> float:
    """Requests that the API server has answered since it started, of all clients."""
    return sum(map(float, REQUESTS.findall(lab.kubectl_text("get", "--raw=/metrics"))))


def whole_class(mode: str, count: int) -> str:
    """A class on a cluster that is there with its operator and nothing else."""
    lab.remove_lab()
    write_class(mode, count)
    verb("lab", "--tags embedded_cluster,container_image,strimzi_operator")
    before, sampler, asked = lab.memory_used(), lab.Sampler(), requests()
    sampler.start()
    seconds, tasks = verb("lab")
    sampler.ended.set()
    share, peak = (requests() - asked) / count, (sampler.peak - before) / 1024
    again = verb("lab")[0]
    reset = verb("reset", f"{RESET}=notebook")[0]
    return (
        f"{seconds / 60:.1f} min, {seconds / count:.0f} s a seat; {peak:.1f} GiB at the peak; an attendee: "
        f"{statistics.median(tasks.values()):.0f} tasks, {share:.0f} requests to the API (of all clients); "
        f"again {again / count:.0f} s a seat, all notebooks reset {reset / count:.0f} s a seat"
    )


def one_more(mode: str) -> str:
    """The last of a class of three, on a cluster with the other two: made, made again, reset, removed."""
    lab.remove_lab()
    write_class(mode, 3)
    verb("lab", "--limit embedded,attendee1,attendee2")
    limit = "--limit attendee3"
    figures = {
        "made": verb("lab", limit)[0],
        "again": verb("lab", limit)[0],
        "reset of the notebook": verb("reset", f"{limit} {RESET}=notebook")[0],
        "reset of topic and notebook": verb("reset", f"{limit} {RESET}=all")[0],
    }
    if mode == "cluster":
        figures["reset of Kafka"] = verb("reset", f"{limit} {RESET}=kafka")[0]
    figures["removed"] = verb("teardown", limit)[0]
    return ", ".join(f"{what} {seconds:.0f} s" for what, seconds in figures.items())


def class_cluster_6() -> str:
    """Six attendees with a Kafka each (compact), all verified: time, peak memory, tasks and API requests of one."""
    return whole_class("cluster", 6)


def class_shared_1() -> str:
    """One attendee in a Kafka of the class's own: the same."""
    return whole_class("shared", 1)


def class_shared_5() -> str:
    """Five attendees who share a Kafka: the same."""
    return whole_class("shared", 5)


def class_shared_20() -> str:
    """Twenty attendees who share a Kafka: the same (bound: a seat costs no more than with five)."""
    return whole_class("shared", 20)


def one_more_cluster() -> str:
    """One more attendee with a Kafka (compact): made (bound 60 s), again (15), notebook reset (20), Kafka (70)."""
    return one_more("cluster")


def one_more_shared() -> str:
    """One more attendee in a shared Kafka: made (bound 30 s), again (15), notebook reset (20)."""
    return one_more("shared")


def one_more_full() -> str:
    """One more attendee, whose Kafka has three brokers, beside two with a compact one: made (bound 130 s)."""
    lab.remove_lab()
    write_class("cluster", 3)
    verb("lab", "--limit embedded,attendee1,attendee2")
    return f"{verb('lab', '--limit attendee3 -e lab_kafka_profile=full')[0]:.0f} s"


def teardown_6() -> str:
    """The class of class_cluster_6 removed, operator and all (bound 120 s)."""
    return f"{verb('teardown')[0]:.0f} s"


FIGURES: dict[str, Callable[[], str]] = {
    f.__name__: f
    for f in (
        class_cluster_6,
        teardown_6,
        class_shared_1,
        class_shared_5,
        class_shared_20,
        one_more_cluster,
        one_more_shared,
        one_more_full,
    )
}
