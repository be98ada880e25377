"""The folder that an image is built from is the same wherever the repository was checked out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from ansible_collections.catdog.lab.plugins.module_utils.image_definition import ImageDefinition, ImageDefinitionError


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

    def lay_out(context: list[dict[str, str]]) -> Path:
        definition = ImageDefinition("probe", root / "image", root, context=context)
        load_plugin("modules/image_context").lay_out(definition, cache, tmp_path / "context")
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
