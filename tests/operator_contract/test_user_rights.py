"""What users may do: ACLs let clients do it and nothing else.

Sources: "Deploying and Managing", securing access to a Kafka cluster (simple authorization, ACL rules); API reference,
AclRule, AclRuleTopicResource, AclRuleGroupResource, KafkaAuthorizationSimple.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kafka.errors import KafkaError

from contract import manifests
from contract.kafka_access import Kafka
from contract.kafka_cluster import KafkaCluster
from contract.operator_times import ENTITY_ANSWER
from contract.users import Clients
from contract.waiting import eventually, outcome

NewUser = Callable[..., str]
NewTopic = Callable[..., str]
WELL, NO_TOPIC, NO_GROUP = "well", "TopicAuthorizationFailedError", "GroupAuthorizationFailedError"
READ, WRITE = ("Describe", "Read"), ("Describe", "Write")


def wait_for(wanted: str, attempt: Callable[[], Any]) -> None:
    """Wait until an attempt ends so: rights reach the brokers a moment after they are given or taken."""
    eventually(lambda: outcome(attempt, KafkaError), lambda found: found == wanted, wanted, ENTITY_ANSWER)


@pytest.fixture
def topic(cluster: KafkaCluster, kafka: Kafka, new_topic: NewTopic) -> str:
    """A topic that holds a record."""
    name = new_topic("guarded")
    cluster.topics.wait(name)
    kafka.send(name, b"secret")
    return name


@pytest.mark.parametrize("kind", ["tls", "scram-sha-512"])
def test_operations_let_a_user_do_what_they_name(
    cluster: KafkaCluster, clients: Clients, topic: str, new_user: NewUser, kind: str
):
    # ACL rules: operations
    reader, writer = f"reader-{kind}", f"writer-{kind}"
    cluster.users.wait(new_user(reader, kind, manifests.acl("topic", topic, *READ)))
    cluster.users.wait(new_user(writer, kind, manifests.acl("topic", topic, *WRITE)))
    reading, writing = clients.of(reader, kind), clients.of(writer, kind)
    wait_for(WELL, lambda: reading.first_record(topic))
    wait_for(WELL, lambda: writing.send(topic, b"own"))
    assert outcome(lambda: reading.send(topic, b"refused"), KafkaError) == NO_TOPIC
    assert outcome(lambda: writing.first_record(topic), KafkaError) == NO_TOPIC


def test_user_without_rules_may_do_nothing(cluster: KafkaCluster, clients: Clients, topic: str, new_user: NewUser):
    # Simple authorization: nothing is allowed that no rule allows
    cluster.users.wait(new_user("nobody-yet", "tls"))
    client = clients.of("nobody-yet", "tls")
    wait_for(NO_TOPIC, lambda: client.first_record(topic))
    wait_for(NO_TOPIC, lambda: client.send(topic, b"refused"))


def test_rules_are_given_and_taken_back(cluster: KafkaCluster, clients: Clients, topic: str, new_user: NewUser):
    # API reference, KafkaUserAuthorizationSimple, acls
    cluster.users.wait(new_user("changing", "tls", manifests.acl("topic", topic, *READ)))
    client = clients.of("changing", "tls")
    wait_for(WELL, lambda: client.first_record(topic))
    cluster.users.change("changing", authorization={"acls": [manifests.acl("topic", topic, *WRITE)]})
    cluster.users.wait("changing")
    wait_for(WELL, lambda: client.send(topic, b"own"))
    wait_for(NO_TOPIC, lambda: client.first_record(topic))
    cluster.users.change("changing", authorization=None)
    cluster.users.wait("changing")
    wait_for(NO_TOPIC, lambda: client.send(topic, b"refused"))


def test_prefix_covers_names_that_begin_so(
    cluster: KafkaCluster, clients: Clients, topic: str, new_topic: NewTopic, new_user: NewUser
):
    # API reference, AclRuleTopicResource, patternType
    cluster.topics.wait(new_topic("team-photos"))
    cluster.users.wait(new_user("team", "tls", manifests.acl("topic", "team-", *WRITE, pattern="prefix")))
    client = clients.of("team", "tls")
    wait_for(WELL, lambda: client.send("team-photos", b"own"))
    wait_for(NO_TOPIC, lambda: client.send(topic, b"refused"))


def test_refusal_goes_before_permission(cluster: KafkaCluster, clients: Clients, topic: str, new_user: NewUser):
    # API reference, AclRule, type: allow, deny
    rules = [manifests.acl("topic", "*", "All"), manifests.acl("topic", topic, "Write", type="deny")]
    cluster.users.wait(new_user("half-trusted", "tls", *rules))
    client = clients.of("half-trusted", "tls")
    wait_for(WELL, lambda: client.first_record(topic))
    wait_for(NO_TOPIC, lambda: client.send(topic, b"refused"))


def test_groups_have_rules_of_their_own(cluster: KafkaCluster, clients: Clients, topic: str, new_user: NewUser):
    # API reference, AclRuleGroupResource
    rules = [manifests.acl("topic", topic, *READ), manifests.acl("group", "own-group", "Read")]
    cluster.users.wait(new_user("member", "tls", *rules))
    client = clients.of("member", "tls")
    wait_for(WELL, lambda: client.group_position("own-group", topic))
    wait_for(NO_GROUP, lambda: client.group_position("others-group", topic))


def test_super_user_needs_no_rules(cluster: KafkaCluster, clients: Clients, topic: str, new_user: NewUser):
    # API reference, KafkaAuthorizationSimple, superUsers
    cluster.users.wait(new_user("chief", "tls"))
    client = clients.of("chief", "tls")
    wait_for(WELL, lambda: client.send(topic, b"own"))
    wait_for(WELL, lambda: client.first_record(topic))


def test_rights_of_a_deleted_user_are_gone(cluster: KafkaCluster, clients: Clients, topic: str, new_user: NewUser):
    # "Deploying and Managing", the User Operator; the certificate itself stays valid until it ends
    cluster.users.wait(new_user("leaver", "tls", manifests.acl("topic", topic, *READ)))
    client = clients.of("leaver", "tls")
    wait_for(WELL, lambda: client.first_record(topic))
    cluster.users.delete("leaver")
    wait_for(NO_TOPIC, lambda: client.first_record(topic))
