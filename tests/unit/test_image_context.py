"""The folder that an image is built from is the same wherever the repository was checked out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from ansible_collections.catdog.lab.plugins.module_utils.image_definition import ImageDefinition, ImageDefinitionError
from ansible_collections.catdog.lab.plugins.module_utils.photo_digest import photos_digest
from ansible_collections.catdog.lab.plugins.module_utils.photo_folder import PhotoFolderError


@pytest.fixture
def laid_out(tmp_path: Path, load_plugin: Callable[[str], ModuleType]) -> Callable[[list[dict[str, str]]], Path]:
    root, cache = tmp_path / "root", tmp_path / "cache"
    (root / "image" / "app" / "__pycache__").mkdir(parents=True)
    (root / "image" / "Containerfile").write_text("FROM scratch")
    (root / "image" / "app" / "run").write_text("#!/bin/sh")
    (root / "image" / "app" / "run").chmod(0o700)
    (root / "image" / "app" / "link").symlink_to("run")
    (root / "image" / "app" / "__pycache__" / "x.pyc").write_text("compiled")
    (cache / "made").mkdir(parents=True)
    (cache / "made" / "jar").write_text("jar")

    def lay_out(context: list[dict[str, str]], photos: dict[str, str] | None = None) -> Path:
        definition = ImageDefinition("probe", root / "image", root, context=context)
        load_plugin("modules/image_context").lay_out(definition, cache, tmp_path / "context", photos or {})
        return tmp_path / "context"

    return lay_out


def test_sources_of_checkout_and_cache_are_laid_out(laid_out: Callable) -> None:
    context = laid_out([{"src": "image/app", "dest": "app"}, {"src": "{cache}/made/jar", "dest": "libs/kafka.jar"}])
    found = sorted(
        str(path.relative_to(context)) for path in context.rglob("*") if not path.is_dir() or path.is_symlink()
    )
    assert found == ["Containerfile", "app/link", "app/run", "libs/kafka.jar"]
    assert (context / "app/link").readlink() == Path("run")


def test_times_and_modes_do_not_come_from_the_checkout(laid_out: Callable) -> None:
    context = laid_out([{"src": "image/app", "dest": "app"}])
    assert {path.lstat().st_mtime for path in [context, *context.rglob("*")]} == {315532800}
    assert oct((context / "app/run").stat().st_mode & 0o777) == "0o755"
    assert oct((context / "Containerfile").stat().st_mode & 0o777) == "0o644"


def test_what_an_earlier_build_left_is_gone(laid_out: Callable) -> None:
    (laid_out([]) / "old").write_text("old")
    assert [path.name for path in laid_out([]).iterdir()] == ["Containerfile"]


def test_a_source_that_prepare_did_not_make_is_named(laid_out: Callable) -> None:
    with pytest.raises(ImageDefinitionError, match=r"\{cache\}/none does not exist .*prepare"):
        laid_out([{"src": "{cache}/none", "dest": "none"}])


PHOTOS = [{"src": "{photos}", "dest": "photos"}]


@pytest.fixture
def photos(tmp_path: Path) -> dict[str, str]:
    """A folder of photos as a camera's card has it, with a link; as the lookup gives it."""
    folder = tmp_path / "card"
    for name in (f"{label}/{number}.jpg" for label in ("cat", "dog") for number in range(2)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"\xff\xd8\xff" + name.encode())
        (folder / name).chmod(0o755)
    (folder / "notes.txt").write_text("no photo")
    (folder / "cat/link.jpg").symlink_to(folder / "cat/1.jpg")
    return {"folder": str(folder), "digest": photos_digest(folder, tmp_path / "cache")}


def test_photos_are_laid_out_the_same_from_any_card(laid_out: Callable, photos: dict[str, str]) -> None:
    found = {
        path.relative_to(laid).as_posix(): path
        for laid in [laid_out(PHOTOS, photos) / "photos"]
        for path in laid.rglob("*.*")
    }
    assert sorted(found) == ["cat/0.jpg", "cat/1.jpg", "cat/link.jpg", "dog/0.jpg", "dog/1.jpg"]
    assert {(path.lstat().st_mtime, oct(path.lstat().st_mode)) for path in found.values()} == {(315532800, "0o100644")}
    assert found["cat/link.jpg"].read_bytes() == found["cat/1.jpg"].read_bytes() == b"\xff\xd8\xffcat/1.jpg"


def test_without_photos_there_is_an_empty_folder_to_copy(laid_out: Callable) -> None:
    assert list((laid_out(PHOTOS) / "photos").iterdir()) == []


def test_photos_that_have_changed_since_are_refused(laid_out: Callable, photos: dict[str, str]) -> None:
    (Path(photos["folder"]) / "cat/0.jpg").write_bytes(b"\xff\xd8\xffother")
    with pytest.raises(PhotoFolderError, match=r"card \(lab_photos\) has changed while the image was built. Give the"):
        laid_out(PHOTOS, photos)
