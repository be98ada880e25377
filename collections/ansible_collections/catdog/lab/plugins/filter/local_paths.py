"""Filter: files and folders that somebody named, as modules find them, which work in another folder than Ansible."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def local_paths(named: str | Sequence[str]) -> list[str]:
    """Each path absolute, by the folder in which Ansible was called; addresses stay. A text is a list by commas."""
    items = named.split(",") if isinstance(named, str) else named
    return [
        item if "://" in item else str(Path(item).expanduser().absolute()) for item in map(str.strip, items) if item
    ]


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"local_paths": local_paths}
