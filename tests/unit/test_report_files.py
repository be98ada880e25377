"""Action `report_files`, run by Ansible as roles run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COLLECTIONS = Path(__file__).resolve().parents[2] / "collections"


def run(folder: Path, arguments: dict, *options: str) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    environment |= {
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_HOME": str(folder / ".ansible"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "LC_ALL": "C.UTF-8",
    }
    command = [str(Path(sys.executable).with_name("ansible")), "localhost", "-m", "catdog.lab.report_files"]
    return subprocess.run(
        [*command, "-a", json.dumps(arguments), *options],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def write(load_plugin):
    return load_plugin("action/report_files").write


def test_files_are_written_into_a_new_folder_with_their_mode(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b"
    result = run(tmp_path, {"folder": str(target), "files": {"x.json": '{"ü": 1}\n', "y": "z"}, "mode": "0600"})
    assert result.returncode == 0, result.stdout + result.stderr
    assert '"changed": false' in result.stdout
    assert (target / "x.json").read_text() == '{"ü": 1}\n'
    assert sorted(path.name for path in target.iterdir()) == ["x.json", "y"]
    assert {path.stat().st_mode & 0o777 for path in target.iterdir()} == {0o600}


def test_check_mode_writes_nothing(tmp_path: Path) -> None:
    result = run(tmp_path, {"folder": str(tmp_path / "a"), "files": {"x": "y"}}, "--check")
    assert result.returncode == 0, result.stdout + result.stderr
    assert not (tmp_path / "a").exists()


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file")
    result = run(tmp_path, {"folder": str(tmp_path / "a"), "files": {"x": "y"}})
    assert result.returncode != 0
    assert "The report cannot be written" in result.stdout + result.stderr
    assert str(tmp_path / "a") in result.stdout + result.stderr


def test_what_could_not_be_written_whole_leaves_the_earlier_file(write, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("earlier")
    with pytest.raises(UnicodeEncodeError):
        write(path, "half \udcff", 0o644)
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("x", "earlier")]
