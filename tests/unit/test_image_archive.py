"""Which archives of an image stay in the build cache."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

HOUR = 3600.0


@pytest.fixture
def module(load_plugin: Callable[[str], ModuleType]) -> ModuleType:
    return load_plugin("modules/image_archive")


@pytest.fixture
def archive(tmp_path: Path) -> Callable[..., Path]:
    """`archive(number, hours, image)`: an archive that was used last so many hours ago."""

    def make(number: int, hours: float = 0, image: str = "kafka") -> Path:
        path = tmp_path / f"{image}-{number:012x}.tar"
        path.touch()
        then = time.time() - hours * HOUR
        os.utime(path, (then, then))
        return path

    return make


@pytest.mark.parametrize(
    ("ages", "removed"),
    [([0, 5, 6], []), ([0, 5, 6, 7, 8], [3, 4]), ([9, 0, 8, 7, 6], [0, 2]), ([0, 1, 1, 1, 1, 7], [5])],
    ids=["no more than are kept", "more", "in another order", "more, and in use"],
)
def test_those_used_last_stay_and_those_in_use(
    module: ModuleType, archive: Callable[..., Path], ages: list[float], removed: list[int]
) -> None:
    paths = [archive(number, hours) for number, hours in enumerate(ages)]
    found = module.remove_unused(paths[0], keep=3, spare=2 * HOUR)
    assert sorted(found) == [paths[number] for number in removed]
    assert [path.exists() for path in paths] == [number not in removed for number in range(len(ages))]


def test_a_used_archive_outlives_newer_ones(module: ModuleType, archive: Callable[..., Path]) -> None:
    old, newer = archive(1, 9), archive(2, 5)
    assert module.use(old)
    assert module.remove_unused(old, keep=1, spare=0) == [newer]


def test_archives_of_other_images_and_half_ones_are_left_alone(
    module: ModuleType, archive: Callable[..., Path], tmp_path: Path
) -> None:
    others = [archive(1, 9, image="kafka-connect"), archive(1, 9, image="my-kafka")]
    others.append(archive(2, 9).rename(tmp_path / "kafka-000000000002.tar.partial"))
    assert module.remove_unused(archive(3), keep=1, spare=0) == []
    assert all(path.exists() for path in others)


def test_what_is_not_there_is_not_used(module: ModuleType, tmp_path: Path) -> None:
    assert not module.use(tmp_path / "images" / "kafka-000000000001.tar")
    assert not list(tmp_path.iterdir())


def test_an_archive_that_goes_while_it_is_waited_for_is_not_there(
    module: ModuleType, archive: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive(1)
    monkeypatch.setattr(module.fcntl, "flock", lambda *_: path.unlink())
    assert not module.use(path)


def test_nobody_finds_an_archive_while_some_are_removed(
    module: ModuleType, archive: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, unlink = [archive(1), archive(2, 9)], Path.unlink

    def look_and_unlink(path: Path) -> None:
        with (path.parent / module.LOCK).open("a") as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unlink(path)

    monkeypatch.setattr(Path, "unlink", look_and_unlink)
    assert module.remove_unused(paths[0], keep=1, spare=0) == paths[1:]
