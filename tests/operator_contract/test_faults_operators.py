"""Operators that are killed at work, an API server that goes away, clusters that cannot start or go all at once.

Sources: strimzi_observed.md, Time and behaviour, What it answers to a mistake, Status; "Deploying and Managing",
Cluster Operator (several namespaces, labels of its pod), deleting managed topics; API reference, KafkaClusterSpec,
image.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from contract import manifests
from contract.conditions import is_ready
from contract.kafka_cluster import KafkaCluster, let_go
from contract.kubernetes_access import Kubernetes
from contract.operator_times import ENTITY_ANSWER
from contract.restoring import restored
from contract.waiting import KUBERNETES, eventually, outcome

NewTopic = Callable[..., str]
CLUSTER_OPERATOR = "strimzi.io/kind=cluster-operator"
# An image that no node has, in a registry that no machine has.
NO_IMAGE = "localhost/operator-contract/no-such-image:1"


def kill(kubernetes: Kubernetes, namespace: str | None, selector: str) -> None:
    """Delete the pods that a selector selects, without time to end what they do."""
    pods = kubernetes.list("Pod", namespace, selector)
    assert pods, f"there is no pod {selector}"
    for pod in pods:
        kubernetes.delete("Pod", pod["metadata"]["namespace"], pod["metadata"]["name"], grace=0)


def create_small(own: KafkaCluster, **spec: Any) -> None:
    """Create a Kafka of one node, without waiting for it."""
    own.kubernetes.create(manifests.pool(own.namespace, own.name, "dual-role", ["controller", "broker"]))
    own.kubernetes.create(manifests.kafka(own.namespace, own.name, [manifests.PLAIN], **spec))


@pytest.fixture
def disturbed(cluster: KafkaCluster) -> Iterator[KafkaCluster]:
    """A cluster whose operators are disturbed; they have come to rest after the check."""
    with restored(cluster):
        yield cluster


@pytest.fixture(scope="session")
def twins(kubernetes: Kubernetes, new_cluster: Callable[[str, str], KafkaCluster]) -> tuple[KafkaCluster, KafkaCluster]:
    """Two clusters of one name in two namespaces, made at once; their operator is killed when it has begun."""
    first, second = (new_cluster(f"operator-contract-twin-{number}", "twin") for number in (1, 2))
    for own in (first, second):
        create_small(own)
    eventually(
        lambda: [*first.list("Secret"), *second.list("Secret")], bool, "the operator at work", first.times.answer
    )
    kill(kubernetes, None, CLUSTER_OPERATOR)
    return first, second


@pytest.fixture
def pictureless(new_cluster: Callable[[str, str], KafkaCluster]) -> KafkaCluster:
    """A cluster whose image does not exist."""
    own = new_cluster("operator-contract-image", "no-image")
    create_small(own, image=NO_IMAGE)
    return own


def test_operator_that_was_killed_at_work_goes_on(twins: tuple[KafkaCluster, KafkaCluster]):
    # Cluster Operator: reconciles from the resources; nothing is known to one process only
    for own in twins:
        own.wait_ready()
        assert set(own.kafka_pods()) == {"twin-dual-role-0"}


def test_clusters_of_one_name_have_nothing_in_common(twins: tuple[KafkaCluster, KafkaCluster]):
    # Cluster Operator, clusters in several namespaces; Status, clusterId; Objects, authorities
    statuses = [own.wait_ready()["status"] for own in twins]
    assert len({status["clusterId"] for status in statuses}) == 2
    for own, status in zip(twins, statuses, strict=True):
        assert own.namespace in status["listeners"][0]["bootstrapServers"]
    for which in ("cluster-ca-cert", "clients-ca-cert"):
        authorities = {own.kubernetes.secret(own.namespace, f"twin-{which}")["ca.crt"] for own in twins}
        assert len(authorities) == 2


def test_topic_operator_that_was_killed_at_work_goes_on(disturbed: KafkaCluster, new_topic: NewTopic):
    # Using the Topic Operator: reconciles from the resources
    own = disturbed
    names = [new_topic(f"many-{number}", partitions=2) for number in range(20)]

    def waiting() -> list[str]:
        return [name for name in names if not is_ready(own.topics.get(name))]

    eventually(waiting, lambda left: len(left) < len(names), "a first topic Ready", ENTITY_ANSWER)
    kill(own.kubernetes, own.namespace, f"{own.selector},strimzi.io/name={own.name}-entity-operator")
    eventually(waiting, lambda left: not left, "all topics Ready", own.times.pods)
    own.wait_ready()


def test_image_that_does_not_exist_is_told_until_it_does(pictureless: KafkaCluster):
    # API reference, KafkaClusterSpec, image; a pod that is not Ready in time, or is not starting, fails its Kafka
    assert pictureless.wait_failed()["message"]
    assert set(pictureless.kafka_pods()) == {"no-image-dual-role-0"}
    pictureless.change({"spec": {"kafka": {"image": None}}})
    pictureless.wait_ready()


def test_namespace_that_is_deleted_at_once_takes_no_other_along(
    cluster: KafkaCluster, new_cluster: Callable[[str, str], KafkaCluster]
):
    # Time and behaviour: the topic's finalizer may keep the namespace, its operator being gone; nothing else does
    kubernetes, gone, pods = cluster.kubernetes, new_cluster("operator-contract-gone", cluster.name), cluster.pod_uids()
    create_small(gone)
    gone.wait_ready()
    kubernetes.create(manifests.topic(gone.namespace, gone.name, "left-behind"))
    gone.topics.wait("left-behind")
    kubernetes.delete("Namespace", None, gone.namespace)
    eventually(
        lambda: [
            f"{kind} {item['metadata']['name']}"
            for kind in ("Kafka", "KafkaNodePool", "Pod", "Secret", "Service", "ConfigMap", "Deployment")
            for item in gone.list(kind)
        ],
        lambda left: not left,
        "nothing left but topics",
        KUBERNETES,
    )
    let_go(kubernetes, gone.namespace, "left-behind")
    eventually(
        lambda: kubernetes.get("Namespace", None, gone.namespace), lambda found: not found, "it gone", KUBERNETES
    )
    assert cluster.pod_uids() == pods
    cluster.wait_ready()


def wait_for_api_server(own: KafkaCluster) -> None:
    """Wait until the API server answers."""
    eventually(
        lambda: outcome(own.kafka, ApiException, HTTPError, AssertionError),
        lambda found: found == "well",
        "the API server back",
        KUBERNETES,
    )


def test_api_server_that_was_away_finds_the_operators_at_work(
    disturbed: KafkaCluster, new_topic: NewTopic, pytestconfig: pytest.Config
):
    # Cluster Operator and Topic Operator: they watch resources, and go on when these can be watched again
    own, command = disturbed, pytestconfig.getoption("--end-api-server")
    if not command:
        pytest.skip("only where the API server may be ended: --end-api-server")
    try:
        subprocess.run(shlex.split(command), check=True, capture_output=True)
        wait_for_api_server(own)
    finally:
        wait_for_api_server(own)  # whatever else there was: what puts the cluster back needs it
    own.topics.wait(new_topic("after-the-api-server"))
    own.change({"spec": {"kafka": {"config": {"log.dirs": "/elsewhere"}}}})  # is left out, so that nothing restarts
    own.wait_ready()
