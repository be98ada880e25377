"""Lets one run at a time change a cluster: see DOCUMENTATION."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

from ansible import constants as C  # noqa: N812 - the name that all of Ansible uses
from ansible import context
from ansible.errors import ExitCode
from ansible.plugins.callback import CallbackBase
from ansible.template import Templar

from ansible_collections.catdog.lab.plugins.plugin_utils.command_line import again
from ansible_collections.catdog.lab.plugins.plugin_utils.run_lock import complaint, lock_file, take

DOCUMENTATION = """
name: run_lock
type: aggregate
short_description: one run at a time changes a cluster
description:
  - A playbook of the folder C(playbooks) that changes the cluster of C(lab_kubeconfig) is not run while another one
    does on this machine; it says which one, since when, and ends with exit status 1.
  - Those that only look (C(status), C(progress), C(preflight)) and check mode run at any time.
  - However a run ends, by SIGKILL, too, the next one may begin at once.
"""

LOOK_ONLY = {"status", "progress", "preflight"}


class CallbackModule(CallbackBase):
    """The callback; see DOCUMENTATION."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "run_lock"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[Path, IO[str]] = {}  # closing one that was opened again would give up the process's lock

    def v2_playbook_on_start(self, playbook) -> None:
        path = Path(playbook._file_name)
        if path.parent.name != "playbooks" or path.stem in LOOK_ONLY or context.CLIARGS.get("check"):
            return
        if kubeconfig := self._kubeconfig(playbook.get_plays()[0]):
            lock, verb = lock_file(Path(kubeconfig)), os.environ.get("LAB_PROGRESS_VERB", "")
            if lock in self._held:  # by the command's playbook before
                return
            taken = take(lock, again(sys.argv, context.CLIARGS["args"], verb))
            if isinstance(taken, dict):
                self._display.display(f"Nothing is run: {complaint(taken)}", C.COLOR_ERROR, stderr=True)
                raise SystemExit(int(ExitCode.GENERIC_ERROR))  # of a callback's errors Ansible makes warnings
            self._held[lock] = taken

    @staticmethod
    def _kubeconfig(play) -> str:
        """The `lab_kubeconfig` of the inventory's first host that has one; empty if none has."""
        manager = play.get_variable_manager()
        for host in manager._inventory.get_hosts():
            variables = manager.get_vars(play=play, host=host)
            if "lab_kubeconfig" in variables:
                return str(Templar(loader=play.get_loader(), variables=variables).template(variables["lab_kubeconfig"]))
        return ""
