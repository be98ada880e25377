"""Manifests are read from folders and files, and what cannot be read is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.plugins.loader import lookup_loader


@pytest.fixture
def read() -> Callable[..., list[dict[str, Any]]]:
    lookup = lookup_loader.get("catdog.lab.manifest_documents")
    return lambda *terms, **options: lookup.run(list(map(str, terms)), {}, **options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "020-b.yaml").write_text("---\nkind: B\n---\n---\nkind: C\n")
    (tmp_path / "010-a.yml").write_text("kind: A\n")
    (tmp_path / "README.md").write_text("no manifest")
    return tmp_path


def test_a_folder_is_read_in_the_order_of_names(read: Callable, folder: Path) -> None:
    assert [document["kind"] for document in read(folder)] == ["A", "B", "C"]


def test_files_and_folders_mix(read: Callable, folder: Path) -> None:
    assert [document["kind"] for document in read(folder / "020-b.yaml", folder)] == ["B", "C", "A", "B", "C"]


def test_what_is_missing_is_named_or_passed_over(read: Callable, folder: Path) -> None:
    with pytest.raises(AnsibleLookupError, match="none does not exist"):
        read(folder / "none")
    assert read(folder / "none", missing_ok=True) == []


def test_a_broken_file_is_named(read: Callable, folder: Path) -> None:
    (folder / "030.yaml").write_text("kind: [")
    with pytest.raises(AnsibleLookupError, match=r"030\.yaml cannot be read"):
        read(folder)
