"""The Makefile's words: each is explained by `make help`, and removal touches only what is the lab's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def make(*arguments: str, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")} | variables
    return subprocess.run(["make", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_help_explains_every_target():
    targets = set(re.findall(r"^\.PHONY: (\S+)", (ROOT / "Makefile").read_text(), re.MULTILINE))
    explained = set(re.findall(r"^  make (\S+)", make("help").stdout, re.MULTILINE))
    assert explained == targets


def test_every_verb_has_its_playbook():
    named = set(re.findall(r"playbooks/\w+\.yml", (ROOT / "Makefile").read_text()))
    assert [name for name in named if not (ROOT / name).exists()] == []


def checkout_in(folder: Path) -> Path:
    """Makefile and scripts alone, with what tools leave behind."""
    checkout = folder / "checkout"
    checkout.mkdir()
    shutil.copy(ROOT / "Makefile", checkout)
    shutil.copytree(ROOT / "scripts", checkout / "scripts")
    for name in (
        ".ansible/tmp/x",
        "build/unit.xml",
        "reports/attendee1/verification.html",
        "app/src/catdog/__pycache__/x.pyc",
        "kept.txt",
    ):
        path = checkout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return checkout


def test_clean_removes_what_was_generated_and_keeps_the_rest(tmp_path: Path):
    checkout = checkout_in(tmp_path)
    result = make(
        "clean", cwd=checkout, CATDOG_LAB_CACHE=str(tmp_path / "cache"), CATDOG_LAB_STATE=str(tmp_path / "state")
    )
    assert result.returncode == 0, result.stdout + result.stderr
    left = sorted(str(path.relative_to(checkout)) for path in checkout.rglob("*") if path.is_file())
    assert [name for name in left if not name.startswith("scripts/")] == ["Makefile", "kept.txt"]


def test_distclean_refuses_a_folder_that_is_no_cache_of_the_lab(tmp_path: Path):
    checkout = checkout_in(tmp_path)
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years of work")
    result = make("distclean", cwd=checkout, CATDOG_LAB_CACHE=str(precious), CATDOG_LAB_STATE=str(tmp_path / "state"))
    assert result.returncode != 0
    assert "is no build cache of this lab" in result.stderr
    assert (precious / "thesis.txt").exists()
