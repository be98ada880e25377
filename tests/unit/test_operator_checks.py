"""What is told of an operator that a lab cannot have: every text with what was found and what to do."""

from __future__ import annotations

from typing import Any

import pytest

HOST = "registry.example.test"
OPERATOR, KAFKA = f"{HOST}/strimzi/operator:1", f"{HOST}/strimzi/kafka:1"


@pytest.fixture(scope="module")
def checks(load_plugin):
    return load_plugin("module_utils/operator_checks")


def record(operator: str = "") -> dict[str, Any]:
    """A ConfigMap of what was applied, by default from before it told by which operator."""
    return {"metadata": {"name": "objects", "labels": {"catdog-lab/operator": operator} if operator else {}}}


def archive(path: str, *names: str, error: str = "") -> dict[str, Any]:
    return {"path": path, "images": [{"name": name} for name in names], "error": error}


def test_another_value_is_refused_by_name(checks):
    assert checks.operator_failures("embedded") == checks.operator_failures("strimzi") == []
    assert checks.operator_failures("") == []
    assert checks.operator_failures("olm") == [
        "lab_operator is 'olm': choose embedded (the embedded operator) or strimzi (Strimzi's release)."
    ]


@pytest.mark.parametrize(
    ("records", "operator", "other"),
    [
        ([], "strimzi", None),
        ([record("strimzi")], "strimzi", None),
        (
            [record("strimzi")],
            "embedded",
            "lab_operator is embedded, but the cluster has Strimzi's release (namespace amq-",
        ),
        (
            [record("embedded")],
            "strimzi",
            "lab_operator is strimzi, but the cluster has the embedded operator (namespace",
        ),
        ([record()], "strimzi", "Keep it (lab_operator=embedded), or remove the labs first (make teardown)."),
        ([{"metadata": {"labels": None}}], "embedded", None),
        ([record()], "", None),  # an inventory without a choice
        ([record()], "olm", None),  # told by itself
    ],
)
def test_a_lab_keeps_its_operator(checks, records, operator: str, other: str | None):
    failures = checks.other_operator_failures(records, operator, "amq-streams")
    assert len(failures) == bool(other)
    assert other is None or other in failures[0]


def test_a_release_that_cannot_be_had_is_told_with_both_ways_out(checks):
    assert checks.release_failures({"error": ""}) == checks.release_failures({}) == []
    [said] = checks.release_failures({"error": "/nowhere does not exist."})
    assert said.startswith("Strimzi's release cannot be had. /nowhere does not exist. Check network")
    assert "set lab_operator_source to what lies on this machine" in said


def test_an_archive_that_cannot_be_used_is_told_by_its_path(checks):
    archives = [archive("/a.tar", OPERATOR), archive("/b.tar", error="does not exist")]
    assert checks.archive_failures(archives) == ["/b.tar of lab_image_archives does not exist."]


def test_only_what_neither_archive_nor_node_has_is_sought(checks):
    assert checks.sought_images([OPERATOR, KAFKA, "a:1"], [archive("/a.tar", OPERATOR)], {"a:1": "x"}) == [KAFKA]


def test_registries_are_asked_once_and_a_name_without_one_names_none(checks):
    assert checks.registries([OPERATOR, KAFKA, "strimzi/kafka:1", "localhost/a:1", "reg:5000/a:1"]) == [
        HOST,
        "localhost",
        "reg:5000",
    ]


def test_a_registry_that_answers_is_enough(checks):
    assert checks.image_failures([OPERATOR, KAFKA], {HOST: ""}, []) == []


def test_a_registry_that_does_not_answer_is_told_with_the_images_and_both_ways_out(checks):
    [said] = checks.image_failures([OPERATOR, KAFKA, "other.example.test/a:1"], {HOST: "timed out"}, [])
    assert said == (
        f"the registry {HOST} does not answer (timed out), and no archive has {OPERATOR} and {KAFKA}. Check network "
        "and proxy, or save the images by these names where the registry is reached and name the files in "
        "lab_image_archives."
    )


def test_archives_that_lack_an_image_are_told_with_what_they_have(checks):
    archives = [archive("/a.tar", OPERATOR), archive("/b.tar", error="does not exist")]
    [said] = checks.image_failures([KAFKA], {HOST: "HTTP 503"}, archives)
    assert f"no archive has {KAFKA}. What lab_image_archives names (/a.tar, /b.tar) has {OPERATOR}. Check" in said


@pytest.mark.parametrize(
    ("labels", "install", "told"),
    [
        ({}, "manifests", None),
        ({"catdog-lab/operator-install": "olm"}, "olm", None),
        ({"catdog-lab/operator-install": "olm"}, "existing", None),
        ({}, "olm", "by manifests. Keep it (lab_operator_install=manifests)"),
        ({"catdog-lab/operator-install": "olm"}, "manifests", "by olm. Keep it (lab_operator_install=olm)"),
    ],
)
def test_an_operator_that_came_one_way_does_not_come_another(checks, labels, install, told):
    failures = checks.other_install_failures([{"metadata": {"labels": labels}}], install, "amq-streams")
    assert checks.other_install_failures([], install, "amq-streams") == []
    assert len(failures) == (told is not None)
    assert told is None or told in failures[0]
