"""Whose clusters `make clean` removes, which it leaves, and what it says of each."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

NAME, TEST = "catdog-lab", "catdog-lab-test-2"
OTHERS = "ARGS='-e lab_embedded_clean_others=true'"


@pytest.fixture(scope="module")
def module(load_plugin) -> ModuleType:
    return load_plugin("modules/cluster_removal_plan")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine with two checkouts, `here` and `there`, and a folder for clusters."""
    for checkout in ("here", "there"):
        (tmp_path / checkout / "playbooks").mkdir(parents=True)
        (tmp_path / checkout / "playbooks" / "clean.yml").write_text("")
    (tmp_path / "clusters").mkdir()
    return tmp_path


def judge(module, machine: Path, cluster: str, mark: str | None, name: str = NAME, others: bool = False):
    """The names to remove and the only line, with one cluster on the machine; in its mark, ~ is the machine."""
    folder = machine / "clusters" / cluster
    folder.mkdir()
    if mark is not None:
        (folder / "made").write_text("A cluster.\n" + mark.replace("~", str(machine)) + "\n")
    clusters = module.read_clusters(machine / "clusters", "made")
    remove, [line] = module.plan(clusters, str(machine / "here"), name, "catdog-lab-test", others)
    return remove, line.replace(str(machine), "~")


@pytest.mark.parametrize("cluster", [NAME, TEST])
def test_what_this_checkout_made_is_removed(module, machine, cluster: str):
    said = f"{cluster} goes: this checkout made it."
    assert judge(module, machine, cluster, "checkout: ~/here") == ([cluster], said)


@pytest.mark.parametrize("cluster", [NAME, TEST])
def test_what_another_checkout_made_stays(module, machine, cluster: str):
    said = f"{cluster} stays: the checkout ~/there made it. `make clean` there removes it, or {OTHERS} here."
    assert judge(module, machine, cluster, "checkout: ~/there") == ([], said)


@pytest.mark.parametrize("cluster", [NAME, TEST])
def test_with_leave_what_others_made_is_removed_too(module, machine, cluster: str):
    said = f"{cluster} goes: the checkout ~/there made it."
    assert judge(module, machine, cluster, "checkout: ~/there", others=True) == ([cluster], said)


@pytest.mark.parametrize(
    ("mark", "whose"),
    [
        ("checkout: ~/gone", "the checkout ~/gone made it, which is there no more"),
        ("", "its mark does not say which checkout made it"),
    ],
)
def test_of_those_of_which_nobody_can_be_asked_the_named_one_is_removed(module, machine, mark: str, whose: str):
    assert judge(module, machine, NAME, mark) == ([NAME], f"{NAME} goes: it is named, and {whose}.")
    (machine / "clusters" / NAME / "made").unlink()
    (machine / "clusters" / NAME).rmdir()
    assert judge(module, machine, TEST, mark) == ([], f"{TEST} stays: {whose}. It goes with {OTHERS}.")


def test_a_further_cluster_of_this_checkout_stays_if_it_is_not_named(module, machine):
    said = "second stays: this checkout made it, and it is not named. It goes with "
    expected = ([], said + "ARGS='-e lab_embedded_cluster_name=second'.")
    assert judge(module, machine, "second", "checkout: ~/here", others=True) == expected


def test_a_further_cluster_of_another_checkout_is_its_matter(module, machine):
    said = "second stays: the checkout ~/there made it, and it is not named."
    assert judge(module, machine, "second", "checkout: ~/there", others=True) == ([], said)


def test_without_a_named_cluster_the_tests_ones_are_meant_alone(module, machine):
    assert judge(module, machine, TEST, "checkout: ~/here", name="")[0] == [TEST]
    (machine / "clusters" / TEST).rename(machine / "clusters" / NAME)
    clusters = module.read_clusters(machine / "clusters", "made")
    assert module.plan(clusters, str(machine / "here"), "", "catdog-lab-test", True)[0] == []


@pytest.mark.parametrize("cluster", [NAME, TEST])
def test_a_folder_that_the_bundle_did_not_make_stays(module, machine, cluster: str):
    remove, line = judge(module, machine, cluster, None, others=True)
    assert remove == []
    assert "was not made by this bundle" in line


def test_a_machine_without_clusters_has_none_to_remove(module, tmp_path):
    clusters = module.read_clusters(tmp_path / "none", "made")
    assert module.plan(clusters, "~/here", NAME, "catdog-lab-test", False) == ([], ["No cluster is there to remove."])


def test_what_goes_is_told_before_what_stays(module):
    clusters = [module.Cluster("a-other"), module.Cluster(NAME, owner="~/here", owner_exists=True)]
    remove, lines = module.plan(clusters, "~/here", NAME, "catdog-lab-test", False)
    assert remove == [NAME]
    assert [line.split()[0] for line in lines] == [NAME, "a-other"]
