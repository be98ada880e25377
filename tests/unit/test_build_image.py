"""roles/container_image/files/build-image: an archive that is whole or not there, built by one of several runs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "roles/container_image/files/build-image"
# Takes notes of its calls; `bud` needs the context, `push` writes the archive and fails if it is told so.
BUILDAH = """#!/bin/sh
echo "$*" >>calls
case $1 in
    bud) for context; do :; done; test -d "$context" ;;
    push) for target; do :; done; file=${target#oci-archive:}; echo image >"${file%:probe:1}"; exit "${FAILS:-0}" ;;
esac
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "buildah").write_text(BUILDAH)
    (tmp_path / "buildah").chmod(0o755)
    return tmp_path


def begin(folder: Path, context: str = "context", **variables: str) -> subprocess.Popen:
    (folder / context).mkdir(exist_ok=True)
    environment = os.environ | variables | {"PATH": f"{folder}:{os.environ['PATH']}"}
    command = ["flock", "lock", SCRIPT, context, "probe:1", "probe.tar", "--volume=a:b"]
    return subprocess.Popen(command, cwd=folder, env=environment)


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"buildah", "calls", "lock"}


def test_an_image_is_built_with_its_options_and_its_context_goes(folder: Path):
    assert begin(folder).wait() == 0
    built, written = (folder / "calls").read_text().splitlines()
    assert built.startswith("bud ") and built.endswith("--tag probe:1 --volume=a:b context")
    assert written.endswith("oci-archive:probe.tar.partial:probe:1")
    assert left(folder) == {"probe.tar"}


def test_of_two_runs_at_once_one_builds(folder: Path):
    runs = [begin(folder, context="one"), begin(folder, context="two")]
    assert [run.wait() for run in runs] == [0, 0]
    assert len((folder / "calls").read_text().splitlines()) == 2
    assert left(folder) == {"probe.tar"}


def test_a_build_that_failed_leaves_no_archive_and_can_be_done_again(folder: Path):
    assert begin(folder, FAILS="3").wait() == 3
    assert "probe.tar" not in left(folder)
    assert begin(folder).wait() == 0
    assert left(folder) == {"probe.tar"}
