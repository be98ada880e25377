"""The lookup renders as Ansible's own does, and copies no variable."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from support.small_project import COLLECTIONS, play, write_files

PLAY = """
- hosts: here
  gather_facts: false
  vars: {who: "{{ inner }}", inner: you}
  tasks:
    - ansible.builtin.set_fact: {fact: {list: [1, "{{ who }}"]}}
    - ansible.builtin.assert:
        that:
          - own == "hello you [1, 'you'] 1 said.j2\\n"
          - own == lookup('ansible.builtin.template', 'said.j2')
      vars: {own: "{{ lookup('catdog.lab.template', 'said.j2') }}"}
"""
FILES = {
    "ansible.cfg": f"[defaults]\ncollections_path = {COLLECTIONS}\ninventory = hosts\n",
    "hosts": "here ansible_connection=local ansible_python_interpreter={{ansible_playbook_python}}\n",
    "playbooks/site.yml": PLAY,
    "playbooks/templates/said.j2": "hello {{ who }} {{ fact.list }} {{ hostvars | length }} {{ template_path }}\n",
}


class Heavy:
    """A value that says when it is copied."""

    def __deepcopy__(self, memo: dict) -> Heavy:
        raise AssertionError("copied")


def test_it_gives_what_ansibles_own_gives(tmp_path: Path):
    done = play(write_files(tmp_path, FILES), "playbooks/site.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_variables_are_not_copied_with_the_table(load_plugin):
    table = load_plugin("lookup/template").Sheltered({"heavy": Heavy()})
    copied = copy.deepcopy(table)
    copied["other"] = 1
    assert copied["heavy"] is table["heavy"]
    assert "other" not in table
    with pytest.raises(AssertionError, match="copied"):
        copy.deepcopy(dict(table))
