"""Clusters that checks change and find as they were: what is put back afterwards, whatever became of the check."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .conditions import has
from .kafka_cluster import KafkaCluster
from .manifests import PAUSE
from .waiting import eventually

Object = dict[str, Any]


def patch_to(wanted: Object, found: Object) -> Object:
    """The merge patch that makes `wanted` out of `found`; lists are replaced as a whole."""
    patch: Object = dict.fromkeys(found.keys() - wanted.keys())
    for key, value in wanted.items():
        if isinstance(value, dict) and isinstance(found.get(key), dict):
            if inner := patch_to(value, found[key]):
                patch[key] = inner
        elif key not in found or found[key] != value:
            patch[key] = value
    return patch


def asked_for(resource: Object) -> Object:
    """What somebody asks for with a resource: all but what the API server and operators write."""
    metadata = resource["metadata"]
    marks = {which: metadata.get(which) or {} for which in ("labels", "annotations")}
    return {"metadata": marks, "spec": resource["spec"]}


@contextmanager
def restored(cluster: KafkaCluster) -> Iterator[KafkaCluster]:
    """A cluster to change: afterwards its Kafka and pools are as they were, and a pass has seen to all of it."""
    resources = [*cluster.list("KafkaNodePool"), cluster.kafka()]  # in this order, so that the last answer is to all
    before = {(each["kind"], each["metadata"]["name"]): asked_for(each) for each in resources}
    pods = set(cluster.kafka_pods())
    try:
        yield cluster
    finally:
        patches = {key: patch_to(wanted, asked_for(cluster.the(*key))) for key, wanted in before.items()}
        for (kind, name), patch in patches.items():
            if patch:
                cluster.kubernetes.merge(kind, cluster.namespace, name, patch)
        settle(cluster, pods, is_changed="spec" in patches["Kafka", cluster.name])


def settle(cluster: KafkaCluster, pods: set[str] | None = None, is_changed: bool = False) -> None:
    """Wait until a pass has seen to all that was done to a cluster, and these pods are Ready (None: those it has).

    `is_changed`: whether its Kafka is in a form that has yet to be answered; what its status says is old otherwise.
    """
    if not is_changed:
        run_a_pass(cluster)
    cluster.wait_ready()
    nodes = set(cluster.kafka_pods()) if pods is None else pods
    eventually(
        lambda: cluster.not_ready(nodes), lambda found: not found, f"all of {cluster.name} Ready", cluster.times.pods
    )


def run_a_pass(cluster: KafkaCluster) -> None:
    """Have a pass begin after now: none is under way in a pause, and Ready comes back with the one that ends it."""
    try:
        cluster.change({"metadata": {"annotations": {PAUSE: "true"}}})
        eventually(
            cluster.kafka, lambda kafka: has(kafka, "ReconciliationPaused", "True"), "it paused", cluster.times.pods
        )
    finally:
        cluster.change({"metadata": {"annotations": {PAUSE: None}}})
