"""Strategy `catdog.lab.linear`: hosts at the same time, no forks for Ansible's own tasks, templates stay compiled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Each host waits for the other one's file, in a module: of one Python for both the first would wait in vain.
PLAY = """
- hosts: all
  strategy: catdog.lab.linear
  gather_facts: false
  vars: {{ansible_connection: local, ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"}}
  tasks:
    - command:
        argv:
          - bash
          - -c
          - touch "$1/$2"; for i in {{1..300}}; do [ -e "$1/$3" ] && nproc && exit; read -t 0.1 <> <(:); done; exit 1
          - bash
          - "{folder}"
          - "{{{{ inventory_hostname }}}}"
          - "{{{{ 'b' if inventory_hostname == 'a' else 'a' }}}}"
      register: met
    - copy:
        content: "{{{{ met.stdout }}}} {{{{ ansible_python_interpreter }}}}"
        dest: "{folder}/{{{{ inventory_hostname }}}}.processors"
"""
# $PPID is the process in which a task is worked on: Ansible's own, but of `command` and `copy` a worker.
OWN_PLAY = """
- hosts: a
  strategy: catdog.lab.linear
  gather_facts: false
  vars:
    ansible_connection: local
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    process: "{{ lookup('pipe', 'echo $PPID') }}"
  tasks:
    - set_fact: {first: "{{ process }}"}
    - include_tasks: own.yml
      loop: [x, y]
    - {fail: {msg: not reached}, when: false}
    - {command: "false", when: false, register: skipped}
    - {command: "echo {{ process }}", when: true, register: forked}
    - block:
        - {assert: {that: 1 == 2, fail_msg: not so}}
      rescue:
        - {set_fact: {rescued: "{{ ansible_failed_result.msg }}"}}
    - {fail: {msg: passed over}, ignore_errors: true, register: passed_over}
    - {set_fact: {worked: "{{ item }}"}, loop: [1, 2], register: worked_on}
    - copy:
        content: "{{ {'processes': [first, x, y, process], 'skipped': skipped is skipped, 'forked': forked.stdout,
                      'rescued': rescued, 'passed_over': passed_over.msg, 'results': worked_on.results | length,
                      'worked': worked, 'item': item is defined} | to_json }}"
        dest: "{{ playbook_dir }}/said"
"""
OWN_TASKS = """
- {set_fact: {"{{ item }}": "{{ process }}"}}
"""


def run(folder: Path, play: str) -> None:
    (folder / "play.yml").write_text(play)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    environment |= {
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"),
        "ANSIBLE_HOME": str(folder / ".ansible"),
        "LC_ALL": "C.UTF-8",
    }
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "a,b,", "play.yml"]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture
def played(tmp_path: Path) -> Path:
    run(tmp_path, PLAY.format(folder=tmp_path))
    return tmp_path


def test_hosts_work_at_the_same_time_with_all_processors(played: Path) -> None:
    processors = len(os.sched_getaffinity(0))
    for host in "ab":
        assert (played / f"{host}.processors").read_text().split()[0] == str(processors)


def test_ansibles_own_tasks_fork_nothing_and_end_as_in_a_worker(tmp_path: Path) -> None:
    (tmp_path / "own.yml").write_text(OWN_TASKS)
    run(tmp_path, OWN_PLAY)
    said = json.loads((tmp_path / "said").read_text())
    first, x, y, in_worker = said.pop("processes")
    assert first == x == y
    assert first not in (in_worker, said.pop("forked"))
    assert said == {
        "skipped": True,
        "rescued": "not so",
        "passed_over": "passed over",
        "results": 2,
        "worked": 2,
        "item": False,
    }


def test_a_template_is_compiled_once_by_the_same_rules(load_plugin) -> None:
    from ansible._internal._templating._jinja_bits import AnsibleEnvironment, _TemplateCompileContext

    load_plugin("strategy/linear")
    text = r"{{ 'a\nb' }} of one run"
    with _TemplateCompileContext(escape_backslashes=False):
        code = AnsibleEnvironment().compile(text)
        assert AnsibleEnvironment().compile(text) is code
        assert AnsibleEnvironment().overlay(variable_start_string="[[").compile(text) is not code
    with _TemplateCompileContext(escape_backslashes=True):
        assert AnsibleEnvironment().compile(text).co_consts != code.co_consts


def test_mitogen_is_there_and_has_what_the_strategy_changes(load_plugin) -> None:
    from ansible_mitogen import affinity, connection, planner
    from ansible_mitogen.strategy import StrategyMixin

    plugin = load_plugin("strategy/linear")
    assert issubclass(plugin.StrategyModule, StrategyMixin)
    assert type(affinity.policy) is affinity.Policy
    assert planner._load_collections is plugin.load_collections
    assert connection.CONNECTION_METHOD["local"] is plugin.connect_local
