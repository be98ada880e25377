"""Reconciling a user, with a Kafka and an API server in memory: what each knows afterwards."""

import asyncio

import pytest
from api_server import ApiServer
from clients_ca import SETTINGS, clients_ca_secrets
from embedded_operator.conditions import PAUSE
from embedded_operator.users.reconciliation import UserReconciler
from embedded_operator.users.secrets import user_secret
from kafka.errors import KafkaConnectionError

READ = {"resource": {"type": "topic", "name": "rhte"}, "operations": ["Read"]}
RIGHTS = {"authorization": {"type": "simple", "acls": [READ]}}


class Kafka:
    """Stands for UserAdmin."""

    bootstrap_servers = "my-kafka-bootstrap:9091"

    def __init__(self):
        self.rules, self.passwords, self.written = {}, {}, 0

    def close(self):
        pass

    def acls(self, username=None):
        return {name: rules for name, rules in self.rules.items() if rules and username in (None, name)}

    def add_acls(self, username, rules):
        self.rules[username] = self.rules.get(username, frozenset()) | rules

    def remove_acls(self, username, rules):
        self.rules[username] -= rules

    def scram_users(self, username=None):
        return {name for name in self.passwords if username in (None, name)}

    def set_password(self, username, password):
        self.passwords[username] = password
        self.written += 1

    def remove_password(self, username):
        del self.passwords[username]


@pytest.fixture
def lab():
    """`lab(resource)` reconciles this state of alice (None: deleted); `.server`, `.kafka` are what it changes."""

    class Lab:
        def __init__(self):
            self.server, self.kafka = ApiServer(*clients_ca_secrets()), Kafka()
            self.reconciler = UserReconciler(self.server, SETTINGS, self.kafka)

        def __call__(self, resource):
            before = self.server.objects.pop(("KafkaUser", "alice"), {})
            if resource:
                self.server.put({"kind": "KafkaUser", **resource, "status": before.get("status", {})})
            return asyncio.run(self.reconciler.reconcile("alice"))

        @property
        def status(self):
            return self.server.of("KafkaUser")["alice"]["status"]

    return Lab()


def test_a_tls_user_gets_rights_a_secret_and_a_status(lab, user):
    assert lab(user("tls", **RIGHTS)) == 120
    assert set(lab.kafka.acls()) == {"CN=alice"} and lab.kafka.passwords == {}
    assert (lab.status["username"], lab.status["secret"]) == ("CN=alice", "alice")
    assert lab.status["conditions"][0]["type"] == "Ready" and lab.status["conditions"][0]["status"] == "True"


def test_a_deleted_user_loses_everything(lab, user):
    lab(user("scram-sha-512", **RIGHTS))
    assert set(lab.kafka.acls()) == set(lab.kafka.passwords) == {"alice"}
    assert lab(None) is None
    assert lab.kafka.acls() == lab.kafka.passwords == {}


def test_other_credentials_take_the_rights_along(lab, user):
    lab(user("scram-sha-512", **RIGHTS))
    lab(user("tls", **RIGHTS))
    assert set(lab.kafka.acls()) == {"CN=alice"} and lab.kafka.passwords == {}
    assert "user.crt" in lab.server.of("Secret")["alice"]["data"]


def test_a_user_without_credentials_of_ours_has_no_secret(lab, user):
    lab(user("tls"))
    lab(user("tls-external"))
    assert "alice" not in lab.server.of("Secret") and "secret" not in lab.status


def test_a_password_is_told_to_kafka_once_and_again_when_it_changed(lab, user):
    lab(user("scram-sha-512"))
    lab(user("scram-sha-512"))
    assert lab.kafka.written == 1
    lab.server.put(user_secret(user("scram-sha-512"), None, None))
    lab(user("scram-sha-512"))
    assert lab.kafka.written == 2


def test_rights_that_were_taken_back_go(lab, user):
    lab(user("tls", **RIGHTS))
    lab(user("tls"))
    assert lab.kafka.acls() == {}


def test_a_refused_user_keeps_what_it_had(lab, user):
    lab(user("tls", **RIGHTS))
    before = lab.kafka.acls()
    lab(user("tls", quotas={"producerByteRate": 1}))
    assert lab.kafka.acls() == before
    (told,) = lab.status["conditions"]
    assert (told["type"], told["status"], told["reason"]) == ("NotReady", "True", "ExecutionException")
    classes = "io.strimzi.operator.common.ReconciliationException: io.strimzi.operator.common.model."
    assert told["message"].startswith(f"{classes}InvalidResourceException: KafkaUser lab/alice: ")


def test_a_paused_user_keeps_what_it_has_until_it_is_deleted(lab, user):
    lab(user("tls", **RIGHTS))
    before, paused = lab.kafka.acls(), user("scram-sha-512")
    paused["metadata"]["annotations"] = {PAUSE: "true"}
    lab(paused)
    assert lab.kafka.acls() == before and lab.kafka.passwords == {}
    assert [(c["type"], c["status"]) for c in lab.status["conditions"]] == [("ReconciliationPaused", "True")]
    lab(None)
    assert lab.kafka.acls() == {}


def test_without_a_ca_the_status_names_its_secrets(lab, user):
    lab.server.change("Secret", "ca-key", {"data": None})
    lab(user("tls"))
    wanted = "ReconciliationException: io.strimzi.operator.common.InvalidConfigurationException: Secrets ca and ca-key"
    assert wanted in lab.status["conditions"][0]["message"]


def test_kafka_that_does_not_answer_is_asked_again_soon(lab, user, monkeypatch):
    def nobody(*_):
        raise KafkaConnectionError

    lab.reconciler.kafka.reachable = True
    monkeypatch.setattr(lab.kafka, "scram_users", nobody)
    assert lab(user("tls")) == 2
    assert not lab.reconciler.kafka.reachable


def test_a_user_is_told_of_a_kafka_that_stays_silent(lab, user, monkeypatch):
    lab(user("tls", **RIGHTS))
    before = {key: lab.status[key] for key in ("username", "secret")}
    monkeypatch.setattr("embedded_operator.kafka_clients.access.API_TIMEOUT", 0)
    monkeypatch.setattr(lab.kafka, "scram_users", lambda *_: (_ for _ in ()).throw(KafkaConnectionError))
    assert lab(user("tls", **RIGHTS)) == 2
    (told,) = lab.status["conditions"]
    assert (told["type"], told["status"], told["reason"]) == ("NotReady", "True", "ExecutionException")
    assert "ReconciliationException: org.apache.kafka.common.errors.TimeoutException: no answer" in told["message"]
    assert before.items() <= lab.status.items()
    monkeypatch.undo()
    lab(user("tls", **RIGHTS))
    assert [condition["type"] for condition in lab.status["conditions"]] == ["Ready"]


def test_users_that_went_while_nobody_watched_are_found(lab, user):
    lab(user("tls", **RIGHTS))
    lab.kafka.rules |= {"CN=bob": {"rule"}, "*": {"rule"}, "ANONYMOUS": {"rule"}, "CN=my-kafka,O=io.strimzi": {"rule"}}
    lab.kafka.passwords["carol"] = "secret"
    assert asyncio.run(lab.reconciler.orphans()) == {"bob", "carol"}
