"""What a pass over a KafkaTopic writes back."""

import asyncio
from types import SimpleNamespace

from api_server import ApiServer
from embedded_operator.status import PAUSE
from embedded_operator.topic_reconciliation import TopicReconciler


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
