"""Lookup: the reference by which the cluster knows an image of this repository."""

from __future__ import annotations

DOCUMENTATION = r"""
name: image_reference
short_description: Reference of an image of this repository
description:
  - C(localhost/catdog-lab/NAME:TAG), or that of another registry. The tag is 12 hex digits of the content of all inputs
    that the image's C(image.yml) names.
  - Nothing is built, so it works in check mode, by tags and for any host.
  - Takes the options of the lookup C(image_definition), which it asks.
options:
  _terms: {description: Names of images, required: true}
author: [catdog-lab]
"""

EXAMPLES = r"""
- ansible.builtin.debug:
    msg: "{{ lookup('catdog.lab.image_reference', 'kafka') }}"
"""

RETURN = r"""
_raw: {description: One reference a name, type: list, elements: str}
"""

from typing import Any

from ansible.plugins.loader import lookup_loader
from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        lookup = lookup_loader.get("catdog.lab.image_definition", loader=self._loader, templar=self._templar)
        return [definition["reference"] for definition in lookup.run(terms, variables=variables, **kwargs)]
