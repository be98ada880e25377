"""What an inventory asks of a platform that does not have it is told beforehand, with what to do."""

from __future__ import annotations

import pytest

OPENSHIFT = ["apps", "route.openshift.io", "project.openshift.io", "security.openshift.io"]
REFUSED = "403 Forbidden"


@pytest.fixture(scope="module")
def checks(load_plugin):
    return load_plugin("module_utils/platform_checks")


def asking(kafka: str = "nodeport", notebook: str = "nodeport"):
    return [{"exposures": {"lab_kafka_exposure": kafka, "lab_notebook_exposure": notebook}}] * 2


@pytest.mark.parametrize(
    ("groups", "attendees", "kind", "found"),
    [
        (OPENSHIFT, asking("route", "route"), "project", "OpenShift"),
        (["apps", "route.openshift.io"], asking("route", "route"), "namespace", "Kubernetes"),
        (["apps"], asking("loadbalancer", "ingress"), "namespace", "Kubernetes"),
        (["apps", "gateway.networking.k8s.io"], asking("tlsroute"), "namespace", "Kubernetes"),
    ],
)
def test_a_platform_that_has_what_is_asked_for_is_named(checks, groups, attendees, kind, found):
    assert checks.platform_lines(groups, attendees, kind, {}) == [
        {"check": "platform", "state": "ok", "found": found, "fix": ""}
    ]


@pytest.mark.parametrize(
    ("groups", "attendees", "kind", "found"),
    [
        (
            ["apps"],
            asking("route", "route"),
            "namespace",
            "lab_kafka_exposure and lab_notebook_exposure ask for route, and the cluster has no Routes "
            "(API group route.openshift.io): it is no OpenShift.",
        ),
        (
            OPENSHIFT,
            asking("tlsroute", "route"),
            "project",
            "lab_kafka_exposure asks for tlsroute, and the cluster has no Gateway API "
            "(API group gateway.networking.k8s.io).",
        ),
        (
            ["apps"],
            asking(),
            "project",
            "lab_namespace_kind asks for projects, and the cluster has none (API group project.openshift.io): "
            "it is no OpenShift.",
        ),
    ],
)
def test_what_the_platform_lacks_is_told_with_who_asks_for_it(checks, groups, attendees, kind, found):
    (line,) = checks.platform_lines(groups, attendees, kind, {})
    assert (line["state"], line["found"]) == ("failure", found)
    assert line["fix"]


def test_a_platform_that_cannot_be_seen_is_no_proof(checks):
    (line,) = checks.platform_lines([], asking("route"), "project", {"groups": REFUSED})
    assert (line["state"], REFUSED in line["found"]) == ("warning", True)


@pytest.mark.parametrize(
    ("classes", "wanted", "state", "found"),
    [
        (["nginx"], "nginx", "ok", "nginx"),
        (
            ["nginx", "traefik"],
            "haproxy",
            "failure",
            "the class 'haproxy' (lab_ingress_class), and the cluster has nginx",
        ),
        (["nginx"], "", "failure", "lab_notebook_exposure asks for ingress with the class ''"),
        ([], "nginx", "failure", "and the cluster has no IngressClass."),
    ],
)
def test_the_class_of_an_ingress_must_be_there(checks, classes, wanted, state, found):
    (line,) = checks.ingress_class_lines(classes, asking(notebook="ingress"), wanted, {})
    assert (line["state"], found in line["found"], bool(line["fix"])) == (state, True, state != "ok")


def test_classes_are_judged_only_where_an_ingress_is_asked_for(checks):
    unseen = {"ingress_classes": REFUSED}
    assert checks.ingress_class_lines([], asking(), "", unseen) == []
    (line,) = checks.ingress_class_lines([], asking("ingress"), "", unseen)
    assert (line["state"], REFUSED in line["found"]) == ("warning", True)


def test_rights_are_asked_for_what_any_attendee_asks_for(checks):
    attendees = [*asking("route"), *asking(notebook="ingress")]
    assert checks.wanted_features(attendees, "project", True) == [
        "ingress",
        "isolation",
        "nodeport",
        "project",
        "route",
    ]
    assert checks.wanted_features(attendees[:1], "namespace", False, True) == [
        "namespace",
        "nodeport",
        "route",
        "router",
    ]


def test_rights_are_asked_for_how_the_object_store_is_exposed(checks):
    assert checks.wanted_features([], "namespace", False, object_store="nodeport") == ["namespace", "nodeport"]
    assert checks.wanted_features([], "namespace", False, object_store="none") == ["namespace"]


def test_rights_are_asked_for_builds_where_the_cluster_builds(checks):
    assert checks.wanted_features([], "project", False, image_project="images") == ["builds", "project"]


def test_builds_that_the_platform_lacks_are_told(checks):
    assert checks.platform_lines([*OPENSHIFT, "build.openshift.io"], [], "project", {}, "images")[0]["state"] == "ok"
    (line,) = checks.platform_lines(OPENSHIFT, [], "project", {}, "images")
    assert (
        line["found"] == "lab_image_project asks for builds, and the cluster has none (API group build.openshift.io)."
    )


def test_what_the_runs_own_router_brings_counts_as_there(checks):
    seen = {"groups": ["apps"], "ingress_classes": ["nginx"]}
    assert checks.with_router(seen, "") == (["apps"], ["nginx"])
    groups, classes = checks.with_router(seen, "own")
    (platform,) = checks.platform_lines(groups, asking("route"), "namespace", {})
    (ingress,) = checks.ingress_class_lines(classes, asking(notebook="ingress"), "own", {})
    assert (platform["state"], ingress["state"]) == ("ok", "ok")
    assert checks.with_router({}, "own") == (["route.openshift.io"], ["own"])
