"""Changes of a running cluster: what follows, and what is left as it was.

Sources: strimzi_observed.md, Time and behaviour; "Deploying and Managing", node pools (node ids, adding nodes),
configuring listeners, pausing reconciliation, rolling updates by annotation; API reference, EntityOperatorSpec,
JvmOptions, GenericKafkaListenerConfigurationBootstrap (alternativeNames).
"""

from __future__ import annotations

import ssl

import pytest

from contract import manifests
from contract.conditions import has
from contract.kafka_cluster import KafkaCluster
from contract.tls import handshake
from contract.waiting import LONG, eventually

BROKER, CONTROLLER = "changing-kafka-1", "changing-controller-0"
PAUSE = "strimzi.io/pause-reconciliation"
ROLL = "strimzi.io/manual-rolling-update"
NODES_SERVICE = "changing-kafka-nodes-bootstrap"
ALIAS = "kafka.lab.example.com"
ENCRYPTED = {**manifests.NODES, "tls": True, "configuration": {"bootstrap": {"alternativeNames": [ALIAS]}}}


def broker_options(cluster: KafkaCluster, pod: str) -> str:
    """What a broker goes by, in the words of Kafka's own command."""
    entity = ["--entity-type", "brokers", "--entity-name", pod.rsplit("-", 1)[1], "--all"]
    return cluster.run(pod, "bin/kafka-configs.sh", "--bootstrap-server", "localhost:9092", "--describe", *entity)


def test_node_ids_run_on_over_pools_in_order_of_their_names(changing: KafkaCluster):
    # Objects, Pods
    assert set(changing.kafka_pods()) == {CONTROLLER, BROKER}
    roles = {
        name: (
            pod["metadata"]["labels"]["strimzi.io/controller-role"],
            pod["metadata"]["labels"]["strimzi.io/broker-role"],
        )
        for name, pod in changing.kafka_pods().items()
    }
    assert roles == {CONTROLLER: ("true", "false"), BROKER: ("false", "true")}


def test_changed_option_reaches_the_brokers(changing: KafkaCluster):
    # API reference, KafkaClusterSpec, config
    before = changing.kafka()["metadata"]["generation"]
    changing.change({"spec": {"kafka": {"config": {"log.retention.hours": 7}}}})
    assert changing.wait_ready()["status"]["observedGeneration"] > before
    assert "log.retention.hours=7 " in broker_options(changing, BROKER)


def wait_labels(cluster: KafkaCluster, service: str, **labels: str | None) -> None:
    """Wait until a Service has these labels, and none of those that are None."""
    eventually(
        lambda: cluster.the("Service", service)["metadata"]["labels"],
        lambda found: all(found.get(name) == value for name, value in labels.items()),
        f"the labels {labels} at Service {service}",
        LONG,
    )


def test_label_of_the_kafka_comes_to_what_is_made_for_it_and_goes(changing: KafkaCluster):
    # "Deploying and Managing", Cluster Operator, STRIMZI_LABELS_EXCLUSION_PATTERN: labels of the custom resource go to
    # its subresources, save app.kubernetes.io/ ones other than part-of
    labels = {"class": "autumn", "app.kubernetes.io/managed-by": "instructor"}
    changing.change({"metadata": {"labels": labels}})
    wait_labels(changing, "changing-kafka-bootstrap", **{"class": "autumn"})
    managers = {s["metadata"]["labels"]["app.kubernetes.io/managed-by"] for s in changing.list("Service")}
    assert managers == {"strimzi-cluster-operator"}
    changing.change({"metadata": {"labels": dict.fromkeys(labels)}})
    wait_labels(changing, "changing-kafka-bootstrap", **{"class": None})
    changing.wait_ready()


def test_label_of_a_pool_and_its_template_are_at_its_pods(changing: KafkaCluster):
    # The same of the KafkaNodePool; API reference, KafkaNodePoolTemplate, PodTemplate, MetadataTemplate
    broker, controller = (changing.the("Pod", name)["metadata"] for name in (BROKER, CONTROLLER))
    wanted = {"term": "spring", **manifests.MARKS["labels"]}
    assert wanted.items() <= broker["labels"].items() and not wanted.items() & controller["labels"].items()
    assert manifests.MARKS["annotations"].items() <= broker["annotations"].items()


def test_template_of_the_kafka_is_for_pools_that_have_none(changing: KafkaCluster):
    # API reference, KafkaClusterTemplate, KafkaNodePoolTemplate: the pool's goes before the Kafka's as a whole
    broker, controller = (changing.the("Pod", name)["metadata"]["annotations"] for name in (BROKER, CONTROLLER))
    wanted = manifests.FALLBACK["annotations"].items()
    assert wanted <= controller.items() and not wanted & broker.items()


def process_words(cluster: KafkaCluster, pod: str) -> set[str]:
    """What the processes of a Kafka container were started with."""
    return set(cluster.run(pod, "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' '\\n'").split())


def test_jvm_options_of_a_pool_are_its_processes(changing: KafkaCluster):
    # API reference, JvmOptions: heap, -XX (true and false as + and -), system properties
    wanted = {"-Xms192m", "-Xmx320m", "-XX:+ExplicitGCInvokesConcurrent", "-XX:MaxDirectMemorySize=128m"}
    assert {*wanted, "-Dlab.room=12"} <= process_words(changing, CONTROLLER)
    others = process_words(changing, BROKER)
    assert "-Xmx384m" in others and "-Dlab.room=12" not in others


def test_listener_comes_and_goes_but_not_in_a_pause(changing: KafkaCluster):
    # "Deploying and Managing", configuring listeners: their Services are made and removed with them, certificates are
    # for their names; pausing reconciliation of custom resources: changes are ignored until its end
    observed = changing.wait_ready()["status"]["observedGeneration"]
    listeners = {"kafka": {"listeners": [manifests.PLAIN, ENCRYPTED]}}
    changing.change({"metadata": {"annotations": {PAUSE: "true"}}, "spec": listeners})
    paused = eventually(changing.kafka, lambda kafka: has(kafka, "ReconciliationPaused", "True"), "the Kafka paused")
    assert paused["status"]["observedGeneration"] == observed < paused["metadata"]["generation"]
    assert not has(paused, "Ready", "True")
    assert not changing.kubernetes.get("Service", changing.namespace, NODES_SERVICE)
    changing.change({"metadata": {"annotations": {PAUSE: None}}})
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
    )


def test_broker_is_added_and_the_others_run_on(changing: KafkaCluster):
    # Time and behaviour: a scaled pool; node pools: a new node takes the lowest free id
    pods = changing.pod_uids()
    changing.change_pool("kafka", replicas=2)
    eventually(lambda: changing.ready_uid("changing-kafka-2"), bool, "a second broker Ready", LONG)
    pool = eventually(
        lambda: changing.pool("kafka"),
        lambda found: found["status"]["observedGeneration"] == found["metadata"]["generation"],
        "the pool's status in its present form",
    )
    assert (pool["status"]["nodeIds"], pool["status"]["replicas"]) == ([1, 2], 2)
    changing.wait_ready()
    assert {name: uid for name, uid in changing.pod_uids().items() if name in pods} == pods


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
    eventually(lambda: changing.ready_uid(BROKER), lambda uid: uid not in (None, before[BROKER]), "it Ready anew", LONG)
    changing.change({"spec": {"kafka": {"version": None}}})
    changing.wait_ready()
    after = changing.pod_uids()
    assert {name for name, uid in after.items() if uid != before[name]} == {BROKER}


@pytest.mark.parametrize(
    ("kind", "name"), [("Service", "changing-kafka-bootstrap"), ("ConfigMap", BROKER), ("Secret", BROKER)]
)
def test_deleted_object_comes_back(changing: KafkaCluster, kind: str, name: str):
    # Time and behaviour: at the next periodic reconcile at the latest
    before = changing.the(kind, name)["metadata"]["uid"]
    changing.kubernetes.delete(kind, changing.namespace, name)
    eventually(
        lambda: changing.kubernetes.get(kind, changing.namespace, name),
        lambda found: found is not None and found["metadata"]["uid"] != before,
        f"{kind} {name} anew",
        LONG,
    )
    eventually(
        lambda: {pod: changing.ready_uid(pod) for pod in changing.kafka_pods()},
        lambda pods: len(pods) == 3 and all(pods.values()),
        "all pods Ready",
        LONG,
    )


def test_user_operator_comes_when_it_is_asked_for(changing: KafkaCluster):
    # API reference, EntityOperatorSpec, userOperator; KafkaUserAuthorizationSimple: of use only where Kafka authorizes
    changing.change({"spec": {"entityOperator": {"userOperator": {}}}})
    rule = manifests.acl("topic", "any", "Read")
    changing.kubernetes.create(manifests.user(changing.namespace, changing.name, "too-early", "scram-sha-512", rule))
    assert "authorization" in changing.users.wait_refused("too-early", "InvalidResourceException")
    changing.users.change("too-early", authorization=None)
    changing.users.wait("too-early")


def test_topics_are_not_held_where_finalizers_are_not_to_be_used(changing: KafkaCluster):
    # "Deploying and Managing", deleting managed topics: STRIMZI_USE_FINALIZERS in the topic operator's environment
    changing.kubernetes.create(manifests.topic(changing.namespace, changing.name, "held"))
    assert changing.topics.wait("held")["metadata"]["finalizers"]
    environment = {"env": [{"name": "STRIMZI_USE_FINALIZERS", "value": "false"}]}
    changing.change({"spec": {"entityOperator": {"template": {"topicOperatorContainer": environment}}}})
    changing.wait_ready()
    changing.topics.wait("held", lambda topic: not (topic or {})["metadata"].get("finalizers"))
    changing.topics.delete("held")
    eventually(
        lambda: changing.run(BROKER, "bin/kafka-topics.sh", "--bootstrap-server", "localhost:9092", "--list").split(),
        lambda topics: "held" not in topics,
        "the topic gone after its resource",
        LONG,
    )


def test_entity_operator_goes_when_it_is_no_longer_asked_for(changing: KafkaCluster):
    # API reference, KafkaSpec, entityOperator: optional
    changing.change({"spec": {"entityOperator": None}})
    changing.wait_ready()
    eventually(
        lambda: changing.kubernetes.get("Deployment", changing.namespace, "changing-entity-operator"),
        lambda found: found is None,
        "its Deployment gone",
    )
