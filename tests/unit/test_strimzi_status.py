"""Every answer of a Strimzi operator is judged rightly: ready, failed, or worth waiting."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.catdog.lab.plugins.module_utils.strimzi_status import verdict


def resource(
    *conditions: dict[str, str], observed: int | None = 2, kind: str = "Kafka", **metadata: Any
) -> dict[str, Any]:
    status = {"conditions": list(conditions)} | ({"observedGeneration": observed} if observed else {})
    return {
        "kind": kind,
        "metadata": {"name": "a", "namespace": "n", "generation": 2, **metadata},
        "status": status if observed else {},
    }


def condition(kind: str, status: str = "True", reason: str = "", message: str = "", at: str = "") -> dict[str, str]:
    given = {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": at}
    return {key: value for key, value in given.items() if value}


READY = condition("Ready")
REFUSED = condition(
    "NotReady", reason="InvalidResourceException", message="no pools", at="2026-01-01T10:00:00.123456789Z"
)


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (resource(READY), "ready"),
        (resource(condition("Warning", reason="KafkaStorage"), READY), "ready"),
        (resource(READY, observed=1), "waiting"),
        (resource(READY, observed=None), "waiting"),
        (resource(), "waiting"),
        (resource(condition("NotReady", reason="Creating")), "waiting"),
        (resource(REFUSED), "failed"),
        (resource(REFUSED, observed=1), "waiting"),
        (resource(condition("Ready", "False", "NotSupported"), kind="KafkaTopic"), "failed"),
        (resource(condition("Ready", "False", "NotSupported"), kind="KafkaTopic", observed=1), "waiting"),
        (resource(condition("ReconciliationPaused")), "failed"),
        (resource(condition("NotReady", "False"), READY), "ready"),
    ],
)
def test_state_follows_conditions_and_generation(given: dict[str, Any], state: str) -> None:
    assert verdict(given).state == state


def test_failure_keeps_the_operators_words() -> None:
    message = verdict(resource(REFUSED)).message
    assert message == "Kafka n/a failed: NotReady=True (InvalidResourceException): no pools"


def test_without_a_status_nobody_watches() -> None:
    assert "no operator has taken it up" in verdict(resource(observed=None)).message


def test_a_kafka_waits_for_its_pools() -> None:
    pool = resource(kind="KafkaNodePool", observed=1)
    assert verdict(resource(READY), [pool]).state == "waiting"
    assert verdict(resource(READY), [resource(kind="KafkaNodePool")]).state == "ready"


@pytest.mark.parametrize(
    ("changed", "state"), [("2026-01-01T10:00:05Z", "waiting"), ("2026-01-01T09:59:55Z", "failed")]
)
def test_a_failure_older_than_a_change_of_a_pool_may_be_mended_by_it(changed: str, state: str) -> None:
    pool = resource(
        kind="KafkaNodePool", observed=1, managedFields=[{"time": changed}, {"time": "2027", "subresource": "status"}]
    )
    assert verdict(resource(REFUSED), [pool]).state == state
