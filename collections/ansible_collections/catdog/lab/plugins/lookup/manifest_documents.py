"""Lookup: the Kubernetes objects in folders, files and URLs of manifests."""

from __future__ import annotations

DOCUMENTATION = r"""
name: manifest_documents
short_description: Kubernetes objects in folders, files and URLs of manifests
description:
  - Reads every C(*.yaml) and C(*.yml) of a folder in the order of their names, or one file or URL, with all its
    documents.
options:
  _terms: {description: Folders, files or URLs (http, https), required: true}
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

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleLookupError
from ansible.module_utils.urls import open_url
from ansible.plugins.lookup import LookupBase

SUFFIXES = {".yaml", ".yml"}
SECONDS = 30


def texts(source: str, missing_ok: bool) -> Iterator[tuple[str, str]]:
    """Name and content of each file that `source` stands for."""
    if source.startswith(("http://", "https://")):
        yield source, open_url(source, timeout=SECONDS).read().decode()
        return
    path = Path(source).expanduser()
    if not path.exists() and not missing_ok:
        raise AnsibleLookupError(f"{source} does not exist: expected a folder, a file or a URL of manifests.")
    if path.is_dir():
        for file in sorted(path.iterdir()):
            if file.suffix in SUFFIXES:
                yield str(file), file.read_text(encoding="utf-8")
    elif path.exists():
        yield source, path.read_text(encoding="utf-8")


def documents(name: str, text: str) -> Iterator[dict[str, Any]]:
    try:
        yield from filter(None, yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.YAMLError as error:
        raise AnsibleLookupError(f"{name} cannot be read: {error}") from error


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        found = []
        for source in terms:
            try:
                for name, text in texts(source, self.get_option("missing_ok")):
                    found += documents(name, text)
            except (OSError, UnicodeDecodeError) as error:
                raise AnsibleLookupError(f"The manifests of {source} cannot be read: {error}") from error
        return found
