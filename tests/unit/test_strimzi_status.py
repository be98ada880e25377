"""Every answer of a Strimzi operator is judged rightly, with the same words for whoever waits and whoever looks."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.catdog.lab.plugins.module_utils.strimzi_status import StandingFailure, Verdict, verdict


def resource(
    *conditions: dict[str, str], observed: int | None = 2, kind: str = "Kafka", **metadata: Any
) -> dict[str, Any]:
    status = {"conditions": list(conditions)} | ({"observedGeneration": observed} if observed else {})
    return {
        "kind": kind,
        "metadata": {"name": "a", "namespace": "n", "generation": 2, **metadata},
        "status": status if observed is not None else {},
    }


def condition(kind: str, status: str = "True", reason: str = "", message: str = "", at: str = "") -> dict[str, str]:
    given = {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": at}
    return {key: value for key, value in given.items() if value}


READY = condition("Ready")
REFUSED = condition(
    "NotReady", reason="InvalidResourceException", message="no pools", at="2026-01-01T10:00:00.123456789Z"
)
TOPIC_REFUSED = condition("Ready", "False", "NotSupported", "Decreasing partitions not supported")
LONG_NAME = "Users with TLS client authentication can have a username only up to 64 characters long."
PACKAGE = "io.strimzi.operator.common"
CLASSES = f"{PACKAGE}.ReconciliationException: {PACKAGE}.model.InvalidResourceException"
USER_REFUSED = condition("NotReady", reason="ExecutionException", message=f"{CLASSES}: {LONG_NAME}")
KAFKAS_WORDS = "org.apache.kafka.common.errors.InvalidReplicationFactorException: Replication factor: 5 larger than 2"
CREATING = condition("NotReady", reason="Creating", message="Kafka cluster is being deployed")
PAUSE = {"strimzi.io/pause-reconciliation": "true"}
LEFT_ALONE = {"strimzi.io/managed": "false"}


@pytest.mark.parametrize(
    ("given", "state", "detail"),
    [
        (resource(READY), "Ready", ""),
        (resource(condition("Warning", reason="KafkaStorage"), READY), "Ready", ""),
        (resource(condition("NotReady", "False"), READY), "Ready", ""),
        (resource(READY, observed=1), "Waiting", "the operator has not taken up its last change"),
        (resource(READY, observed=None), "Waiting", "it has no status: no operator has taken it up"),
        (resource(), "Waiting", "no condition"),
        (resource(CREATING, observed=0), "Waiting", "the operator has not taken up its last change"),
        (resource(CREATING), "Waiting", "NotReady=True (Creating): Kafka cluster is being deployed"),
        (resource(REFUSED), "Failed", "NotReady=True (InvalidResourceException): no pools"),
        (resource(REFUSED, observed=1), "Waiting", "the operator has not taken up its last change"),
        (
            resource(TOPIC_REFUSED, kind="KafkaTopic"),
            "Failed",
            "Ready=False (NotSupported): Decreasing partitions not supported",
        ),
        (resource(TOPIC_REFUSED, kind="KafkaTopic", observed=1), "Waiting", "the operator has not taken up"),
        (resource(USER_REFUSED, kind="KafkaUser"), "Failed", f"NotReady=True (ExecutionException): {LONG_NAME}"),
        (resource(condition("Ready", "False", "KafkaError", KAFKAS_WORDS)), "Failed", f"(KafkaError): {KAFKAS_WORDS}"),
        (resource(READY, annotations=PAUSE), "Paused", "strimzi.io/pause-reconciliation"),
        (resource(REFUSED, observed=1, annotations=PAUSE), "Paused", "strimzi.io/pause-reconciliation"),
        (resource(condition("ReconciliationPaused")), "Waiting", "ReconciliationPaused=True"),
        (resource(READY, kind="KafkaTopic", annotations=LEFT_ALONE), "Unmanaged", "strimzi.io/managed"),
        (resource(READY, annotations=LEFT_ALONE), "Ready", ""),
        (resource(READY, deletionTimestamp="2026-01-01"), "Deleting", "it is being deleted since 2026-01-01"),
    ],
)
def test_state_follows_metadata_conditions_and_generation(given: dict[str, Any], state: str, detail: str) -> None:
    judged = verdict(given)
    assert judged.state == state
    assert detail in judged.detail
    assert bool(judged.detail) == (state != "Ready")


def test_a_kafka_waits_for_its_pools() -> None:
    pool = resource(kind="KafkaNodePool", observed=1)
    assert verdict(resource(READY), [pool]).state == "Waiting"
    assert verdict(resource(READY), [resource(kind="KafkaNodePool")]) == Verdict("Ready")


@pytest.mark.parametrize(
    ("changed", "state"), [("2026-01-01T10:00:05Z", "Waiting"), ("2026-01-01T09:59:55Z", "Failed")]
)
def test_a_failure_older_than_a_change_of_a_pool_may_be_mended_by_it(changed: str, state: str) -> None:
    pool = resource(
        kind="KafkaNodePool", observed=1, managedFields=[{"time": changed}, {"time": "2027", "subresource": "status"}]
    )
    judged = verdict(resource(REFUSED), [pool])
    assert judged.state == state
    assert "no pools" in judged.detail


LATER = {**REFUSED, "lastTransitionTime": "2026-01-01T10:02:00Z"}


@pytest.mark.parametrize(
    ("first", "now", "old"),
    [
        (resource(REFUSED), resource(REFUSED), True),
        (resource(REFUSED), resource({**REFUSED, "message": "too few pools"}), False),
        (resource(REFUSED), resource(LATER), False),
        (resource(REFUSED, observed=1), resource(REFUSED), False),
        (resource(CREATING, observed=0), resource(REFUSED), False),
        (resource(observed=None), resource(TOPIC_REFUSED, kind="KafkaTopic"), False),
        (resource(REFUSED), resource(condition("Warning"), REFUSED), True),
    ],
)
def test_a_failure_is_old_until_something_new_is_said(first: dict[str, Any], now: dict[str, Any], old: bool) -> None:
    failures = StandingFailure(grace=150)
    assert failures.is_old(first) is True
    assert failures.is_old(now) is old


def test_a_failure_that_answers_a_change_is_never_old() -> None:
    assert StandingFailure(grace=150, changed=True).is_old(resource(REFUSED)) is False
