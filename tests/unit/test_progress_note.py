"""Notes that modules leave for the signs of life."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from ansible_collections.catdog.lab.plugins.module_utils.progress_note import FOLDER, forget, leave, present


def test_the_last_note_of_a_process_that_runs_is_present(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    leave("Kafka is being made")
    leave("Kafka:\nits pods  start")
    assert list(present(str(tmp_path))) == ["Kafka: its pods start"]


def test_the_note_of_a_process_that_has_ended_is_forgotten(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    (tmp_path / str(ended.pid)).write_text("left")
    (tmp_path / f"{os.getpid()}.partial").write_text("half")
    assert list(present(str(tmp_path))) == []
    assert [path.name for path in tmp_path.iterdir()] == [f"{os.getpid()}.partial"]


def test_a_note_is_forgotten_with_its_wait_though_the_process_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    leave("Kafka is being made")
    forget()
    assert list(present(str(tmp_path))) == []
    forget()
    monkeypatch.delenv(FOLDER)
    forget()


def test_without_a_reader_no_note_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    monkeypatch.chdir(tmp_path)
    leave("for nobody")
    monkeypatch.setenv(FOLDER, str(tmp_path / "gone"))
    leave("for nobody")
    assert list(tmp_path.iterdir()) == []
