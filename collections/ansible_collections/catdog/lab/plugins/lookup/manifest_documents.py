"""Lookup: the Kubernetes objects in folders, files and URLs of manifests."""

from __future__ import annotations

DOCUMENTATION = r"""
name: manifest_documents
short_description: Kubernetes objects in folders, files and URLs of manifests
description:
  - Reads every C(*.yaml) and C(*.yml) of a folder in the order of their names, or one file or URL, with all its
    documents.
  - A URL that ends with C(#sha256=) and the sum of its file in hexadecimal digits is refused if it gives another file.
options:
  _terms: {description: 'Folders, files or URLs (http, https)', required: true}
  missing_ok: {description: Pass over what does not exist, type: bool, default: false}
author: [catdog-lab]
"""

EXAMPLES = r"""
- ansible.builtin.debug:
    msg: "{{ query('catdog.lab.manifest_documents', 'strimzi/install/cluster-operator') | map(attribute='kind') }}"
"""

RETURN = r"""
_raw: {description: One mapping an object; empty documents are left out, type: list, elements: dict}
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.catdog.lab.plugins.module_utils.manifests import ManifestsError, read_manifests


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        try:
            return read_manifests(terms, self.get_option("missing_ok"))
        except ManifestsError as error:
            raise AnsibleLookupError(str(error)) from None  # Ansible would print the cause again
