"""Reconciling a Kafka, with an API server in memory: what is there afterwards, and what the status says."""

import itertools
import time

import pytest
from cluster_lab import Lab
from embedded_operator.clusters.reconciler import RETRY_INTERVAL
from embedded_operator.clusters.reconciliation import KAFKA_GRACE_PERIOD, POLL_INTERVAL
from embedded_operator.objects.metadata import REVISION
from kafka.errors import KafkaConnectionError

POD, SERVICE = ("Pod", "my-dual-role-0"), "my-kafka-bootstrap"


class NodeLab(Lab):
    """One node with both roles and no entity operator: its first reconciliation creates it."""

    def set_pod(self, ready, waiting=None):
        """Have Kubernetes say this of the pod; `waiting`: what its container waits for."""
        container = {"state": {"waiting": waiting} if waiting else {}, "restartCount": 0}
        conditions = [{"type": "Ready", "status": str(ready)}]
        self.server.change(*POD, {"status": {"conditions": conditions, "containerStatuses": [container]}})

    @property
    def condition(self):
        return self.server.of("Kafka")["my"]["status"]["conditions"][-1]

    @property
    def observed(self):
        return self.server.of("Kafka")["my"]["status"].get("observedGeneration")


@pytest.fixture
def lab(kafka, compact_pools):
    del kafka["spec"]["entityOperator"]
    return NodeLab(kafka, compact_pools)


def test_a_new_cluster_says_what_it_waits_for(lab):
    assert lab.reconcile() == POLL_INTERVAL
    assert (lab.condition["reason"], lab.observed) == ("Creating", None)
    assert "waiting for my-dual-role-0: not created" in lab.condition["message"]
    assert lab.reconcile() == 120
    assert (lab.condition["type"], lab.observed) == ("Ready", 3)


def test_a_pod_that_cannot_start_fails_its_kafka_until_it_can(lab):
    lab.reconcile()
    lab.set_pod(ready=False, waiting={"reason": "ImagePullBackOff", "message": "no such image"})
    assert lab.reconcile() == RETRY_INTERVAL
    assert (lab.condition["type"], lab.condition["reason"], lab.observed) == ("NotReady", "FatalProblem", 3)
    assert "my-dual-role-0: ImagePullBackOff no such image" in lab.condition["message"]
    lab.set_pod(ready=True)
    lab.reconcile()
    assert lab.condition["type"] == "Ready"


@pytest.mark.parametrize("phase", [None, "Failed"], ids=["lost", "ended"])
def test_a_pod_of_a_refused_kafka_comes_back_as_it_was(lab, phase):
    lab.settle()
    before = lab.server.objects[POD]["metadata"]
    lab.server.change("Kafka", "my", {"metadata": {"generation": 4}, "spec": {"kafka": {"version": "3.9.0"}}})
    assert lab.reconcile() == RETRY_INTERVAL and lab.server.objects[POD]["metadata"] == before
    if phase:
        lab.server.change(*POD, {"status": {"phase": phase}})
        lab.reconcile()
    else:
        del lab.server.objects[POD]
    lab.reconcile()
    after = lab.server.objects[POD]["metadata"]
    assert after["uid"] != before["uid"] and after["annotations"] == before["annotations"]
    assert lab.condition["reason"] == "UnsupportedKafkaVersionException"


def test_a_new_operator_brings_back_no_pod_of_a_refused_kafka(lab):
    lab.settle()
    lab.server.change("Kafka", "my", {"metadata": {"generation": 4}, "spec": {"kafka": {"version": "3.9.0"}}})
    lab.restart_operator()
    del lab.server.objects[POD]
    assert lab.reconcile() == RETRY_INTERVAL and POD not in lab.server.objects
    lab.server.change("Kafka", "my", {"metadata": {"generation": 5}, "spec": {"kafka": {"version": None}}})
    lab.settle()
    assert POD in lab.server.objects and lab.condition["type"] == "Ready"


def test_pods_do_not_come_back_without_their_pool(lab):
    lab.settle()
    del lab.server.objects[POD], lab.server.objects["KafkaNodePool", "dual-role"]
    assert lab.reconcile() == RETRY_INTERVAL
    assert lab.condition["reason"] == "InvalidConfigurationException" and POD not in lab.server.objects


def test_a_wait_that_has_no_end_fails_its_kafka(lab, monkeypatch):
    lab.reconcile()
    lab.set_pod(ready=False)
    monkeypatch.setattr("embedded_operator.clusters.memory.time.monotonic", lambda: float("inf"))
    assert lab.reconcile() == RETRY_INTERVAL
    assert lab.condition["reason"] == "TimeoutException"


def test_a_changed_kafka_is_waited_for_anew(lab, monkeypatch):
    clock = itertools.count(0, 200)
    monkeypatch.setattr("embedded_operator.clusters.memory.time.monotonic", lambda: next(clock))
    lab.reconcile()
    lab.set_pod(ready=False)
    lab.server.change("Kafka", "my", {"metadata": {"generation": 4}})
    assert lab.reconcile() == POLL_INTERVAL


@pytest.fixture
def outdated(lab, monkeypatch):
    """`outdated(answer)` reconciles a Ready node with an outdated option; `answer`: why it is to be kept."""

    def run(answer):
        async def reason_to_keep(availability, broker):
            assert broker == 0
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(
            "embedded_operator.clusters.reconciliation.KafkaAvailability.reason_to_keep", reason_to_keep
        )
        lab.settle()
        lab.server.change("Kafka", "my", {"spec": {"kafka": {"config": {"log.retention.hours": 7}}}})
        return lab.reconcile()

    return run


@pytest.mark.parametrize("reason", [None, "rhte-0 lacks replicas"])
def test_a_node_is_restarted_when_others_have_its_replicas(lab, outdated, reason):
    assert outdated(reason) == POLL_INTERVAL
    assert (POD in lab.server.objects) == bool(reason)


def test_a_node_of_a_kafka_that_does_not_answer_is_restarted_in_the_end(lab, outdated, monkeypatch):
    assert outdated(KafkaConnectionError("refused")) == POLL_INTERVAL
    assert POD in lab.server.objects
    later = time.monotonic() + KAFKA_GRACE_PERIOD
    monkeypatch.setattr("embedded_operator.clusters.memory.time.monotonic", lambda: later)
    assert lab.reconcile() == POLL_INTERVAL
    assert POD not in lab.server.objects


@pytest.mark.parametrize("name", ["tcp-clients", "tcp-own"])
def test_ports_that_others_put_into_a_service_go(lab, name):
    lab.reconcile()
    wanted = lab.server.of("Service")[SERVICE]["spec"]["ports"]
    changed = [*wanted[1:], {"name": name, "port": 19092}]
    lab.server.change("Service", SERVICE, {"spec": {"ports": changed}})
    lab.reconcile()
    assert lab.server.of("Service")[SERVICE]["spec"]["ports"] == wanted


def test_a_pass_over_what_is_there_writes_nothing(lab):
    lab.settle()
    assert lab.reconcile() == 120 and lab.server.written == []
    assert lab.server.objects[POD]["metadata"]["annotations"][REVISION]
