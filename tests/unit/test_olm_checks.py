"""What keeps OLM from an operator is told before it is asked: every text with what was found and what to do."""

from __future__ import annotations

from typing import Any

import pytest

CSV = "strimzi-cluster-operator.v1"
WANTED = {
    "package": "strimzi-kafka-operator",
    "channel": "stable",
    "csv": CSV,
    "catalog": "community-operators",
    "catalog_namespace": "openshift-marketplace",
    "namespace": "amq-streams",
}
OURS = {"app.kubernetes.io/managed-by": "catdog-lab"}


@pytest.fixture(scope="module")
def checks(load_plugin):
    return load_plugin("module_utils/olm_checks")


def catalog(name: str = "community-operators", state: str = "READY") -> dict[str, Any]:
    return {"metadata": {"name": name}, "status": {"connectionState": {"lastObservedState": state}}}


def package(*versions: str, channel: str = "stable", catalog: str = "community-operators", all_namespaces: bool = True):
    modes = [{"type": "AllNamespaces", "supported": all_namespaces}]
    entries = [{"name": name} for name in versions]
    found = {"name": channel, "currentCSV": CSV, "entries": entries, "currentCSVDesc": {"installModes": modes}}
    place = {"catalogSource": catalog, "catalogSourceNamespace": "openshift-marketplace"}
    return {"status": {"packageName": "strimzi-kafka-operator", "channels": [found], **place}}


@pytest.mark.parametrize("found", [package("strimzi-cluster-operator.v2", CSV), package()])
def test_a_version_that_the_channel_has_is_no_failure(checks, found):
    """An older OLM lists no versions, only the newest one."""
    assert checks.catalog_failures([catalog()], [package(CSV, catalog="mine"), found], WANTED) == []


@pytest.mark.parametrize(
    ("catalogs", "packages", "asked", "said"),
    [
        (
            [catalog("redhat-operators")],
            [],
            {},
            "no CatalogSource community-operators (lab_operator_catalog) but redhat",
        ),
        ([], [], {}, "but none. Name one that the cluster has: kubectl get catalogsources"),
        ([catalog(state="TRANSIENT_FAILURE")], [], {}, "(its connection is TRANSIENT_FAILURE)"),
        ([{"metadata": {"name": "community-operators"}}], [], {}, "(its connection is not there yet)"),
        (
            [catalog()],
            [package(CSV, catalog="mine")],
            {},
            "has no package strimzi-kafka-operator (lab_operator_package)",
        ),
        ([catalog()], [package(CSV, channel="old")], {}, "has no channel stable (lab_operator_channel), but old"),
        ([catalog()], [package("v2", "v3")], {}, f"has no {CSV} (lab_operator_csv). Name one that it has: v2 and v3."),
        ([catalog()], [package()], {"csv": ""}, f"lab_operator_csv names none. Name one that it has: {CSV}."),
        ([catalog()], [package(CSV, all_namespaces=False)], {}, "does not watch all namespaces"),
    ],
)
def test_what_a_catalog_lacks_is_told_with_what_it_has(checks, catalogs, packages, asked, said):
    [failure] = checks.catalog_failures(catalogs, packages, WANTED | asked)
    assert said in failure


def group(name: str, ours: bool = False, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "labels": OURS if ours else None}, "spec": spec}


ALL = {"metadata": {"name": "b"}, "spec": {"selector": {}}, "status": {"namespaces": [""]}}


@pytest.mark.parametrize("groups", [[], [group("catdog-lab", ours=True, targetNamespaces=["x"])], [group("a")], [ALL]])
def test_one_group_for_all_namespaces_is_used(checks, groups):
    assert checks.group_failures(groups, "amq-streams") == []


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        (
            [group("a"), group("catdog-lab", ours=True)],
            "has the OperatorGroups a and catdog-lab, and OLM installs nothing",
        ),
        ([group("a", targetNamespaces=["x", "y"])], "has an OperatorGroup a of others for x and y, and"),
        ([group("a", selector={"matchLabels": {}})], "of others for no namespace"),
    ],
)
def test_a_group_that_does_not_do_is_refused(checks, groups, said):
    [failure] = checks.group_failures(groups, "amq-streams")
    assert said in failure


def subscription(package: str, ours: bool = False) -> dict[str, Any]:
    return {"metadata": {"name": "a", "labels": OURS if ours else {}}, "spec": {"name": package}}


def test_others_subscriptions_in_the_namespace_are_refused(checks):
    assert checks.subscription_failures([subscription(WANTED["package"], ours=True)], WANTED) == []
    [same] = checks.subscription_failures([subscription(WANTED["package"])], WANTED)
    assert "a Subscription a of others for strimzi-kafka-operator. Use that operator" in same
    [other] = checks.subscription_failures([subscription("quay")], WANTED)
    assert "OLM would install both in one plan: choose another namespace" in other


def test_no_olm_is_told_with_the_other_way(checks):
    assert checks.absent_failures(True) == []
    assert "lab_operator_install=manifests" in checks.absent_failures(False)[0]
