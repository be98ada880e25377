"""A pass over a Kafka, with an API server made of dictionaries: what is there afterwards, and what the status says."""

import asyncio
import copy
import time

import pytest
from embedded_operator.kubernetes_api import ApiError
from embedded_operator.objects.metadata import REVISION
from embedded_operator.reconciliation import PATIENCE, REFUSED, SOON, Reconciler
from embedded_operator.settings import ClusterOperatorSettings
from kafka.errors import KafkaConnectionError

POD, SERVICE = ("Pod", "my-dual-role-0"), ("Service", "my-kafka-bootstrap")
IMAGES = {"4.3.1": "localhost/catdog-lab/kafka:test"}


class Api:
    """Stands for KubernetesApi; as with a server-side apply, what others put into a Service's ports stays there."""

    def __init__(self):
        self.objects, self.others_ports = {}, []

    async def get(self, kind, namespace, name):
        return self.objects.get((kind, name))

    async def list_objects(self, kind, namespace, selector):
        return [item for (of, _), item in self.objects.items() if of == kind]

    async def list_kinds(self, kinds, namespace, selector):
        return {kind: {name: item for (of, name), item in self.objects.items() if of == kind} for kind in kinds}

    async def serves(self, kind):
        return False

    async def apply(self, item):
        key, item = (item["kind"], item["metadata"]["name"]), copy.deepcopy(item)
        item["metadata"]["uid"] = "uid"
        if key == SERVICE and self.others_ports:
            if {port["name"] for port in self.others_ports} & {port["name"] for port in item["spec"]["ports"]}:
                raise ApiError(422, "spec.ports[1].name: Duplicate value")
            item["spec"]["ports"] += self.others_ports
        for number, port in enumerate(item["spec"]["ports"] if item["kind"] == "Service" else ()):
            port.setdefault("nodePort", 30100 + number)
        self.objects[key] = item
        return item

    async def merge(self, kind, namespace, name, change, subresource=""):
        found = self.objects[kind, name]
        if kind == "Service":
            self.others_ports = []
        for key, value in change.items():
            found[key] = {**found.get(key, {}), **value}
        return found

    async def delete(self, kind, namespace, name, uid=None):
        del self.objects[kind, name]


@pytest.fixture
def lab(kafka, compact_pools):
    """`lab()` runs a pass over one node with both roles and no entity operator; `.api` is what it changes."""

    class Lab:
        def __init__(self):
            self.api = Api()
            self.settings = ClusterOperatorSettings((), IMAGES, "operator", "operator", 120, 300)
            self.reconciler = Reconciler(self.api, self.settings)
            del kafka["spec"]["entityOperator"]
            self.api.objects = {("Kafka", "my"): kafka, ("KafkaNodePool", "dual-role"): compact_pools[0]}

        def __call__(self):
            return asyncio.run(self.reconciler.reconcile("lab", "my"))

        def pod(self, ready, waiting=None, restarts=0):
            container = {"state": {"waiting": waiting} if waiting else {}, "restartCount": restarts}
            conditions = [{"type": "Ready", "status": str(ready)}]
            self.api.objects[POD]["status"] = {"conditions": conditions, "containerStatuses": [container]}

        @property
        def condition(self):
            return self.api.objects["Kafka", "my"]["status"]["conditions"][-1]

        @property
        def observed(self):
            return self.api.objects["Kafka", "my"]["status"].get("observedGeneration")

    return Lab()


def test_a_new_cluster_says_what_it_waits_for(lab):
    assert lab() == SOON
    assert (lab.condition["reason"], lab.observed) == ("Creating", None)
    assert "waiting for my-dual-role-0: not created" in lab.condition["message"]
    lab.pod(ready=True)
    assert lab() == 120
    assert (lab.condition["type"], lab.observed) == ("Ready", 3)


def test_a_pod_that_cannot_start_fails_its_kafka_until_it_can(lab):
    lab()
    lab.pod(ready=False, waiting={"reason": "ImagePullBackOff", "message": "no such image"})
    assert lab() == REFUSED
    assert (lab.condition["type"], lab.condition["reason"], lab.observed) == ("NotReady", "FatalProblem", 3)
    assert "my-dual-role-0: ImagePullBackOff no such image" in lab.condition["message"]
    lab.pod(ready=True)
    lab()
    assert lab.condition["type"] == "Ready"


def test_a_wait_that_has_no_end_fails_its_kafka(lab, monkeypatch):
    lab()
    monkeypatch.setattr("embedded_operator.reconciliation.time.monotonic", lambda: float("inf"))
    assert lab() == REFUSED
    assert lab.condition["reason"] == "TimeoutException"


def test_a_changed_kafka_is_waited_for_anew(lab, monkeypatch):
    clock = iter(range(0, 10_000, 200))
    monkeypatch.setattr("embedded_operator.reconciliation.time.monotonic", lambda: next(clock))
    lab()
    lab.api.objects["Kafka", "my"]["metadata"]["generation"] = 4
    assert lab() == SOON


@pytest.fixture
def outdated(lab, monkeypatch):
    """`outdated(answer)` runs a pass over a Ready node with an outdated option; `answer`: why it is to be kept."""

    def run(answer):
        async def reason_to_keep(availability, broker):
            assert broker == 0
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr("embedded_operator.reconciliation.KafkaAvailability.reason_to_keep", reason_to_keep)
        lab()
        lab.pod(ready=True)
        lab()
        lab.api.objects["Kafka", "my"]["spec"]["kafka"]["config"] = {"log.retention.hours": 7}
        return lab()

    return run


@pytest.mark.parametrize("reason", [None, "rhte-0 lacks replicas"])
def test_a_node_is_restarted_when_others_have_its_replicas(lab, outdated, reason):
    assert outdated(reason) == SOON
    assert (POD in lab.api.objects) == bool(reason)


def test_a_node_of_a_kafka_that_does_not_answer_is_restarted_in_the_end(lab, outdated, monkeypatch):
    assert outdated(KafkaConnectionError("refused")) == SOON
    assert POD in lab.api.objects
    later = time.monotonic() + PATIENCE
    monkeypatch.setattr("embedded_operator.reconciliation.time.monotonic", lambda: later)
    assert lab() == SOON
    assert POD not in lab.api.objects


@pytest.mark.parametrize("name", ["tcp-clients", "tcp-own"])
def test_ports_that_others_put_into_a_service_go(lab, name):
    lab()
    wanted = copy.deepcopy(lab.api.objects[SERVICE]["spec"])
    lab.api.others_ports = [{"name": name, "port": 19092}]
    lab.api.objects[SERVICE]["spec"] = {**wanted, "ports": [*wanted["ports"][1:], *lab.api.others_ports]}
    lab()
    found = lab.api.objects[SERVICE]["spec"]["ports"]
    assert [(port["name"], port["port"]) for port in found] == [(p["name"], p["port"]) for p in wanted["ports"]]


def test_a_pass_over_what_is_there_writes_nothing(lab, monkeypatch):
    lab()
    lab.pod(ready=True)
    lab()
    monkeypatch.setattr(lab.api, "apply", None)
    monkeypatch.setattr(lab.api, "merge", None)
    assert lab() == 120
    assert lab.api.objects[POD]["metadata"]["annotations"][REVISION]
