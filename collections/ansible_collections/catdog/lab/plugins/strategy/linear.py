"""Strategy `linear` of Ansible whose modules run in a Python that stays, by Mitogen, instead of in a new one each."""

from __future__ import annotations

from ansible.plugins.strategy.linear import StrategyModule as Linear

try:
    from ansible_mitogen.strategy import StrategyMixin
except ImportError:  # an Ansible that somebody brought along: slower, but the same

    class StrategyMixin:  # type: ignore[no-redef]
        """Nothing in Mitogen's place."""


DOCUMENTATION = r"""
name: linear
short_description: Ansible's linear strategy, with modules in a Python that stays
description:
  - Tasks run in Ansible's own order. Mitogen runs their modules in one Python for each interpreter that hosts name,
    which imports packages once. Hosts of the same interpreter wait for each other's modules.
author: [catdog-lab]
"""


class StrategyModule(StrategyMixin, Linear):
    """See DOCUMENTATION."""
