"""Manifests are read from folders and files, and what cannot be read is named."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.plugins.loader import lookup_loader

from ansible_collections.catdog.lab.plugins.module_utils import manifests

SERVED = b"kind: A\n"
SHA256 = hashlib.sha256(SERVED).hexdigest()


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


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that are asked for; each gives SERVED."""
    asked: list[str] = []
    monkeypatch.setattr(manifests, "open_url", lambda url, timeout: asked.append(url) or io.BytesIO(SERVED))
    return asked


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


def test_what_is_no_text_is_named(read: Callable, folder: Path) -> None:
    (folder / "release.tar.gz").write_bytes(b"\x1f\x8b\x08\xff")
    with pytest.raises(AnsibleLookupError, match=r"release\.tar\.gz is no text: of a release's archive, unpack it"):
        read(folder / "release.tar.gz")


@pytest.mark.parametrize("checksum", ["", f"#sha256={SHA256}", f"#sha256={SHA256.upper()}"])
def test_a_url_is_read(read: Callable, served: list[str], checksum: str) -> None:
    assert read(f"https://example.test/all.yaml{checksum}") == [{"kind": "A"}]
    assert served == ["https://example.test/all.yaml"]


def test_another_file_than_the_one_whose_sum_is_given_is_refused(read: Callable, served: list[str]) -> None:
    with pytest.raises(AnsibleLookupError, match=rf"all\.yaml gives a file with the SHA-256 {SHA256} instead of 12\."):
        read("https://example.test/all.yaml#sha256=12")


def test_a_url_that_does_not_answer_is_named(read: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_url(url: str, timeout: int) -> None:
        raise OSError("no route")

    monkeypatch.setattr(manifests, "open_url", open_url)
    with pytest.raises(AnsibleLookupError, match=r"The manifests of https://example.test/a cannot be read: no route\."):
        read("https://example.test/a")
