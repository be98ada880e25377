"""Lookup: a template's text, as ansible.builtin.template has it, without a copy of every variable of the host."""

from __future__ import annotations

DOCUMENTATION = r"""
name: template
short_description: The text of a template
description:
  - What C(ansible.builtin.template) gives. That one copies every variable of the host each time, which takes up to two
    seconds with a lab's (docs/decisions/0022). This one copies their table alone.
options:
  _terms: {description: Templates of the role, required: true}
author: [catdog-lab]
"""

EXAMPLES = r"""
- ansible.builtin.debug:
    msg: "{{ lookup('catdog.lab.template', 'summary.txt.j2') }}"
"""

RETURN = r"""
_raw: {description: One text a template, type: list, elements: str}
"""

from collections.abc import Mapping
from typing import Any

from ansible.plugins.loader import lookup_loader
from ansible.plugins.lookup import LookupBase


class Sheltered(dict):
    """Variables of which a deep copy is one of the table, with the same values: templates read them and no more."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return dict(self)


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[str]:
        self.set_options(var_options=variables, direct=kwargs)
        own = lookup_loader.get("ansible.builtin.template", loader=self._loader, templar=self._templar)
        return own.run(terms, variables=Sheltered(variables or {}))
