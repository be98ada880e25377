"""What a pass over a KafkaTopic writes back."""

import asyncio
from types import SimpleNamespace

from embedded_operator.status import PAUSE
from embedded_operator.topic_reconciliation import TopicReconciler


class RecordingApi:
    """Takes what is written and keeps it."""

    def __init__(self):
        self.written = []

    async def merge(self, kind, namespace, name, change, subresource=None):
        self.written.append(change)


def reconcile(resource):
    """One pass over a KafkaTopic that needs nothing of Kafka; returns what was written."""
    api = RecordingApi()
    reconciler = TopicReconciler(api, SimpleNamespace(namespace="lab", reconciliation_interval=120), admin=None)
    reconciler.topics["rhte"] = resource
    asyncio.run(reconciler.reconcile("rhte"))
    return api.written


def test_a_paused_topic_is_left_alone():
    (written,) = reconcile(topic({"topicName": "rhte", "observedGeneration": 1}, {PAUSE: "true"}, partitions=5))
    assert [(c["type"], c["status"]) for c in written["status"]["conditions"]] == [("ReconciliationPaused", "True")]
    assert "observedGeneration" not in written["status"]


def topic(status, annotations=None, **spec):
    metadata = {"name": "rhte", "namespace": "lab", "uid": "1", "generation": 2, "annotations": annotations or {}}
    return {"metadata": {**metadata, "creationTimestamp": "2026-01-01T00:00:00Z"}, "spec": spec, "status": status}


def test_a_refused_name_is_not_taken_for_the_topics_own_at_the_next_pass():
    (written,) = reconcile(topic({"topicName": "rhte", "topicId": "id"}, topicName="another"))
    assert written["status"]["conditions"][0]["reason"] == "NotSupported"
    assert "topicName" not in written["status"]


def test_an_unmanaged_topic_is_answered_for_in_its_present_form():
    (written,) = reconcile(topic({"topicName": "rhte", "observedGeneration": 1}, {"strimzi.io/managed": "false"}))
    assert written["status"]["observedGeneration"] == 2
    assert [entry["type"] for entry in written["status"]["conditions"]] == ["Unmanaged"]
