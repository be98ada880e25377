"""What unit tests of Ansible plugins share: a way to import them from plugins/."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import ansible.module_utils
import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"

# Modules import the project's module_utils as Ansible offers them at run time: below ansible.module_utils.
ansible.module_utils.__path__.append(str(PLUGINS / "module_utils"))


@pytest.fixture(scope="session")
def load_plugin() -> Callable[[str], ModuleType]:
    """Import a plugin by its path below plugins/, without `.py`, e.g. "filter/text_table"."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name.replace("/", "_"), PLUGINS / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load
