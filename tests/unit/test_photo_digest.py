"""A folder of photos has a digest of their names and bytes; what has not changed is not read again, what has is."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from ansible_collections.catdog.lab.plugins.module_utils import photo_digest
from ansible_collections.catdog.lab.plugins.module_utils.photo_digest import photos_digest
from ansible_collections.catdog.lab.plugins.module_utils.photo_folder import PhotoFolderError

JPEG = b"\xff\xd8\xff\xe0"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (f"{label}/{number}.jpg" for label in ("cat", "dog") for number in range(3)):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).write_bytes(JPEG + name.encode())
    return tmp_path / "photos"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files whose bytes are read."""
    names: list[str] = []
    real = photo_digest.file_sha256
    monkeypatch.setattr(photo_digest, "file_sha256", lambda folder, name: names.append(name) or real(folder, name))
    return names


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute after the files were written."""
    now = time.time()
    monkeypatch.setattr(photo_digest.time, "time", lambda: now + 60)


def test_the_same_content_elsewhere_has_the_same_digest(folder: Path, cache: Path, tmp_path: Path) -> None:
    digest = photos_digest(folder, cache)
    assert len(digest) == 64
    copy = shutil.copytree(folder, tmp_path / "elsewhere")
    (copy / "cat/1.jpg").chmod(0o755)
    (copy / "notes.txt").write_text("no photo")
    assert photos_digest(copy, cache) == digest


@pytest.mark.parametrize("change", ["content", "name", "class", "new", "gone"])
def test_each_change_is_another_digest(folder: Path, cache: Path, later: None, change: str) -> None:
    before = photos_digest(folder, cache)
    photo = folder / "cat/1.jpg"
    match change:
        case "content":
            photo.write_bytes(JPEG + b"CAT/1.JPG")  # of the same size
        case "name":
            photo.rename(folder / "cat/1a.jpg")
        case "class":
            photo.rename(folder / "dog/one.jpg")
        case "new":
            (folder / "cat/new.jpg").write_bytes(JPEG)
        case "gone":
            photo.unlink()
    assert photos_digest(folder, cache) != before


def test_what_has_not_changed_is_not_read_again(folder: Path, cache: Path, later: None, read: list[str]) -> None:
    digest = photos_digest(folder, cache)
    assert len(read) == 6
    read.clear()
    assert photos_digest(folder, cache) == digest
    assert read == []
    (folder / "dog/new.jpg").write_bytes(JPEG)
    photos_digest(folder, cache)
    assert read == ["dog/new.jpg"]


def test_a_change_is_seen_whose_time_was_put_back(folder: Path, cache: Path, later: None, read: list[str]) -> None:
    photo = folder / "cat/1.jpg"
    about, before = photo.stat(), photos_digest(folder, cache)
    photo.write_bytes(JPEG + b"CAT/1.JPG")
    os.utime(photo, ns=(about.st_atime_ns, about.st_mtime_ns))
    read.clear()
    assert photos_digest(folder, cache) != before
    assert read == ["cat/1.jpg"]


def test_what_was_changed_a_moment_ago_is_read_again(folder: Path, cache: Path, read: list[str]) -> None:
    photos_digest(folder, cache)
    read.clear()
    photos_digest(folder, cache)
    assert len(read) == 6
    assert not list(cache.rglob("*.last"))


def test_a_camera_whose_clock_is_ahead_does_no_harm(folder: Path, cache: Path, later: None, read: list[str]) -> None:
    os.utime(folder / "cat/1.jpg", (2**32, 2**32))
    photos_digest(folder, cache)
    read.clear()
    photos_digest(folder, cache)
    assert read == []


@pytest.mark.parametrize("left", ["", "[]", '{"half'])
def test_a_damaged_memory_is_none(folder: Path, cache: Path, later: None, left: str, read: list[str]) -> None:
    digest = photos_digest(folder, cache)
    for file in (cache / "photos").iterdir():
        file.write_text(left)
    read.clear()
    assert photos_digest(folder, cache) == digest
    assert len(read) == 6


def test_without_a_cache_that_can_be_written_it_is_computed_all_the_same(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert photos_digest(folder, tmp_path / "file") == photos_digest(folder, tmp_path / "cache")


def test_a_folder_that_cannot_be_used_is_refused_each_time(folder: Path, cache: Path, later: None) -> None:
    photos_digest(folder, cache)
    shutil.rmtree(folder / "dog")
    for _ in range(2):
        with pytest.raises(PhotoFolderError, match="holds 3 of a cat and 0 of a dog"):
            photos_digest(folder, cache)


def test_a_photo_that_cannot_be_read_is_named(folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(file: object, kind: str) -> None:
        raise OSError(5, "Input/output error", "dog/1.jpg")

    monkeypatch.setattr(photo_digest.hashlib, "file_digest", denied)
    with pytest.raises(PhotoFolderError, match=r"cannot be read: dog/1.jpg: Input/output error"):
        photos_digest(folder, cache)
