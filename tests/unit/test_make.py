"""The Makefile's words: each is explained by `make help`, and removal touches only what is the lab's."""

from __future__ import annotations

import os
import re
import runpy
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
        ".ansible/clusters-removed",
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


@pytest.mark.parametrize(
    ("given", "goals"),
    [
        ("ARGS=--check", ["test", "test-fast", "test-role", "lint", "setup", "setup-test", "bench", "help"]),
        ("INVENTORY=inventories/kubernetes", ["test", "test-operator", "lint", "setup", "lock", "manuals", "bench"]),
        ("ROLE=preflight", ["lab", "clean", "test", "test-operator", "bench", "help"]),
        ("FIGURE=memory", ["lab", "distclean", "test-role"]),
        ("EVERY=30", ["lab", "status", "bench"]),
        ("PICTURES=cats", ["lab", "verify", "progress"]),
    ],
)
def test_a_target_refuses_what_it_would_not_read(tmp_path: Path, goals: list[str], given: str):
    checkout = checkout_in(tmp_path)
    for goal in goals:
        result = make(goal, given, cwd=checkout)
        assert result.returncode != 0
        assert f"`make {goal}` takes no {given.partition('=')[0]}." in result.stderr


def test_arguments_of_the_environment_are_refused_like_given_ones(tmp_path: Path):
    result = make("test", cwd=checkout_in(tmp_path), ARGS="--check")
    assert result.returncode != 0
    assert "`make test` takes no ARGS." in result.stderr


@pytest.mark.parametrize("given", [["INVENTROY=x"], ["args=--check"], ["-e", "lab_topic=mine"]])
def test_a_variable_that_nobody_knows_is_refused_with_those_that_are_known(tmp_path: Path, given: list[str]):
    result = make("lab", *given, cwd=checkout_in(tmp_path))
    assert result.returncode != 0
    name = given[-1].partition("=")[0]
    assert f"make knows no variable {name}. It takes INVENTORY ARGS ROLE FIGURE EVERY PICTURES MIRROR," in result.stderr
    assert ("ARGS='-e lab_topic=…'" in result.stderr) == name.startswith("lab_")


def test_what_bench_was_given_is_not_for_the_targets_that_it_measures(monkeypatch: pytest.MonkeyPatch):
    """`make` hands its command line on by the environment."""
    monkeypatch.setenv("MAKEFLAGS", " -- FIGURE=lab_cold")
    runpy.run_path(str(ROOT / "bench" / "lab.py"))["make"]("-n", "setup")  # exits where make fails


def test_what_tools_take_from_the_environment_may_be_given_to_make(tmp_path: Path):
    checkout = checkout_in(tmp_path)
    stub(checkout, "scripts/setup", 'echo "$CATDOG_LAB_PYTHON $https_proxy $PIP_INDEX_URL $KUBECONFIG"')
    given = ["CATDOG_LAB_PYTHON=a", "https_proxy=b", "PIP_INDEX_URL=c", "KUBECONFIG=d e"]
    assert make("setup", *given, cwd=checkout).stdout == "a b c d e\n"


def test_every_other_target_hands_its_arguments_on():
    text = (ROOT / "Makefile").read_text()
    recipes = re.findall(r"^([a-z-]+):.*## .*\n((?:\t.*\n)+)", text, re.MULTILINE)
    taking = re.search(r"^TAKE_INVENTORY := (.*)$", text, re.MULTILINE)[1].split()
    also = re.search(r"^TAKE_ARGS := \S+ (.*)$", text, re.MULTILINE)[1].split()
    assert {goal for goal, recipe in recipes if "$(ARGS)" in recipe} == {*taking, *also}
    assert [goal for goal, recipe in recipes if "$(ROLE)" in recipe] == ["test-role"]
    assert [goal for goal, recipe in recipes if "$(FIGURE)" in recipe] == ["bench"]
    assert [goal for goal, recipe in recipes if "$(EVERY)" in recipe] == ["progress"]
    assert [goal for goal, recipe in recipes if "$(PICTURES)" in recipe] == ["send"]


def stub(checkout: Path, name: str, script: str) -> None:
    path = checkout / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(("given", "looks", "waits"), [([], 1, ""), (["EVERY=30"], 3, "30\n30\n")])
def test_progress_is_looked_at_once_or_again_and_again_until_a_look_fails(
    tmp_path: Path, given: list[str], looks: int, waits: str
):
    checkout = checkout_in(tmp_path)
    stub(checkout, "scripts/setup", "true")
    stub(checkout, "bin/sleep", 'echo "$@" >>../waits')
    stub(checkout, ".venv/bin/ansible-playbook", 'echo "$@" >>../looks; [ "$(wc -l <../looks)" -lt 3 ]')
    result = make("progress", *given, cwd=checkout, PATH=f"{checkout}/bin:{os.environ['PATH']}")
    assert (result.returncode == 0) == (looks == 1)
    asked = (tmp_path / "looks").read_text().splitlines()
    assert asked == ["--inventory inventories/embedded playbooks/progress.yml"] * looks
    assert (tmp_path / "waits").read_text() == waits if waits else not (tmp_path / "waits").exists()


@pytest.mark.parametrize(
    ("given", "handed_on"),
    [
        ([], []),
        (["PICTURES=cats,dog.jpg"], ["-e", "kafka_client_pictures=cats,dog.jpg"]),
        (["PICTURES=my cats", "ARGS=--check"], ["-e", 'kafka_client_pictures="my cats"', "--check"]),
    ],
)
def test_send_hands_pictures_on_as_the_roles_input(tmp_path: Path, given: list[str], handed_on: list[str]):
    checkout = checkout_in(tmp_path)
    stub(checkout, "scripts/setup", "true")
    stub(checkout, ".venv/bin/ansible-playbook", 'printf "%s\\n" "$@" >../asked')
    assert make("send", *given, cwd=checkout).returncode == 0
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked == ["--inventory", "inventories/embedded", "playbooks/send.yml", *handed_on]


def clean_with_stubs(
    tmp_path: Path, *arguments: str, verdict: str = ">.ansible/clusters-removed", goal: str = "clean"
) -> tuple[Path, subprocess.CompletedProcess]:
    checkout = checkout_in(tmp_path)
    stub(checkout, "scripts/setup", "true")
    stub(checkout, ".venv/bin/ansible-playbook", f'printf "%s\\n" "$LAB_PROGRESS_VERB" "$@" >../asked; {verdict}')
    (tmp_path / "state").mkdir()
    folders = {"CATDOG_LAB_CACHE": str(tmp_path / "cache"), "CATDOG_LAB_STATE": str(tmp_path / "state")}
    return checkout, make(goal, *arguments, cwd=checkout, **folders)


def test_clean_hands_its_arguments_on(tmp_path: Path):
    _, result = clean_with_stubs(
        tmp_path, "ARGS=-e 'lab_embedded_cluster_name=other'", "INVENTORY=inventories/kubernetes"
    )
    assert result.returncode == 0, result.stderr
    asked = ["clean", "--inventory", "inventories/kubernetes", "playbooks/clean.yml"]
    assert (tmp_path / "asked").read_text().splitlines() == [*asked, "-e", "lab_embedded_cluster_name=other"]


def cache_in(folder: Path) -> Path:
    cache = folder / "cache"
    cache.mkdir()
    (cache / "CACHEDIR.TAG").write_text("")
    return cache


@pytest.mark.parametrize("goal", ["clean", "distclean"])
@pytest.mark.parametrize("option", ["--check", "-DC", "--list-tasks"])
def test_a_playbook_that_removes_nothing_leaves_the_checkout_as_it_is(tmp_path: Path, goal: str, option: str):
    """Only the playbook can tell: options have many forms. What an earlier one left behind is no proof."""
    cache = cache_in(tmp_path)
    checkout, result = clean_with_stubs(tmp_path, f"ARGS={option}", goal=goal, verdict="true")
    assert result.returncode == 0, result.stderr
    assert (checkout / "build/unit.xml").exists() and cache.exists()


@pytest.mark.parametrize("goal", ["clean", "distclean"])
def test_clean_keeps_the_checkout_if_the_clusters_could_not_be_removed(tmp_path: Path, goal: str):
    cache = cache_in(tmp_path)
    checkout, result = clean_with_stubs(tmp_path, goal=goal, verdict=">.ansible/clusters-removed; false")
    assert result.returncode != 0
    assert (checkout / "build/unit.xml").exists() and cache.exists()


def test_distclean_removes_the_cache_after_the_clusters_and_tries_again_by_its_own_name(tmp_path: Path):
    cache = cache_in(tmp_path)
    checkout, result = clean_with_stubs(tmp_path, "ARGS=-e a=b", goal="distclean")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "asked").read_text().splitlines()[0] == "distclean"
    assert not cache.exists() and not (checkout / "build").exists()


def test_distclean_leaves_a_cache_that_somebody_works_with(tmp_path: Path):
    cache = cache_in(tmp_path)
    shutil.copy("/bin/sleep", cache)
    with subprocess.Popen([cache / "sleep", "600"]) as user:
        checkout, result = clean_with_stubs(tmp_path, goal="distclean")
        user.kill()
    assert result.returncode != 0
    assert "is in use: nothing was removed" in result.stderr and f"{cache}/sleep 600" in result.stderr
    assert cache.exists() and (checkout / "build").exists()


@pytest.mark.parametrize(
    ("script", "arguments", "said"),
    [
        ("clean", [], "scripts/clean lab [OPTION...]"),
        ("clean", ["cache"], "scripts/clean all [OPTION...]"),
        ("setup", ["lab", "test"], "takes one environment"),
        ("lock", ["upgrade"], "unknown option 'upgrade'"),
    ],
)
def test_scripts_refuse_what_they_do_not_know(tmp_path: Path, script: str, arguments: list[str], said: str):
    checkout = checkout_in(tmp_path)
    result = subprocess.run([checkout / "scripts" / script, *arguments], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert said in result.stderr


@pytest.mark.parametrize("given", [{}, {"NO_PROXY": "example.org"}, {"no_proxy": "example.org"}])
def test_make_leaves_the_proxy_to_what_is_outside(tmp_path: Path, given: dict[str, str]):
    checkout = checkout_in(tmp_path)
    stub(checkout, "scripts/setup", 'printf "%s\\n" "$NO_PROXY" "$no_proxy" "$K8S_AUTH_NO_PROXY"')
    said = make("setup", cwd=checkout, **{"NO_PROXY": "", "no_proxy": ""} | given).stdout.splitlines()
    assert said == [",".join(["localhost,127.0.0.1,::1", *given.values()])] * 3
