"""Which pods are created and replaced when."""

import pytest
from embedded_operator.clusters.pod_rollout import MANUAL_ROLLING_UPDATE, decide
from embedded_operator.objects.metadata import REVISION


def pod(revision="1", ready=True, terminating=False, phase="Running"):
    metadata = {"annotations": {REVISION: revision}}
    if terminating:
        metadata["deletionTimestamp"] = "now"
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {"metadata": metadata, "status": {"phase": phase, "conditions": conditions}}


def wished(*names, revision="1"):
    return {name: pod(revision) for name in names}


def test_all_missing_pods_are_created_together():
    rollout = decide(wished("a", "b", "c"), {"b": pod()})
    assert rollout.create == ("a", "c") and rollout.delete == ()
    assert rollout.waiting_for == ("a: not created", "c: not created")


def test_nothing_to_do():
    assert decide(wished("a", "b"), {"a": pod(), "b": pod()}) == decide({}, {})


def test_outdated_pods_are_replaced_one_at_a_time_in_the_given_order():
    rollout = decide(wished("a", "b", revision="2"), {"b": pod(), "a": pod()})
    assert (rollout.restart, rollout.delete) == ("a", ()) and rollout.waiting_for


def test_no_ready_pod_is_replaced_while_another_is_away():
    rollout = decide(wished("a", "b", revision="2"), {"a": pod("2", ready=False), "b": pod()})
    assert rollout.delete == () and rollout.restart is None


def test_a_pod_is_replaced_as_asked_for():
    asked, left = pod(), pod()
    asked["metadata"]["annotations"][MANUAL_ROLLING_UPDATE] = "true"
    left["metadata"]["annotations"][MANUAL_ROLLING_UPDATE] = "false"
    assert decide(wished("a", "b"), {"a": left, "b": asked}).restart == "b"
    assert decide(wished("a", "b"), {"a": left, "b": pod()}).restart is None


def test_an_outdated_pod_that_is_not_ready_is_replaced_first():
    rollout = decide(wished("a", "b", revision="2"), {"a": pod(), "b": pod(ready=False)})
    assert rollout.delete == ("b",)


def test_a_terminating_pod_is_waited_for():
    rollout = decide(wished("a", revision="2"), {"a": pod(terminating=True)})
    assert rollout.delete == () and rollout.waiting_for == ("a: terminating",)


def test_pods_that_ended_and_pods_of_no_pool_go():
    rollout = decide(wished("a"), {"a": pod(ready=False, phase="Failed"), "z": pod()})
    assert set(rollout.delete) == {"a", "z"}


def waiting(reason, restarts=0, revision="1"):
    """A pod whose container waits for this reason."""
    found = pod(revision, ready=False)
    state = {"waiting": {"reason": reason, "message": "no such image"}}
    found["status"]["containerStatuses"] = [{"state": state, "restartCount": restarts}]
    return found


def test_the_reason_of_a_pod_that_cannot_start_is_kubernetes_own():
    rollout = decide(wished("a"), {"a": waiting("ErrImagePull")})
    assert rollout.waiting_for == ("a: ErrImagePull no such image",) and not rollout.stuck


@pytest.mark.parametrize(
    ("reason", "restarts", "stuck"),
    [
        ("ImagePullBackOff", 0, True),
        ("InvalidImageName", 0, True),
        ("CrashLoopBackOff", 1, False),
        ("CrashLoopBackOff", 2, True),
        ("ContainerCreating", 0, False),
    ],
)
def test_a_pod_is_stuck_when_kubernetes_has_tried_in_vain(reason, restarts, stuck):
    rollout = decide(wished("a", "b"), {"a": waiting(reason, restarts), "b": pod()})
    assert rollout.stuck == ((f"a: {reason} no such image",) if stuck else ())


def test_a_pod_that_is_about_to_be_replaced_is_not_stuck():
    rollout = decide(wished("a", revision="2"), {"a": waiting("ImagePullBackOff")})
    assert rollout.delete == ("a",) and not rollout.stuck
