"""Strategy `catdog.lab.linear`: hosts do not wait for each other, nor are processes bound to one processor."""

from __future__ import annotations

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


@pytest.fixture
def played(tmp_path: Path) -> Path:
    (tmp_path / "play.yml").write_text(PLAY.format(folder=tmp_path))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    environment |= {
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"),
        "ANSIBLE_HOME": str(tmp_path / ".ansible"),
        "LC_ALL": "C.UTF-8",
    }
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "a,b,", "play.yml"]
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return tmp_path


def test_hosts_work_at_the_same_time_with_all_processors(played: Path) -> None:
    processors = len(os.sched_getaffinity(0))
    for host in "ab":
        assert (played / f"{host}.processors").read_text().split()[0] == str(processors)


def test_mitogen_is_there_and_has_what_the_strategy_changes(load_plugin) -> None:
    from ansible_mitogen import affinity, connection, planner
    from ansible_mitogen.strategy import StrategyMixin

    plugin = load_plugin("strategy/linear")
    assert issubclass(plugin.StrategyModule, StrategyMixin)
    assert type(affinity.policy) is affinity.Policy
    assert planner._load_collections is plugin.load_collections
    assert connection.CONNECTION_METHOD["local"] is plugin.connect_local
