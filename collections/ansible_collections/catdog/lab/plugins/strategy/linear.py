"""Strategy `linear` of Ansible for less of the processor's time: fewer forks, and modules in a Python that stays."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.strategy.linear import StrategyModule as Linear
from ansible.utils.collection_loader import AnsibleCollectionConfig

from ansible_collections.catdog.lab.plugins.plugin_utils.compiled_templates import keep_compiled
from ansible_collections.catdog.lab.plugins.plugin_utils.controller_tasks import ControllerTasks

# Where jobs of long tasks are noted, in the checkout: Mitogen reads this alone, not the variable ansible_async_dir.
if constants.CONFIG_FILE:
    os.environ.setdefault("ANSIBLE_ASYNC_DIR", str(Path(constants.CONFIG_FILE).parent / ".ansible" / "async"))

try:
    from ansible_mitogen import affinity, connection, planner
    from ansible_mitogen.strategy import StrategyMixin
except ImportError:  # an Ansible that somebody brought along: slower, but the same

    class StrategyMixin:  # type: ignore[no-redef]
        """Nothing in Mitogen's place."""

else:
    # It would bind each process to one processor; builds take all there are.
    affinity.policy = affinity.Policy()

    COLLECTIONS = [
        str(path)
        for folder in AnsibleCollectionConfig.collection_paths
        for path in Path(folder, "ansible_collections").glob("[a-z]*/[a-z]*")
    ]

    def load_collections(invocation: Any) -> None:
        """Tell where collections are: Mitogen would look through all of them for each task, a fifth of a second."""
        invocation._extra_sys_paths.update(COLLECTIONS)

    def connect_local(spec: Any, connect: Any = connection.CONNECTION_METHOD["local"]) -> dict[str, Any]:
        """A Python for each host: of one for all, each host would wait for the others' modules."""
        found = connect(spec)
        found["kwargs"]["python_path"] = [*found["kwargs"]["python_path"], f"-Xhost={spec.inventory_name()}"]
        return found

    planner._load_collections = load_collections
    connection.CONNECTION_METHOD["local"] = connect_local


DOCUMENTATION = r"""
name: linear
short_description: Ansible's linear strategy, with modules in a Python that stays
description:
  - Tasks run in Ansible's own order. Mitogen runs their modules in one Python for each host, which imports
    packages once; what needs no module runs in Ansible's own process.
  - A task with C(async) that runs a module of a collection does not end by Mitogen, nor does M(ansible.builtin.apt)
    begin. Such a task sets the variable C(ansible_connection) to C(ansible.builtin.local), which Mitogen leaves alone.
author: [catdog-lab]
"""


keep_compiled()


class StrategyModule(ControllerTasks, StrategyMixin, Linear):
    """See DOCUMENTATION."""
