"""A variable of the command line that nothing reads is told; what may be somebody else's is not judged."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "playbooks" / "site.yml"


@pytest.fixture(scope="module")
def module(load_plugin) -> ModuleType:
    return load_plugin("plugin_utils/extra_variables")


@pytest.mark.parametrize(
    "name",
    [
        "lab_kafka_profile",
        "lab_kafka_storage",  # commented in the inventories
        "kafka_topic_timeout",
        "verification_pictures",
        "classroom",
        "ansible_become",
        "__embedded_cluster_tests",
    ],
)
def test_what_is_read_or_anybodys_is_taken(module, name: str):
    assert module.unread([name], SITE, []) == ""


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["lab_kafka_profle"], "nothing reads the variable lab_kafka_profle. Is lab_kafka_profile meant?"),
        (["kafka_topic_timout"], "nothing reads the variable kafka_topic_timout. Is kafka_topic_timeout meant?"),
        (["lab_zzz", "lab_topic", "lab_qqq"], "nothing reads the variable lab_qqq or lab_zzz."),
    ],
)
def test_what_nothing_reads_is_told_with_what_may_be_meant(module, names: list[str], said: str):
    assert module.unread(names, SITE, [str(ROOT / "inventories" / "embedded")]) == said


def test_an_inventory_may_have_variables_of_its_own(module, tmp_path):
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "all.yml").write_text("lab_kafka_profile: '{{ lab_term }}'\n")
    assert module.unread(["lab_term"], SITE, [str(tmp_path)]) == ""
    assert module.unread(["lab_term"], SITE, []) != ""
