"""Which rights a lab needs: fewer where its operator watches the attendees' namespaces; one role for who provisions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WRITING = {"create", "patch", "delete"}


@pytest.fixture(scope="module")
def permissions(load_plugin):
    return load_plugin("module_utils/lab_permissions")


def test_nothing_of_the_whole_cluster_is_written_where_only_attendees_are_watched(permissions):
    def written(watch: str) -> set[str]:
        return {
            e.resource
            for e in permissions.needed("manifests", permissions.OF_INSTRUCTOR, watch)
            if WRITING & set(e.verbs)
        }

    wide = {"clusterroles", "clusterrolebindings", "customresourcedefinitions"}
    assert written("all") - written("attendees") == wide
    assert written("attendees") <= written("all")


def test_the_instructors_role_has_the_rights_that_preflight_asks_for_and_may_bind_the_operators(permissions):
    role = permissions.instructor_role(["b", "a"])
    given = {
        (group, resource, verb)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
        if "resourceNames" not in rule
    }
    asked = {
        (e.group, e.resource, verb)
        for e in permissions.needed("manifests", permissions.OF_INSTRUCTOR, "attendees")
        for verb in e.verbs
    }
    assert given == asked
    assert [rule for rule in role["rules"] if "resourceNames" in rule] == [
        {
            "apiGroups": ["rbac.authorization.k8s.io"],
            "resources": ["clusterroles"],
            "resourceNames": ["a", "b"],
            "verbs": ["bind"],
        }
    ]


def test_each_right_is_told_with_its_place_and_purpose(permissions):
    rows = permissions.permission_rows("attendees")
    assert {"resource": "pods/exec", "verbs": "create", "where": "each attendee's namespace"}.items() <= next(
        row for row in rows if row["resource"] == "pods/exec"
    ).items()
    assert {row["where"] for row in rows if row["resource"] == "namespaces"} == {"cluster"}
    assert all(row["for"] for row in rows)


def test_who_makes_an_attendees_role_holds_its_rights(permissions):
    template = (ROOT / "roles/attendee_isolation/templates/access.yml.j2").read_text()
    rules = [yaml.safe_load(line) for line in re.findall(r"^  - (\{apiGroups: .*\})$", template, re.MULTILINE)]
    given = {
        (rule["apiGroups"][0], name, verb) for rule in rules for name in rule["resources"] for verb in rule["verbs"]
    }
    held = {(e.group, e.resource, verb) for e in permissions.needed("existing", ["isolation"]) for verb in e.verbs}
    assert given
    assert given - held == set()
