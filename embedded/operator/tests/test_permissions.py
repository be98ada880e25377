"""What the operators are allowed, compared with what they do: no right is missing, none is there for nothing."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import yaml
from api_server import ApiServer
from clients_ca import SETTINGS, clients_ca_secrets
from cluster_lab import Lab
from embedded_operator import cluster_operator, topic_operator, user_operator
from embedded_operator.objects.entity_operator import RULES
from embedded_operator.settings import TopicOperatorSettings
from embedded_operator.topics.reconciliation import TopicReconciler
from embedded_operator.users.reconciliation import UserReconciler

MANIFESTS = Path(__file__).resolve().parent.parent / "manifests"
# Where kopf is not told to take kinds and namespaces for given, it looks itself.
SCANNED = {
    (group, resource, verb)
    for group, resource in (("apiextensions.k8s.io", "customresourcedefinitions"), ("", "namespaces"))
    for verb in ("list", "watch")
}


def granted(rules):
    """All combinations of API group, resource and verb that rules allow."""
    return {(g, r, v) for rule in rules for g in rule["apiGroups"] for r in rule["resources"] for v in rule["verbs"]}


def rules_of(pattern):
    """The rules of manifests."""
    found = [yaml.safe_load(path.read_text()) for path in sorted(MANIFESTS.glob(f"{pattern}-ClusterRole-*.yaml"))]
    return [rule for manifest in found for rule in manifest["rules"]]


def watched(process):
    """What a process's handlers listen to."""
    selectors = {handler.selector for handler in process.registry._watching.get_all_handlers()}
    return {(s.group, s.any_name, verb) for s in selectors for verb in ("list", "watch")}


def test_the_cluster_operators_are_those_that_a_clusters_life_takes(kafka, compact_pools):
    volumes = [{"id": i, "type": "persistent-claim", "size": "1Gi", "deleteClaim": True} for i in (0, 1)]
    compact_pools[0]["spec"]["storage"]["volumes"] = volumes
    configuration = {"bootstrap": {"host": "kafka.example"}}
    route = {"name": "routed", "port": 9095, "type": "route", "tls": True, "configuration": configuration}
    kafka["spec"]["kafka"]["listeners"].append(route)
    lab = Lab(kafka, compact_pools)
    lab.settle()
    plain = kafka["spec"]["kafka"]["listeners"][:1]
    lab.server.change("Kafka", "my", {"spec": {"entityOperator": None, "kafka": {"listeners": plain}}})
    lab.set_volumes({**volumes[0], "size": "2Gi"})
    lab.settle()
    lab.server.change("Kafka", "my", {"metadata": {"deletionTimestamp": "now"}})
    lab.settle()
    lab.topic(deletionTimestamp="now")
    lab.remove()
    lab.settle()
    assert lab.server.used | watched(cluster_operator) | SCANNED == granted(rules_of("02?"))


def test_the_cluster_operator_holds_what_it_hands_on():
    handed_on = granted(rule for rules in RULES.values() for rule in rules)
    assert granted(rules_of("031")) == handed_on


def test_the_topic_operators_are_those_that_a_topics_life_takes():
    topic = {
        "kind": "KafkaTopic",
        "metadata": {"name": "rhte", "namespace": "lab", "uid": "1", "generation": 1, "creationTimestamp": "now"},
        "spec": {},
    }
    topic["metadata"]["labels"] = {"strimzi.io/cluster": "my"}
    server = ApiServer(topic)
    admin = SimpleNamespace(describe=lambda _: None, create=lambda *_: "id", delete=lambda _: None)
    settings = TopicOperatorSettings("lab", "my", "kafka:9091", "/etc", 120, use_finalizers=True)
    reconciler = TopicReconciler(server, settings, admin)
    for change in ({}, {"metadata": {"deletionTimestamp": "now"}}):
        server.change("KafkaTopic", "rhte", change)
        asyncio.run(reconciler.reconcile("rhte"))
    assert server.used | watched(topic_operator) == granted(RULES["topic"])


def test_the_user_operators_are_those_that_a_users_life_takes(user):
    server = ApiServer(*clients_ca_secrets())
    admin = SimpleNamespace(scram_users=lambda *_: set(), acls=lambda *_: {})
    reconciler = UserReconciler(server, SETTINGS, admin)
    for kind in ("tls", "tls-external"):
        server.put({"kind": "KafkaUser", **user(kind)})
        asyncio.run(reconciler.reconcile("alice"))
    asyncio.run(reconciler.orphans())
    assert server.used | watched(user_operator) == granted(RULES["user"])
