"""Strategy `linear` of Ansible whose modules run in a Python that stays, by Mitogen, instead of in a new one each."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.strategy.linear import StrategyModule as Linear
from ansible.utils.collection_loader import AnsibleCollectionConfig

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
    packages once.
  - Not for tasks with C(async) that run a module of a collection, whose jobs do not end then.
author: [catdog-lab]
"""


class StrategyModule(StrategyMixin, Linear):
    """See DOCUMENTATION."""
