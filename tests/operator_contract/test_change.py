"""Changes of a running cluster: what follows, and what is left as it was.

Sources: strimzi_observed.md, Time and behaviour; "Deploying and Managing", node pools (node ids), configuring
listeners, pausing reconciliation, rolling updates by annotation; API reference, JvmOptions,
GenericKafkaListenerConfigurationBootstrap (alternativeNames).
"""

from __future__ import annotations

import ssl

import pytest

from contract import manifests
from contract.conditions import has
from contract.kafka_cluster import KafkaCluster
from contract.tls import handshake
from contract.waiting import eventually

BROKER, CONTROLLER = "pooled-kafka-1", "pooled-controller-0"
ROLL = "strimzi.io/manual-rolling-update"
BOOTSTRAP, NODES_SERVICE = "pooled-kafka-bootstrap", "pooled-kafka-nodes-bootstrap"
ALIAS = "kafka.lab.example.com"
ENCRYPTED = {**manifests.NODES, "tls": True, "configuration": {"bootstrap": {"alternativeNames": [ALIAS]}}}


def test_node_ids_run_on_over_pools_in_order_of_their_names(pooled: KafkaCluster):
    # Objects, Pods
    assert set(pooled.kafka_pods()) == {CONTROLLER, BROKER}
    roles = {
        name: (
            pod["metadata"]["labels"]["strimzi.io/controller-role"],
            pod["metadata"]["labels"]["strimzi.io/broker-role"],
        )
        for name, pod in pooled.kafka_pods().items()
    }
    assert roles == {CONTROLLER: ("true", "false"), BROKER: ("false", "true")}


def wait_labels(cluster: KafkaCluster, service: str, **labels: str | None) -> None:
    """Wait until a Service has these labels, and none of those that are None."""
    eventually(
        lambda: cluster.the("Service", service)["metadata"]["labels"],
        lambda found: all(found.get(name) == value for name, value in labels.items()),
        f"the labels {labels} at Service {service}",
        cluster.times.answer,
    )


def test_label_of_the_kafka_comes_to_what_is_made_for_it_and_goes(changing: KafkaCluster):
    # "Deploying and Managing", Cluster Operator, STRIMZI_LABELS_EXCLUSION_PATTERN: labels of the custom resource go to
    # its subresources, save app.kubernetes.io/ ones other than part-of
    labels = {"class": "autumn", "app.kubernetes.io/managed-by": "instructor"}
    changing.change({"metadata": {"labels": labels}})
    wait_labels(changing, BOOTSTRAP, **{"class": "autumn"})
    managers = {s["metadata"]["labels"]["app.kubernetes.io/managed-by"] for s in changing.list("Service")}
    assert managers == {"strimzi-cluster-operator"}
    changing.change({"metadata": {"labels": dict.fromkeys(labels)}})
    wait_labels(changing, BOOTSTRAP, **{"class": None})
    changing.wait_ready()


def test_label_of_a_pool_and_its_template_are_at_its_pods(pooled: KafkaCluster):
    # The same of the KafkaNodePool; API reference, KafkaNodePoolTemplate, PodTemplate, MetadataTemplate
    broker, controller = (pooled.the("Pod", name)["metadata"] for name in (BROKER, CONTROLLER))
    wanted = {"term": "spring", **manifests.MARKS["labels"]}
    assert wanted.items() <= broker["labels"].items() and not wanted.items() & controller["labels"].items()
    assert manifests.MARKS["annotations"].items() <= broker["annotations"].items()


def test_template_of_the_kafka_is_for_pools_that_have_none(pooled: KafkaCluster):
    # API reference, KafkaClusterTemplate, KafkaNodePoolTemplate: the pool's goes before the Kafka's as a whole
    broker, controller = (pooled.the("Pod", name)["metadata"]["annotations"] for name in (BROKER, CONTROLLER))
    wanted = manifests.FALLBACK["annotations"].items()
    assert wanted <= controller.items() and not wanted & broker.items()


def process_words(cluster: KafkaCluster, pod: str) -> set[str]:
    """What the processes of a Kafka container were started with."""
    return set(cluster.run(pod, "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' '\\n'").split())


def test_jvm_options_of_a_pool_are_its_processes(pooled: KafkaCluster):
    # API reference, JvmOptions: heap, -XX (true and false as + and -), system properties
    wanted = {"-Xms192m", "-Xmx320m", "-XX:+ExplicitGCInvokesConcurrent", "-XX:MaxDirectMemorySize=128m"}
    assert {*wanted, "-Dlab.room=12"} <= process_words(pooled, CONTROLLER)
    others = process_words(pooled, BROKER)
    assert "-Xmx384m" in others and "-Dlab.room=12" not in others


def test_listener_comes_and_goes_but_not_in_a_pause(changing: KafkaCluster):
    # "Deploying and Managing", configuring listeners: their Services are made and removed with them, certificates are
    # for their names; pausing reconciliation of custom resources: changes are ignored until its end
    observed = changing.wait_ready()["status"]["observedGeneration"]
    listeners = {"kafka": {"listeners": [manifests.PLAIN, ENCRYPTED]}}
    changing.change({"metadata": {"annotations": {manifests.PAUSE: "true"}}, "spec": listeners})
    # What comes during a periodic pass may be left to the next one.
    paused = eventually(
        changing.kafka,
        lambda kafka: has(kafka, "ReconciliationPaused", "True"),
        "the Kafka paused",
        changing.times.answer,
    )
    assert paused["status"]["observedGeneration"] == observed < paused["metadata"]["generation"]
    assert not has(paused, "Ready", "True")
    assert not changing.kubernetes.get("Service", changing.namespace, NODES_SERVICE)
    changing.change({"metadata": {"annotations": {manifests.PAUSE: None}}})
    status = changing.wait_ready()["status"]
    assert [listener["name"] for listener in status["listeners"]] == ["plain", "nodes"]
    changing.the("Service", NODES_SERVICE)
    connection = changing.kubernetes.connect(changing.namespace, BROKER, ENCRYPTED["port"])
    context = ssl.create_default_context(cadata=status["listeners"][1]["certificates"][0])
    assert handshake(context, connection, ALIAS) in ("TLSv1.2", "TLSv1.3")
    changing.change({"spec": {"kafka": {"listeners": [manifests.PLAIN]}}})
    assert [listener["name"] for listener in changing.wait_ready()["status"]["listeners"]] == ["plain"]
    eventually(
        lambda: [s["metadata"]["name"] for s in changing.list("Service") if s["spec"]["type"] == "NodePort"],
        lambda found: not found,
        "the listener's Services gone",
        changing.times.answer,
    )


def test_pod_is_replaced_as_its_annotation_asks_for(changing: KafkaCluster):
    # "Deploying and Managing", performing a rolling update using a pod annotation: at the next reconciliation
    before = changing.pod_uids()
    annotate = {"metadata": {"annotations": {ROLL: "true"}}}
    changing.kubernetes.merge("Pod", changing.namespace, BROKER, annotate)
    changing.wait_replaced(BROKER, before[BROKER])
    assert ROLL not in changing.the("Pod", BROKER)["metadata"]["annotations"]
    after = changing.pod_uids()
    assert {name for name, uid in after.items() if uid != before[name]} == {BROKER}


def test_lost_pod_of_a_refused_kafka_comes_back_as_it_was(changing: KafkaCluster):
    # "Deploying and Managing", StrimziPodSet: keeps the pods of a cluster, whatever its Kafka asks for meanwhile
    before = changing.pod_uids()
    changing.change({"spec": {"kafka": {"version": "3.9.0"}}})
    changing.wait_refused("UnsupportedKafkaVersionException")
    changing.kubernetes.delete("Pod", changing.namespace, BROKER)
    eventually(
        lambda: changing.ready_uid(BROKER),
        lambda uid: uid not in (None, before[BROKER]),
        "it Ready anew",
        changing.times.pods,
    )
    changing.change({"spec": {"kafka": {"version": None}}})
    changing.wait_ready()
    after = changing.pod_uids()
    assert {name for name, uid in after.items() if uid != before[name]} == {BROKER}


@pytest.mark.parametrize(("kind", "name"), [("Service", BOOTSTRAP), ("ConfigMap", BROKER), ("Secret", BROKER)])
def test_deleted_object_comes_back(changing: KafkaCluster, kind: str, name: str):
    # Time and behaviour: at the next periodic reconcile at the latest
    before, pods = changing.the(kind, name)["metadata"]["uid"], set(changing.kafka_pods())
    changing.kubernetes.delete(kind, changing.namespace, name)
    eventually(
        lambda: changing.kubernetes.get(kind, changing.namespace, name),
        lambda found: found is not None and found["metadata"]["uid"] != before,
        f"{kind} {name} anew",
        changing.times.repair,
    )
    eventually(lambda: changing.not_ready(pods), lambda found: not found, "all pods Ready", changing.times.pods)
