"""Unit tests import the collection's plugins by their full names, as Ansible does."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

# Ansible's own finder, as ansible-test sets it up, with the checkout's collections.
_AnsibleCollectionFinder(paths=[str(Path(__file__).resolve().parents[2] / "collections")])._install()


@pytest.fixture(scope="session")
def load_plugin() -> Callable[[str], ModuleType]:
    """Import a plugin of the collection by its path below plugins/, without `.py`, e.g. "filter/text_table"."""
    return lambda name: import_module(f"ansible_collections.catdog.lab.plugins.{name.replace('/', '.')}")
