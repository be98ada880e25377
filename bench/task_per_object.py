"""Figure: what the roles ask of Ansible and of the API for an attendee, beside a playbook with a task for each object.

Both go through `kubectl proxy`, whose log has a line a request. The playbook for comparison is written from what the
roles made: an object a task, applied by kubernetes.core.k8s, and after those that take time a look every five seconds
until they are ready, which are Ansible's own defaults. It checks nothing, refuses nothing and asks no Kafka.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import classroom
import lab

FOLDER = lab.ROOT / "build" / "bench"
PROXY_PORT = 28001
ADDRESS = f"http://127.0.0.1:{PROXY_PORT}"
ATTENDEE = "attendee2"
# Those that say by a condition whether they are Ready; and a Deployment, which says so by another.
READY = {"Kafka": "Ready", "KafkaTopic": "Ready", "KafkaUser": "Ready", "Deployment": "Available"}
# In the order in which somebody would write them down.
KINDS = (
    "namespaces", "rolebindings", "kafkanodepools", "kafkas", "kafkatopics", "kafkausers", "secrets", "configmaps",
    "services", "deployments",
)  # fmt: skip
KEPT = ("name", "namespace", "labels")
TAGS = "attendee_namespace,kafka_cluster,kafka_topic,kafka_user,notebook"
RECAP = re.compile(r"ok=(\d+) +changed=\d+ +(?:unreachable=0 +)?failed=0")


@contextlib.contextmanager
def counted() -> Iterator[Callable[[], int]]:
    """A proxy to the lab's API at ADDRESS; what it gives tells how many requests it has passed on."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    log = FOLDER / "proxy.log"
    command = [str(lab.STATE / "bin" / "kubectl"), "--kubeconfig", str(lab.STATE / "kubeconfig")]
    command += ["proxy", f"--port={PROXY_PORT}", "--reject-paths=^$", "--v=6"]  # pods/exec, too
    with log.open("w") as written, subprocess.Popen(command, stdout=written, stderr=written) as proxy:
        try:
            wait_for_proxy(proxy)
            before = requests(log)
            yield lambda: requests(log) - before
        finally:
            proxy.terminate()


def wait_for_proxy(proxy: subprocess.Popen[bytes]) -> None:
    """Until it answers; ends the measurement where it has ended."""
    while proxy.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{ADDRESS}/version"):
            return
        time.sleep(0.1)
    sys.exit(f"kubectl proxy ended, see {FOLDER / 'proxy.log'}: nothing was measured.")


def requests(log: Path) -> int:
    """Lines of the proxy's log that tell of a request."""
    return log.read_text().count("Filter accepting ")


def kubeconfig() -> Path:
    """One that leads to the proxy."""
    path = FOLDER / "proxy.kubeconfig"
    context = {"name": "proxy", "context": {"cluster": "proxy", "user": "proxy"}}
    path.write_text(
        json.dumps(
            {"apiVersion": "v1", "kind": "Config", "current-context": "proxy", "contexts": [context]}
            | {
                "clusters": [{"name": "proxy", "cluster": {"server": ADDRESS}}],
                "users": [{"name": "proxy", "user": {}}],
            }
        )
    )
    return path


def objects() -> list[dict[str, Any]]:
    """What the roles made for the attendee, as it would stand in a file."""
    namespace = f"rhte2019-{ATTENDEE}"
    found = []
    for kind in KINDS:
        where = ["--field-selector", f"metadata.name={namespace}"] if kind == "namespaces" else ["-n", namespace]
        for item in lab.kubectl("get", kind, *where)["items"]:
            about = item["metadata"]
            # What the operator or Kubernetes made of them is not somebody's to write down.
            if about.get("ownerReferences") or about["name"] == "kube-root-ca.crt":
                continue
            item.pop("status", None)
            found.append(item | {"metadata": {key: about[key] for key in KEPT if key in about}})
    return found


def playbook(made: list[dict[str, Any]], through: Path) -> list[dict[str, Any]]:
    """The play with a task an object, and a look until it is ready."""
    tasks: list[dict[str, Any]] = []
    for item in made:
        tasks.append({"kubernetes.core.k8s": {"state": "present", "definition": item}})
        if condition := READY.get(item["kind"]):
            name = {key: item["metadata"][key] for key in ("name", "namespace")}
            asked = {"api_version": item["apiVersion"], "kind": item["kind"], **name}
            ready = f"conditions | selectattr('type', 'eq', '{condition}') | selectattr('status', 'eq', 'True')"
            tasks.append(
                {"kubernetes.core.k8s_info": asked, "register": "seen", "retries": 120, "delay": 5}
                | {"until": f"seen.resources[0].status.{ready} | list | length > 0"}
            )
    modules = {"group/kubernetes.core.k8s": {"kubeconfig": str(through)}}
    return [{"hosts": "localhost", "gather_facts": False, "module_defaults": modules, "tasks": tasks}]


def by_hand(made: list[dict[str, Any]], through: Path) -> int:
    """Runs the playbook for comparison; how many tasks it had."""
    path = FOLDER / "task_per_object.yml"
    path.write_text(json.dumps(playbook(made, through)))
    command = [str(lab.ROOT / ".venv" / "bin" / "ansible-playbook"), "-i", "localhost,", "-c", "local", str(path)]
    environment = lab.environment() | {"ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default", "ANSIBLE_NOCOLOR": "1"}
    environment |= {"ANSIBLE_CALLBACKS_ENABLED": "", "ANSIBLE_STRATEGY": "ansible.builtin.linear"}
    ended = subprocess.run(command, cwd=lab.ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode != 0 or not (recap := RECAP.search(ended.stdout)):
        sys.exit(f"{ended.stdout[-2000:]}\nThe playbook for comparison failed: nothing was measured.")
    return int(recap[1])


def task_per_object() -> str:
    """One attendee's namespace, Kafka, topics, users, notebook: tasks and API requests, beside a task an object."""
    lab.remove_lab()
    classroom.write_class("cluster", 2)
    store = "-e lab_object_store=none -e lab_isolation=false"
    classroom.verb("lab", f"--limit embedded,attendee1 {store}")
    limit, through = f"--limit {ATTENDEE} {store}", kubeconfig()
    with counted() as asked:
        seconds, tasks = classroom.verb("lab", f"{limit} --tags {TAGS} -e lab_kubeconfig={through}")
        ours = asked()
    made = objects()
    classroom.verb("teardown", limit)
    with counted() as asked:
        started = time.monotonic()
        others = by_hand(made, through)
        theirs, their_seconds = asked(), time.monotonic() - started
    classroom.verb("teardown", limit)
    return (
        f"{len(made)} objects; the roles: {tasks[ATTENDEE]} tasks, {ours} requests, {seconds:.0f} s; "
        f"a task an object: {others} tasks, {theirs} requests, {their_seconds:.0f} s"
    )


FIGURES: dict[str, Callable[[], str]] = {f.__name__: f for f in (task_per_object,)}
