"""Figures of the lab: how long it takes to come up, and how much memory."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = Path("/var/lib/catdog-lab/catdog-lab")


def memory_used() -> int:
    """MiB of the machine's memory that are in use and could not be had back."""
    values = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    return (int(values["MemTotal"].split()[0]) - int(values["MemAvailable"].split()[0])) // 1024


class Sampler(threading.Thread):
    """Keeps the most memory used while it runs, one look a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak, self.ended = memory_used(), threading.Event()

    def run(self) -> None:
        while not self.ended.wait(1):
            self.peak = max(self.peak, memory_used())


def environment() -> dict[str, str]:
    """This process's, without what `make bench` was given (FIGURE): that is not for a make of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "INVENTORY"))}


def make(*words: str, **variables: str) -> float:
    """Runs make and returns its seconds; ends the measurement where it fails."""
    started = time.monotonic()
    if subprocess.run(["make", *words], cwd=ROOT, env=environment() | variables, check=False).returncode != 0:
        sys.exit(f"make {' '.join(words)} failed: nothing was measured.")
    return time.monotonic() - started


def kubectl_text(*words: str, document: str | None = None) -> str:
    """What kubectl prints of the lab's cluster; `document` is its standard input."""
    command = [str(STATE / "bin" / "kubectl"), "--kubeconfig", str(STATE / "kubeconfig"), *words]
    return subprocess.run(command, input=document, stdout=subprocess.PIPE, text=True, check=True).stdout


def kubectl(*words: str) -> dict:
    """What the lab's cluster answers, as JSON."""
    return json.loads(kubectl_text(*words, "--output=json"))


def moment(text: str) -> datetime.datetime:
    """A time as Kubernetes writes it."""
    return datetime.datetime.fromisoformat(text)


def ready_since(item: dict) -> datetime.datetime | None:
    """Since when a resource is Ready, None where it is not."""
    conditions = item.get("status", {}).get("conditions", [])
    times = [c["lastTransitionTime"] for c in conditions if (c["type"], c["status"]) == ("Ready", "True")]
    return moment(times[0]) if times else None


def full_kafka(options: str = "") -> None:
    """The lab's Kafka and topic in the profile full, made by an operator that is started for it; more of `make lab`'s
    options make more of it."""
    make("lab", "ARGS=--tags embedded_cluster,container_image")
    make("teardown")
    tags = "strimzi_operator,attendee_namespace,kafka_cluster,kafka_topic,kafka_user"
    make("lab", f"ARGS=--tags {tags} -e lab_kafka_profile=full {options}")


def remove_lab() -> None:
    """Removes the lab, if it may."""
    if STATE.exists() and os.environ.get("REMOVE_LAB") != "yes":
        sys.exit(
            f"A lab is on this machine ({STATE}), and this figure begins without one: set REMOVE_LAB=yes to remove it."
        )
    make("clean")
    if STATE.exists():
        sys.exit(f"{STATE} stayed, as another checkout made it: nothing was measured.")


def lab_cold() -> str:
    """First make lab, all caches empty (bound 20 min). The lab's own cache stays as it is; the new one is removed."""
    remove_lab()
    cache = Path(os.environ["CATDOG_LAB_CACHE"] + "-bench")
    shutil.rmtree(cache, ignore_errors=True)
    try:
        seconds = make("lab", CATDOG_LAB_CACHE=str(cache))
    finally:
        make("distclean", CATDOG_LAB_CACHE=str(cache))
    return f"{seconds / 60:.1f} min"


def lab_warm() -> str:
    """make lab after make clean, the build cache full (bound 6 min)."""
    remove_lab()
    return f"{make('lab') / 60:.1f} min"


def lab_running() -> str:
    """make lab on a running lab (bound 60 s)."""
    make("lab")
    return f"{make('lab'):.0f} s"


def operator_ready() -> str:
    """Profile full: from the operator's start until Kafka and topic are Ready (bound 100 s)."""
    full_kafka()
    deployment = kubectl("get", "deployment", "strimzi-cluster-operator", "--namespace=amq-streams")
    begin = moment(deployment["metadata"]["creationTimestamp"])
    ends = []
    for kind in ("kafka", "kafkatopic"):
        for item in kubectl("get", f"{kind}.kafka.strimzi.io", "--namespace=rhte2019")["items"]:
            since = ready_since(item)
            if since is None:
                sys.exit(f"{kind} {item['metadata']['name']} is not Ready: nothing was measured.")
            ends.append(since)
    return f"{(max(ends) - begin).total_seconds():.0f} s"


def memory() -> str:
    """Peak memory of the whole lab over what the machine used before, from nothing to its verified end, cache full."""
    remove_lab()
    before, sampler = memory_used(), Sampler()
    sampler.start()
    make("lab")
    make("verify")
    sampler.ended.set()
    return f"{(sampler.peak - before) / 1024:.1f} GiB"


FIGURES: dict[str, Callable[[], str]] = {
    f.__name__: f for f in (lab_cold, lab_warm, lab_running, operator_ready, memory)
}
