"""Reconciling a KafkaTopic, with a Kafka and an API server in memory: what each knows afterwards."""

import asyncio
import contextlib

import pytest
from api_server import ApiServer
from embedded_operator.conditions import PAUSE
from embedded_operator.errors import KafkaRequestError
from embedded_operator.kafka_clients.access import UNREACHABLE_RETRY
from embedded_operator.kubernetes.api import ApiError
from embedded_operator.settings import TopicOperatorSettings
from embedded_operator.topics.decision import TopicState
from embedded_operator.topics.reconciliation import TopicReconciler
from embedded_operator.topics.resource import FINALIZER
from kafka.errors import KafkaConnectionError


class Kafka:
    """Stands for TopicAdmin: `topics` by name, and `problem`, which it raises where there is one."""

    bootstrap_servers = "kafka:9091"

    def __init__(self):
        self.topics, self.problem = {}, None

    def _answer(self):
        if self.problem:
            raise self.problem

    def close(self):
        pass

    def describe(self, name):
        self._answer()
        return self.topics.get(name)

    def create(self, name, partitions, replicas, config):
        self._answer()
        self.topics[name] = TopicState(f"id of {name}", dict.fromkeys(range(partitions), replicas), config)
        return self.topics[name].topic_id

    def add_partitions(self, name, count):
        self._answer()
        before = self.topics[name]
        self.topics[name] = TopicState(before.topic_id, dict.fromkeys(range(count), 1), before.config)

    def delete(self, name):
        self._answer()
        self.topics.pop(name, None)


class Lab:
    """The cluster `my`, whose topic operator knows of resources by their events and reads them anew."""

    def __init__(self, use_finalizers=True):
        self.server, self.kafka = ApiServer(), Kafka()
        settings = TopicOperatorSettings("lab", "my", "kafka:9091", "/etc", 120, use_finalizers)
        self.reconciler = TopicReconciler(self.server, settings, self.kafka)

    def put(self, name="rhte", annotations=None, status=None, cluster="my", **spec):
        """Have a resource, and the operator told of it."""
        labels = {"strimzi.io/cluster": cluster}
        metadata = {"name": name, "namespace": "lab", "uid": name, "generation": 2, "annotations": annotations or {}}
        metadata |= {"labels": labels, "creationTimestamp": f"2026-01-01T00:00:0{len(self.server.objects)}Z"}
        spec = {"partitions": 1, "replicas": 1, **spec}
        self.server.put({"kind": "KafkaTopic", "metadata": metadata, "spec": spec, "status": status or {}})
        self.tell(name)

    def tell(self, name="rhte", event_type="MODIFIED"):
        self.reconciler.resources.observe(self.server.of("KafkaTopic")[name], event_type)

    def change(self, change, name="rhte"):
        self.server.change("KafkaTopic", name, change)
        self.tell(name)

    def remove(self, name="rhte"):
        """The resource goes at once."""
        self.tell(name, "DELETED")
        del self.server.objects["KafkaTopic", name]

    def reconcile(self, name="rhte"):
        self.server.written.clear()
        return asyncio.run(self.reconciler.reconcile(name))

    def resource(self, name="rhte"):
        return self.server.of("KafkaTopic")[name]

    def status(self, name="rhte"):
        return self.resource(name)["status"]

    def condition(self, name="rhte"):
        (condition,) = self.status(name)["conditions"]
        return condition["type"], condition["status"], condition.get("reason")


@pytest.fixture
def lab():
    return Lab()


@pytest.fixture
def unheld():
    """Without finalizers."""
    return Lab(use_finalizers=False)


def test_a_topic_is_held_created_and_reported(lab):
    lab.put(partitions=3)
    assert lab.reconcile() == 120
    assert lab.server.written == ["KafkaTopic rhte", "KafkaTopic rhte/status"]
    assert lab.resource()["metadata"]["finalizers"] == [FINALIZER]
    assert len(lab.kafka.topics["rhte"].replicas) == 3
    assert lab.condition() == ("Ready", "True", None)
    assert (lab.status()["topicName"], lab.status()["topicId"]) == ("rhte", "id of rhte")


def test_a_topic_that_is_as_it_should_be_is_not_written_again(lab):
    lab.put()
    lab.reconcile()
    assert lab.reconcile() == 120 and lab.server.written == []


def test_what_can_be_changed_is_changed_beside_what_is_refused(lab):
    lab.put(partitions=1)
    lab.reconcile()
    lab.change({"spec": {"partitions": 4, "replicas": 3}})
    lab.reconcile()
    assert len(lab.kafka.topics["rhte"].replicas) == 4
    assert lab.condition() == ("Ready", "False", "NotSupported") and lab.status()["topicId"] == "id of rhte"


def test_a_deleted_topic_goes_before_its_resource(lab):
    lab.put()
    lab.reconcile()
    lab.change({"metadata": {"deletionTimestamp": "now"}})
    assert lab.reconcile() is None
    assert lab.kafka.topics == {} and "finalizers" not in lab.resource()["metadata"]


def test_a_topic_that_kafka_keeps_holds_its_resource(lab):
    lab.put()
    lab.reconcile()
    lab.change({"metadata": {"deletionTimestamp": "now"}})
    lab.kafka.problem = KafkaRequestError("topic deletion is disabled")
    with pytest.raises(KafkaRequestError):
        lab.reconcile()
    assert lab.condition() == ("Ready", "False", "KafkaError")
    assert lab.resource()["metadata"]["finalizers"] == [FINALIZER]


def test_the_earlier_of_two_resources_has_the_topic(lab):
    lab.put("first", topicName="rhte")
    lab.put("second", topicName="rhte")
    lab.reconcile("second")
    assert lab.condition("second") == ("Ready", "False", "ResourceConflict") and lab.kafka.topics == {}


def test_a_rival_whose_deletion_was_missed_takes_nothing_away(lab):
    lab.put("first", topicName="rhte")
    lab.put("second", topicName="rhte")
    del lab.server.objects["KafkaTopic", "first"]
    lab.reconcile("second")
    assert lab.condition("second") == ("Ready", "True", None)


def test_a_topic_that_went_to_another_cluster_is_left_alone(lab):
    lab.put()
    lab.reconcile()
    lab.change({"metadata": {"labels": {"strimzi.io/cluster": "other"}}, "spec": {"partitions": 5}})
    assert lab.reconcile() is None and lab.server.written == []
    assert len(lab.kafka.topics["rhte"].replicas) == 1


@pytest.mark.parametrize(("status", "is_transient"), [(409, True), (503, True), (403, False), (422, False)])
def test_an_api_server_in_trouble_is_no_condition(lab, monkeypatch, status, is_transient):
    merge = lab.server.merge

    async def refuse(kind, namespace, name, change, subresource=""):
        if not subresource:
            raise ApiError(status, "no")
        return await merge(kind, namespace, name, change, subresource)

    lab.put()
    monkeypatch.setattr(lab.server, "merge", refuse)
    with pytest.raises(ApiError) if is_transient else contextlib.nullcontext():
        lab.reconcile()
    assert bool(lab.status().get("conditions")) is not is_transient


def test_a_resource_that_goes_before_it_is_held_leaves_no_topic(lab, monkeypatch):
    merge = lab.server.merge

    async def come_late(*change):
        lab.server.objects.clear()
        return await merge(*change)

    lab.put()
    monkeypatch.setattr(lab.server, "merge", come_late)
    assert lab.reconcile() is None
    assert lab.kafka.topics == {} and lab.server.written == []


def test_a_paused_topic_is_left_alone(lab):
    lab.put(annotations={PAUSE: "true"}, status={"topicName": "rhte", "observedGeneration": 1})
    assert lab.reconcile() == 120
    assert lab.server.written == ["KafkaTopic rhte/status"]
    assert lab.condition() == ("ReconciliationPaused", "True", None)
    assert lab.status()["observedGeneration"] == 1


def test_a_refused_name_is_not_taken_for_the_topics_own_next_time(lab):
    lab.put(status={"topicName": "rhte", "topicId": "id"}, topicName="another")
    lab.reconcile()
    assert lab.condition()[2] == "NotSupported"
    assert (lab.status()["topicName"], lab.status()["topicId"]) == ("rhte", "id")


def test_an_unmanaged_topic_is_reported_in_its_present_form(lab):
    lab.put(annotations={"strimzi.io/managed": "false"}, status={"topicName": "rhte", "observedGeneration": 1})
    assert lab.reconcile() == 120
    assert lab.condition()[0] == "Unmanaged" and lab.status()["observedGeneration"] == 2


def test_without_finalizers_a_resource_is_released_and_its_topic_deleted_after_it(unheld):
    unheld.put()
    unheld.change({"metadata": {"finalizers": [FINALIZER]}})
    unheld.reconcile()
    assert not unheld.resource()["metadata"].get("finalizers") and unheld.kafka.topics
    unheld.remove()
    assert (unheld.reconcile(), unheld.reconcile()) == (None, None)
    assert unheld.kafka.topics == {}


def test_a_topic_whose_resource_has_gone_is_deleted_when_kafka_answers(unheld):
    unheld.put()
    unheld.reconcile()
    unheld.remove()
    unheld.kafka.problem = KafkaConnectionError("refused")
    assert unheld.reconcile() == UNREACHABLE_RETRY
    unheld.kafka.problem = None
    unheld.reconcile()
    assert unheld.kafka.topics == {}


def test_a_topic_whose_resource_was_made_again_is_made_again(unheld):
    unheld.put(partitions=1)
    unheld.reconcile()
    unheld.remove()
    unheld.put(partitions=2)
    unheld.reconcile()
    assert len(unheld.kafka.topics["rhte"].replicas) == 2
    unheld.reconcile()
    assert len(unheld.kafka.topics["rhte"].replicas) == 2


def test_an_unreachable_kafka_becomes_a_condition_when_it_lasts(lab, monkeypatch):
    lab.put()
    lab.reconcile()
    monkeypatch.setattr("embedded_operator.kafka_clients.access.API_TIMEOUT", 0)
    lab.kafka.problem = KafkaConnectionError("refused")
    assert lab.reconcile() == UNREACHABLE_RETRY
    assert lab.condition() == ("Ready", "False", "KafkaError")
    lab.kafka.problem = None
    lab.reconcile()
    assert lab.condition() == ("Ready", "True", None) and lab.status()["topicId"] == "id of rhte"


def test_a_topic_that_kafka_keeps_after_its_resource_is_asked_for_once(unheld):
    unheld.put()
    unheld.reconcile()
    unheld.remove()
    unheld.kafka.problem = KafkaRequestError("topic deletion is disabled")
    assert unheld.reconcile() is None
    unheld.kafka.problem = None
    unheld.reconcile()
    assert "rhte" in unheld.kafka.topics


def test_an_unmanaged_resource_takes_no_topic_along(unheld):
    unheld.put()
    unheld.reconcile()
    unheld.change({"metadata": {"annotations": {"strimzi.io/managed": "false"}}})
    unheld.remove()
    unheld.reconcile()
    assert "rhte" in unheld.kafka.topics
