"""Which events and which looks at Kafka become work of an entity operator."""

import asyncio

import pytest
from embedded_operator.kafka_clients.access import UNREACHABLE_RETRY
from embedded_operator.kubernetes.events import WatchedResources
from embedded_operator.user_operator import ORPHANS, UserProcess
from kafka.errors import KafkaConnectionError


class Reconciler:
    """Stands for UserReconciler."""

    def __init__(self):
        self.resources, self.kafka = WatchedResources("KafkaUser", "my"), self
        self.orphaned, self.problem, self.reachable = set(), None, True

    async def orphans(self):
        if self.problem:
            raise self.problem
        return self.orphaned

    async def reconcile(self, name):
        return f"reconciled {name}"

    def mark_unreachable(self, _):
        self.reachable = False


@pytest.fixture
def process():
    return UserProcess(None, Reconciler(), 8081, interval=120)


@pytest.fixture
def queued(process, monkeypatch):
    """Keys in the order in which they were added."""
    keys = []
    monkeypatch.setattr(process.queue, "add", lambda key, delay=0: keys.append(key))
    return keys


def test_a_resource_is_reconciled_by_its_name(process, user, queued):
    process.observe(user("tls"), "ADDED")
    process.observe(user("tls"), "MODIFIED")
    assert queued == ["alice"]
    assert asyncio.run(process.work("alice")) == "reconciled alice"


def test_the_secret_of_a_user_is_watched_over_and_no_other(process, user, queued):
    process.observe_secret("alice")
    assert queued == []
    process.observe(user("tls"), "ADDED")
    process.observe_secret("alice")
    assert queued == ["alice", "alice"]


def test_users_without_a_resource_are_reconciled(process, queued):
    process.reconciler.orphaned = {"bob"}
    assert asyncio.run(process.work(ORPHANS)) == 120
    assert queued == ["bob"]


def test_a_kafka_that_does_not_answer_is_asked_for_orphans_again_soon(process, queued):
    process.reconciler.problem = KafkaConnectionError("refused")
    assert asyncio.run(process.work(ORPHANS)) == UNREACHABLE_RETRY
    assert queued == [] and not process.reconciler.reachable
