"""The Makefile's words: each is explained by `make help`, and removal touches only what is the lab's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("goal", ["test", "test-fast", "test-role", "lint", "setup", "setup-test", "bench", "help"])
@pytest.mark.parametrize("given", ["ARGS=--check", "INVENTORY=inventories/kubernetes"])
def test_a_target_that_takes_no_arguments_refuses_them(tmp_path: Path, goal: str, given: str):
    result = make(goal, given, cwd=checkout_in(tmp_path))
    assert result.returncode != 0
    assert f"`make {goal}` takes no {given.partition('=')[0]}." in result.stderr


def test_every_other_target_hands_its_arguments_on():
    text = (ROOT / "Makefile").read_text()
    recipes = re.findall(r"^([a-z-]+):.*## .*\n((?:\t.*\n)+)", text, re.MULTILINE)
    taking = re.search(r"^TAKE_INVENTORY := (.*)$", text, re.MULTILINE)[1].split()
    also = re.search(r"^TAKE_ARGS := \S+ (.*)$", text, re.MULTILINE)[1].split()
    assert {goal for goal, recipe in recipes if "$(ARGS)" in recipe} == {*taking, *also}


def stub(checkout: Path, name: str, script: str) -> None:
    path = checkout / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def clean_with_stubs(
    tmp_path: Path, *arguments: str, verdict: str = "true"
) -> tuple[Path, subprocess.CompletedProcess]:
    checkout = checkout_in(tmp_path)
    stub(checkout, "scripts/setup", "true")
    stub(checkout, ".venv/bin/ansible-playbook", f'printf "%s\\n" "$LAB_PROGRESS_VERB" "$@" >../asked; {verdict}')
    (tmp_path / "state").mkdir()
    folders = {"CATDOG_LAB_CACHE": str(tmp_path / "cache"), "CATDOG_LAB_STATE": str(tmp_path / "state")}
    return checkout, make("clean", *arguments, cwd=checkout, **folders)


def test_clean_hands_its_arguments_on(tmp_path: Path):
    _, result = clean_with_stubs(
        tmp_path, "ARGS=-e 'lab_embedded_cluster_name=other'", "INVENTORY=inventories/kubernetes"
    )
    assert result.returncode == 0, result.stderr
    asked = ["clean", "--inventory", "inventories/kubernetes", "playbooks/clean.yml"]
    assert (tmp_path / "asked").read_text().splitlines() == [*asked, "-e", "lab_embedded_cluster_name=other"]


def test_clean_in_check_mode_removes_nothing(tmp_path: Path):
    checkout, result = clean_with_stubs(tmp_path, "ARGS=--check")
    assert result.returncode == 0, result.stderr
    assert (checkout / "build/unit.xml").exists()


def test_clean_keeps_the_checkout_if_the_clusters_could_not_be_removed(tmp_path: Path):
    checkout, result = clean_with_stubs(tmp_path, verdict="false")
    assert result.returncode != 0
    assert (checkout / "build/unit.xml").exists()


@pytest.mark.parametrize("given", [{}, {"NO_PROXY": "example.org"}, {"no_proxy": "example.org"}])
def test_make_leaves_the_proxy_to_what_is_outside(tmp_path: Path, given: dict[str, str]):
    checkout = checkout_in(tmp_path)
    stub(checkout, "scripts/setup", 'printf "%s\\n" "$NO_PROXY" "$no_proxy" "$K8S_AUTH_NO_PROXY"')
    said = make("setup", cwd=checkout, **{"NO_PROXY": "", "no_proxy": ""} | given).stdout.splitlines()
    assert said == [",".join(["localhost,127.0.0.1,::1", *given.values()])] * 3
