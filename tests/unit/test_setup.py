"""scripts/setup builds once, survives being killed, and says what is wrong. No network: the locks are empty."""

from __future__ import annotations

import os
import re
import shutil
import string
import subprocess
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parents[2] / "scripts" / "setup"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with set-up and an empty lock."""
    folder = tmp_path / "checkout"
    (folder / "scripts").mkdir(parents=True)
    (folder / "locks").mkdir()
    shutil.copy(SETUP, folder / "scripts" / "setup")
    (folder / "locks" / "lab.txt").write_text("")
    return folder


def set_up(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    environment = os.environ | {"CATDOG_LAB_CACHE": str(checkout.parent / "cache")} | variables
    command = [str(checkout / "scripts" / "setup"), *(arguments or ["lab"])]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_an_environment_is_built_once_and_outlives_a_killed_set_up(checkout: Path):
    first = set_up(checkout)
    assert first.returncode == 0, first.stderr
    assert "building the Python environment" in first.stdout
    environment = (checkout / ".venv").resolve()
    assert environment.is_relative_to(checkout.parent / "cache" / "venv")

    second = set_up(checkout)
    assert (second.returncode, second.stdout) == (0, "")

    (environment / ".complete").unlink()  # what a killed set-up leaves
    (environment / "bin" / "python").unlink()
    third = set_up(checkout)
    assert third.returncode == 0, third.stderr
    assert "building" in third.stdout
    assert (environment / "bin" / "python").exists()

    (checkout / "locks" / "lab.txt").write_text("# another lock\n")
    assert set_up(checkout).returncode == 0
    assert (checkout / ".venv").resolve() != environment


def test_a_registry_that_is_not_reached_is_told(checkout: Path):
    (checkout / "locks" / "lab.txt").write_text(f"no-such-package==1.0 --hash=sha256:{'0' * 64}\n")
    result = set_up(
        checkout, PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="0", PIP_NO_INDEX="", PIP_FIND_LINKS=""
    )
    assert result.returncode == 1
    assert "the Python packages of locks/lab.txt could not be fetched" in result.stderr
    assert "PIP_INDEX_URL" in result.stderr
    assert not (checkout / ".venv").exists()


def test_a_folder_in_the_place_of_the_link_is_left_alone(checkout: Path):
    (checkout / ".venv").mkdir()
    result = set_up(checkout)
    assert result.returncode == 1
    assert "is not a link of this set-up" in result.stderr


def test_a_folder_with_files_of_others_does_not_become_the_cache(checkout: Path):
    cache = checkout.parent / "cache"
    cache.mkdir()
    (cache / "thesis.txt").write_text("mine")
    result = set_up(checkout)
    assert result.returncode == 1
    assert f"{cache} holds files and is no build cache of this lab" in result.stderr
    assert [path.name for path in cache.iterdir()] == ["thesis.txt"]


def test_a_cache_that_cannot_be_written_is_told(checkout: Path):
    (checkout.parent / "cache").write_text("a file")
    result = set_up(checkout)
    assert result.returncode == 1
    assert "cannot be written" in result.stderr
    assert "CATDOG_LAB_CACHE" in result.stderr


def test_a_python_that_does_not_do_is_named(checkout: Path):
    result = set_up(checkout, CATDOG_LAB_PYTHON="/bin/false")
    assert result.returncode == 1
    assert "CATDOG_LAB_PYTHON=/bin/false is no Python of 3.11 or later" in result.stderr


def test_an_unknown_environment_is_refused(checkout: Path):
    result = set_up(checkout, "nothing")
    assert result.returncode == 2
    assert "Choose lab, test or oldest" in result.stderr


@pytest.mark.parametrize("name", ["o'brien", "my lab", 'a"b', "a`b", "a&b", "a;b", "a|b", "a(b)", "a$b", "a\\b"])
def test_a_folder_that_ansible_cannot_work_in_is_refused_at_once(checkout: Path, name: str):
    checkout = checkout.rename(checkout.parent / name)
    result = set_up(checkout)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(
        f"Set-up stopped: Ansible cannot work below {checkout}: a folder's name has a blank"
    )
    assert not (checkout.parent / "cache").exists()


def test_a_build_cache_that_ansible_cannot_work_in_is_refused_at_once(checkout: Path):
    cache = checkout.parent / "o'brien"
    assert f"Ansible cannot work below {cache}: " in set_up(checkout, CATDOG_LAB_CACHE=str(cache)).stderr
    assert not cache.exists()


def test_preflight_refuses_the_same_characters_of_a_path(load_plugin):
    pattern = re.search(r"case \$folder in\n\s+(.*)\)\n", SETUP.read_text())[1]
    probe = f'for c in "$@"; do case $c in {pattern}) echo refused ;; *) echo taken ;; esac; done'
    said = subprocess.run(["sh", "-c", probe, "sh", *string.printable], capture_output=True, text=True, check=True)
    taken = [
        load_plugin("module_utils/machine_checks").path_failures({"cache": f"/a{c}b"}) == [] for c in string.printable
    ]
    assert said.stdout.split() == ["taken" if each else "refused" for each in taken]
    assert {"taken", "refused"} == set(said.stdout.split())
