"""How far OLM is: which of its plans is the lab's own, what waits for others, what has failed and with which words."""

from __future__ import annotations

from typing import Any

import pytest

CSV = "strimzi.v1"


@pytest.fixture(scope="module")
def status(load_plugin):
    return load_plugin("module_utils/olm_status")


def subscription(*conditions: dict[str, str], **told: Any) -> dict[str, Any]:
    api = {"apiVersion": "operators.coreos.com/v1alpha1", "kind": "Subscription"}
    return api | {"metadata": {"name": "sub", "namespace": "ns"}, "status": {"conditions": list(conditions), **told}}


def plan(*names: str, phase: str = "RequiresApproval", name: str = "install-a", at: str = "1", **more: Any):
    spec = {"clusterServiceVersionNames": list(names), "approved": more.pop("approved", False)}
    metadata = {"name": name, "namespace": "ns", "creationTimestamp": at}
    return {"metadata": metadata, "spec": spec, "status": {"phase": phase, **more}}


def csv(phase: str = "", **more: Any) -> dict[str, Any]:
    api = {"apiVersion": "operators.coreos.com/v1alpha1", "kind": "ClusterServiceVersion"}
    return api | {"metadata": {"name": CSV, "namespace": "ns"}, "status": {"phase": phase, **more}}


def condition(kind: str, state: str = "True") -> dict[str, str]:
    return {"type": kind, "status": state, "reason": "Why", "message": "that is why"}


LACKS = [{"kind": "CustomResourceDefinition", "name": "a", "status": "NotPresent", "message": "missing"}]


@pytest.mark.parametrize(
    ("found", "plans", "version", "state", "said"),
    [
        (None, [], None, "Failed", "its Subscription is gone"),
        (subscription(), [], None, "Waiting", "the Subscription is not taken up"),
        (subscription(state="UpgradePending"), [], None, "Waiting", "the Subscription is UpgradePending"),
        (subscription(condition("ResolutionFailed")), [], None, "Failed", "ResolutionFailed (Why): that is why"),
        (subscription(condition("ResolutionFailed", "False")), [], None, "Waiting", ""),
        (subscription(condition("InstallPlanPending")), [], None, "Waiting", ""),
        (subscription(), [plan(CSV, phase="Planning")], None, "Waiting", "InstallPlan install-a is Planning"),
        (subscription(), [plan(CSV)], None, "Approve", "waits for approval"),
        (subscription(), [plan(CSV, approved=True)], None, "Waiting", ""),
        (subscription(), [plan(CSV, "other.v1")], None, "Blocked", f"beside {CSV} it installs other.v1"),
        (subscription(installedCSV="v0"), [plan("v2")], None, "Blocked", "is installed (v0) OLM goes to v2 next"),
        (
            subscription(),
            [plan(CSV, phase="Failed", conditions=[condition("Installed", "False")])],
            None,
            "Failed",
            "install-a failed (Why): that is why. OLM does not try it again",
        ),
        (
            subscription(),
            [plan(CSV, phase="Failed"), plan(CSV, name="install-b", at="2")],
            None,
            "Approve",
            "install-b",
        ),
        (
            subscription(),
            [plan(CSV, phase="Complete")],
            csv("Pending", requirementStatus=LACKS),
            "Waiting",
            "lacks Custom",
        ),
        (
            subscription(),
            [],
            csv("Failed", reason="InstallCheckFailed", message="slow"),
            "Failed",
            "CheckFailed): slow",
        ),
        (subscription(condition("ResolutionFailed")), [plan("v2")], csv("Succeeded"), "Succeeded", ""),
    ],
)
def test_how_far_olm_is(status, found, plans, version, state, said):
    judged = status.verdict(status.Look(found, plans, version), CSV)
    assert (judged.state, said in judged.detail) == (state, True), judged
    assert bool(judged.plan) == (state == "Approve")


def test_a_plan_that_is_not_the_labs_is_told_with_the_command_that_approves_it(status):
    judged = status.verdict(status.Look(subscription(), [plan(CSV, "b")], None), CSV)
    assert 'kubectl -n ns patch installplan install-a --type merge -p \'{"spec":{"approved":true}}\'' in judged.detail


REFERENCE = {"name": "install-a", "namespace": "ns"}


@pytest.mark.parametrize(
    ("found", "plans", "versions", "kinds"),
    [
        (subscription(installPlanRef=REFERENCE), [plan(CSV, phase="Failed")], [], ["Subscription"]),
        (
            subscription(installPlanRef=REFERENCE),
            [plan(CSV, phase="Failed")],
            [csv("Failed")],
            ["Subscription", "ClusterServiceVersion"],
        ),
        (subscription(installPlanRef=REFERENCE), [plan(CSV, phase="Failed")], [csv("Succeeded")], ["Subscription"]),
        (subscription(condition("BundleUnpackFailed")), [], [], ["Subscription"]),
        (subscription(installPlanRef=REFERENCE), [plan(CSV)], [csv("Failed")], []),
        (subscription(), [plan(CSV, phase="Failed")], [], []),
    ],
)
def test_what_olm_does_not_go_on_with_is_let_go_of(status, found, plans, versions, kinds):
    ends = status.dead_ends([found], plans, versions)
    assert [entry["kind"] for entry in ends] == kinds
    assert all(entry["metadata"]["namespace"] == "ns" and entry["apiVersion"] for entry in ends)


def test_everything_that_olm_says_is_shown(status):
    look = status.Look(subscription(condition("ResolutionFailed")), [plan(CSV)], csv(conditions=[{"phase": "Pending"}]))
    assert list(status.condition_lines(look)) == [
        "Subscription ResolutionFailed=True (Why): that is why",
        "ClusterServiceVersion Pending (None)",
        f"InstallPlan install-a ({CSV}): RequiresApproval, not approved",
    ]
