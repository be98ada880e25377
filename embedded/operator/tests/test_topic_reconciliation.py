"""What a pass over a KafkaTopic writes back."""

import asyncio
from types import SimpleNamespace

import pytest
from api_server import ApiServer
from embedded_operator.conditions import PAUSE
from embedded_operator.errors import KafkaRequestError
from embedded_operator.kafka_clients.access import UNREACHABLE_RETRY
from embedded_operator.settings import TopicOperatorSettings
from embedded_operator.topics.reconciliation import TopicReconciler
from embedded_operator.topics.state import FINALIZER
from kafka.errors import KafkaConnectionError


def reconcile(status, annotations=None, **spec):
    """One pass over a KafkaTopic that needs nothing of Kafka and writes its status; returns that."""
    metadata = {"name": "rhte", "namespace": "lab", "uid": "1", "generation": 2, "annotations": annotations or {}}
    metadata["creationTimestamp"] = "2026-01-01T00:00:00Z"
    server = ApiServer({"kind": "KafkaTopic", "metadata": metadata, "spec": spec, "status": status})
    reconciler = TopicReconciler(server, SimpleNamespace(namespace="lab", reconciliation_interval=120), admin=None)
    reconciler.topics = server.of("KafkaTopic")
    asyncio.run(reconciler.reconcile("rhte"))
    assert server.written == ["KafkaTopic rhte/status"]
    return server.of("KafkaTopic")["rhte"]["status"]


def test_a_paused_topic_is_left_alone():
    status = reconcile({"topicName": "rhte", "observedGeneration": 1}, {PAUSE: "true"}, partitions=5)
    assert [(c["type"], c["status"]) for c in status["conditions"]] == [("ReconciliationPaused", "True")]
    assert status["observedGeneration"] == 1


def test_a_refused_name_is_not_taken_for_the_topics_own_at_the_next_pass():
    status = reconcile({"topicName": "rhte", "topicId": "id"}, topicName="another")
    assert status["conditions"][0]["reason"] == "NotSupported"
    assert status["topicName"] == "rhte"


def test_an_unmanaged_topic_is_answered_for_in_its_present_form():
    status = reconcile({"topicName": "rhte", "observedGeneration": 1}, {"strimzi.io/managed": "false"})
    assert status["observedGeneration"] == 2
    assert [entry["type"] for entry in status["conditions"]] == ["Unmanaged"]


@pytest.fixture
def unheld():
    """A reconciler without finalizers; `.server`, `.deleted` (topics that Kafka was told to delete), `.pass_()`."""

    class Unheld:
        def __init__(self):
            metadata = {"name": "rhte", "namespace": "lab", "uid": "1", "generation": 1, "creationTimestamp": "now"}
            self.topic = {"kind": "KafkaTopic", "metadata": {**metadata, "finalizers": [FINALIZER]}, "spec": {}}
            self.server, self.deleted = ApiServer(self.topic), []
            admin = SimpleNamespace(
                describe=self.describe, create=lambda *_: "id", delete=self.delete, close=lambda: None,
                bootstrap_servers="kafka:9091",
            )  # fmt: skip
            settings = TopicOperatorSettings("lab", "my", "kafka:9091", "/etc", 120, use_finalizers=False)
            self.reconciler = TopicReconciler(self.server, settings, admin)
            self.problem = None

        def describe(self, _):
            if self.problem:
                raise self.problem

        def delete(self, name):
            if self.problem:
                raise self.problem
            self.deleted.append(name)

        def pass_(self):
            self.reconciler.topics = self.server.of("KafkaTopic")
            return asyncio.run(self.reconciler.reconcile("rhte"))

        def go(self):
            self.reconciler.gone["rhte"] = self.server.objects.pop(("KafkaTopic", "rhte"))

    return Unheld()


def test_without_finalizers_a_resource_is_let_go_and_its_topic_deleted_after_it(unheld):
    unheld.pass_()
    assert not unheld.server.of("KafkaTopic")["rhte"]["metadata"].get("finalizers") and not unheld.deleted
    unheld.go()
    assert (unheld.pass_(), unheld.pass_()) == (None, None)
    assert unheld.deleted == ["rhte"]


def test_a_topic_whose_resource_has_gone_is_deleted_when_kafka_answers(unheld):
    unheld.pass_()
    unheld.go()
    unheld.problem = KafkaConnectionError("refused")
    assert unheld.pass_() == UNREACHABLE_RETRY
    unheld.problem = None
    unheld.pass_()
    assert unheld.deleted == ["rhte"]


def test_a_topic_is_told_of_a_kafka_that_stays_silent(unheld, monkeypatch):
    unheld.pass_()
    monkeypatch.setattr("embedded_operator.kafka_clients.access.API_TIMEOUT", 0)
    unheld.problem = KafkaConnectionError("refused")
    assert unheld.pass_() == UNREACHABLE_RETRY
    status = unheld.server.of("KafkaTopic")["rhte"]["status"]
    assert [(c["status"], c["reason"]) for c in status["conditions"]] == [("False", "KafkaError")]
    unheld.problem = None
    unheld.pass_()
    status = unheld.server.of("KafkaTopic")["rhte"]["status"]
    assert [c["status"] for c in status["conditions"]] == ["True"] and status["topicId"] == "id"


def test_a_topic_that_kafka_keeps_is_asked_for_once(unheld):
    unheld.pass_()
    unheld.go()
    unheld.problem = KafkaRequestError("topic deletion is disabled")
    assert unheld.pass_() is None
    unheld.problem = None
    unheld.pass_()
    assert unheld.deleted == []


def test_an_unmanaged_resource_takes_no_topic_along(unheld):
    unheld.server.change("KafkaTopic", "rhte", {"metadata": {"annotations": {"strimzi.io/managed": "false"}}})
    unheld.go()
    unheld.pass_()
    assert unheld.deleted == []
