"""What the contract suite stands on: its waits, its bounds, what it puts back, its orders."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from contract import waiting
from contract.conditions import user_refuses
from contract.operator_times import SETS
from contract.proof import made_to_fail, ordered
from contract.restoring import asked_for, patch_to
from contract.waiting import MadeToFailError, breaker, eventually, meanwhile

ITEMS = list("abcdef")


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on by a second at every look."""
    clock = [0.0]
    stand_in = SimpleNamespace(monotonic=lambda: clock[0], sleep=lambda _: clock.__setitem__(0, clock[0] + 1))
    monkeypatch.setattr(waiting, "time", stand_in)


def merged(old: Any, change: Any) -> Any:
    """What the API server makes of a merge patch."""
    if not isinstance(old, dict) or not isinstance(change, dict):
        return change
    result = {key: merged(old.get(key), value) for key, value in change.items() if value is not None}
    return {**{key: value for key, value in old.items() if key not in change}, **result}


@pytest.mark.parametrize(
    ("found", "patch"),
    [
        ({"kafka": {"config": {"a": 1}}, "list": [1]}, {}),
        ({"kafka": {"config": {"a": 2, "b": 1}}, "list": [1]}, {"kafka": {"config": {"a": 1, "b": None}}}),
        (
            {"kafka": {"config": {"a": 1}, "version": "3.9.0"}, "list": [2, 1]},
            {"kafka": {"version": None}, "list": [1]},
        ),
        ({"list": [1], "entityOperator": None}, {"kafka": {"config": {"a": 1}}, "entityOperator": None}),
    ],
)
def test_a_patch_brings_back_what_was(found: dict[str, Any], patch: dict[str, Any]) -> None:
    wanted = {"kafka": {"config": {"a": 1}}, "list": [1]}
    assert patch_to(wanted, found) == patch
    assert merged(found, patch) == wanted


def test_a_pause_is_something_that_is_asked_for() -> None:
    resource = {"metadata": {"name": "a", "uid": "u"}, "spec": {"kafka": {}}, "status": {}}
    paused = {**resource, "metadata": {"annotations": {"strimzi.io/pause-reconciliation": "true"}}}
    patch = patch_to(asked_for(resource), asked_for(paused))
    assert patch == {"metadata": {"annotations": {"strimzi.io/pause-reconciliation": None}}}


def test_orders() -> None:
    assert ordered(ITEMS, "file") == ITEMS
    assert ordered(ITEMS, "reverse") == ITEMS[::-1]
    assert ordered(ITEMS, "random:7") == ordered(ITEMS, "random:7") != ordered(ITEMS, "random:8")
    assert sorted(ordered(ITEMS, "random:7")) == ITEMS


@pytest.mark.parametrize("order", ["backwards", "random", "random:x"])
def test_an_order_that_is_none_is_refused(order: str) -> None:
    with pytest.raises(ValueError, match="reverse or random:SEED"):
        ordered(ITEMS, order)


def test_every_other_check_is_made_to_fail() -> None:
    assert made_to_fail(ITEMS, "odd") == (["a", "c", "e"], 1)
    assert made_to_fail(ITEMS, "even:2") == (["b", "d", "f"], 2)


@pytest.mark.parametrize("which", ["all", "odd:0", "odd:x"])
def test_failures_that_nobody_knows_are_refused(which: str) -> None:
    with pytest.raises(ValueError, match="odd or even"):
        made_to_fail(ITEMS, which)


def test_the_wait_that_was_asked_for_fails_and_no_other() -> None:
    breaker.arm(2)
    assert eventually(lambda: 1, bool, "one", 5) == 1
    with pytest.raises(MadeToFailError, match="made to fail: two"):
        eventually(lambda: 1, bool, "two", 5)
    assert eventually(lambda: 1, bool, "three", 5) == 1
    assert breaker.disarm() is False
    breaker.arm(1)
    assert breaker.disarm() is True


def test_a_wait_ends_at_its_bound_with_what_was_seen_last() -> None:
    looks = iter(range(100))
    with pytest.raises(AssertionError, match="not within 5 s: never; seen last: 6"):
        eventually(lambda: next(looks), lambda _: False, "never", 5)


def test_what_has_to_stay_is_looked_at_until_the_end() -> None:
    looks = iter(range(100))
    meanwhile(lambda: next(looks), lambda seen: seen < 5, "few", 5)
    assert next(looks) == 5
    with pytest.raises(AssertionError, match="no longer: few; seen: 6"):
        meanwhile(lambda: next(looks), lambda seen: seen < 6, "few", 5)


def test_bounds_follow_from_an_operators_settings() -> None:
    strimzi, embedded = SETS["strimzi"], SETS["embedded"]
    # A change that loses its turn is taken up by the next periodic pass.
    assert strimzi.periodic_interval < strimzi.answer < strimzi.repair
    assert embedded.answer < embedded.periodic_interval
    # A pass that waits for pods may be under way, and begin again.
    assert strimzi.pods >= strimzi.answer + 3 * strimzi.operation_timeout
    assert embedded.pods < strimzi.pods


@pytest.mark.parametrize(
    ("condition", "observed", "is_refused"),
    [
        ({"type": "NotReady", "status": "True", "message": "a.b.InvalidResourceException: no"}, 2, True),
        ({"type": "NotReady", "status": "True", "message": "a.b.InvalidResourceException: no"}, 1, False),
        ({"type": "NotReady", "status": "True", "message": "a.b.OtherException: no"}, 2, False),
        ({"type": "Ready", "status": "False", "message": "a.b.InvalidResourceException: no"}, 2, False),
    ],
)
def test_a_refused_user(condition: dict[str, str], observed: int, is_refused: bool) -> None:
    user = {"metadata": {"generation": 2}, "status": {"observedGeneration": observed, "conditions": [condition]}}
    assert user_refuses(user, "InvalidResourceException") is is_refused
