"""One run at a time changes a cluster, seen through ansible-playbook itself."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.small_project import COLLECTIONS, PLAYBOOK, environment, play, write_files

PLAY = """
- hosts: here
  gather_facts: false
  tasks:
    - {ansible.builtin.file: {path: "{{ inventory_dir }}/begun", state: touch, mode: "0600"}}
    - ansible.builtin.command: sh -c "touch {{ inventory_dir }}/at_work; exec tail -f /dev/null"
      when: held | default(false) | bool
"""
FILES = {
    "ansible.cfg": f"""
[defaults]
collections_path = {COLLECTIONS}
stdout_callback = catdog.lab.lab_progress
callbacks_enabled = catdog.lab.run_lock
home = .ansible
inventory = hosts
""",
    "hosts": """
here
[all:vars]
ansible_connection=local
ansible_python_interpreter={{ansible_playbook_python}}
lab_kubeconfig={{inventory_dir}}/kubeconfig
""",
    "playbooks/site.yml": PLAY,
    "playbooks/teardown.yml": PLAY,
    "playbooks/status.yml": PLAY,
    "playbooks/before.yml": "- hosts: here\n  gather_facts: false\n",
    "other/site.yml": PLAY,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_files(tmp_path, FILES)


def children(process: int) -> list[int]:
    """Ansible's workers, each a session of its own, and what they run."""
    direct: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it may end meanwhile
        direct = [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return direct + [further for child in direct for further in children(child)]


@pytest.fixture(params=[["playbooks/site.yml"]])
def held(project: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen]:
    """A run of these playbooks that is in the middle of its work, and nothing of it afterwards."""
    line = [PLAYBOOK, *request.param, "-e", "held=true"]
    with (project / "said").open("w") as said:
        process = subprocess.Popen(line, cwd=project, env=environment(project), stdout=said, stderr=said)
    while not (project / "at_work").exists():
        assert process.poll() is None, (project / "said").read_text()
    at_work = children(process.pid)
    yield process
    for pid in [process.pid, *at_work]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def test_a_second_run_is_told_of_the_first_and_does_nothing(project: Path, held: subprocess.Popen):
    (project / "begun").unlink()
    second = play(project, "playbooks/teardown.yml")
    assert second.returncode == 1, (project / "said").read_text() + Path("/proc/locks").read_text()
    assert not (project / "begun").exists()
    assert "Nothing is run: another run works on this cluster" in second.stderr
    assert f"ansible-playbook playbooks/site.yml -e held=true, process {held.pid}, since " in second.stderr


@pytest.mark.parametrize("held", [["playbooks/before.yml", "playbooks/site.yml"]], indirect=True)
def test_a_run_of_two_playbooks_holds_others_up_to_its_end(project: Path, held: subprocess.Popen):
    second = play(project, "playbooks/teardown.yml")
    assert second.returncode == 1
    assert f"playbooks/before.yml playbooks/site.yml -e held=true, process {held.pid}, since " in second.stderr


def test_who_only_looks_is_let_through(project: Path, held: subprocess.Popen):
    assert play(project, "playbooks/status.yml").returncode == 0
    assert play(project, "playbooks/site.yml", "--check").returncode == 0
    assert play(project, "other/site.yml").returncode == 0


def test_another_cluster_is_worked_on_at_the_same_time(project: Path, held: subprocess.Popen):
    assert play(project, "playbooks/site.yml", "-e", "lab_kubeconfig=elsewhere").returncode == 0


def test_a_killed_run_holds_nobody_up_though_its_workers_live_on(project: Path, held: subprocess.Popen):
    workers = children(held.pid)
    os.kill(held.pid, signal.SIGKILL)
    held.wait()
    os.kill(workers[0], 0)
    again = play(project, "playbooks/site.yml")
    assert again.returncode == 0, again.stdout + again.stderr
