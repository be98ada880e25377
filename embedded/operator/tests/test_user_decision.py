"""What a KafkaUser says, what is done about it, and what is refused."""

import pytest
from embedded_operator.conditions import PAUSE
from embedded_operator.errors import InvalidResourceError
from embedded_operator.users.decision import Change, Grant, Pause, Refuse, Revoke, UserState, change, check, decide
from embedded_operator.users.resource import AclRule, acl_rules, resource_name, username


def acls(*entries):
    return {"authorization": {"type": "simple", "acls": list(entries)}}


RIGHTS = acls({"resource": {"type": "topic", "name": "rhte"}, "operations": ["Read"]})


@pytest.mark.parametrize(
    ("kind", "name"), [("tls", "CN=alice"), ("tls-external", "CN=alice"), ("scram-sha-512", "alice"), (None, "alice")]
)
def test_the_name_in_kafka_comes_from_the_credentials(user, kind, name):
    assert username(user(kind)) == name


def test_a_user_of_kafka_is_traced_to_its_resource():
    assert [resource_name(name) for name in ("CN=alice", "alice")] == ["alice", "alice"]


@pytest.mark.parametrize("name", ["*", "ANONYMOUS", "CN=my-kafka,O=io.strimzi"])
def test_a_name_that_is_no_users_is_left_alone(name):
    assert resource_name(name) is None


def test_one_rule_for_each_operation(user):
    topic = {"type": "topic", "name": "rhte", "patternType": "prefix"}
    wish = user("tls", **acls({"resource": topic, "operations": ["Read", "DescribeConfigs"], "host": "10.0.0.1"}))
    assert acl_rules(wish) == {
        AclRule("TOPIC", "rhte", "PREFIXED", "READ", "10.0.0.1", "ALLOW"),
        AclRule("TOPIC", "rhte", "PREFIXED", "DESCRIBE_CONFIGS", "10.0.0.1", "ALLOW"),
    }


def test_the_cluster_has_a_name_of_its_own_and_a_rule_may_deny(user):
    wish = user("tls", **acls({"resource": {"type": "cluster"}, "operations": ["IdempotentWrite"], "type": "deny"}))
    assert acl_rules(wish) == {AclRule("CLUSTER", "kafka-cluster", "LITERAL", "IDEMPOTENT_WRITE", "*", "DENY")}


def test_transactional_ids(user):
    wish = user("tls", **acls({"resource": {"type": "transactionalId", "name": "a"}, "operations": ["All"]}))
    assert acl_rules(wish) == {AclRule("TRANSACTIONAL_ID", "a", "LITERAL", "ALL", "*", "ALLOW")}


def test_a_rule_without_a_name_is_refused_by_its_path(user):
    wish = user("tls", **acls({"resource": {"type": "topic"}, "operations": ["Read"]}))
    with pytest.raises(InvalidResourceError, match=r"spec\.authorization\.acls\[0\]\.resource\.name is missing"):
        acl_rules(wish)


def test_acls_need_a_kafka_that_authorizes(user):
    wish = user("tls", **acls({"resource": {"type": "topic", "name": "rhte"}, "operations": ["Read"]}))
    check(wish, acls_supported=True)
    with pytest.raises(InvalidResourceError, match="not supported in the Kafka cluster configuration"):
        check(wish, acls_supported=False)


@pytest.mark.parametrize("field", ["quotas", "template"])
def test_unsupported_fields_are_named(user, field):
    with pytest.raises(InvalidResourceError, match=rf"KafkaUser lab/alice: .* spec\.{field}"):
        check(user("tls", **{field: {}}), acls_supported=True)


def test_a_certificate_has_no_room_for_a_long_name(user):
    with pytest.raises(InvalidResourceError, match="only up to 64 characters"):
        check(user("tls", name="a" * 65), acls_supported=True)
    check(user("scram-sha-512", name="a" * 65), acls_supported=True)


def test_the_next_step(user):
    rules = acl_rules(user("tls", **RIGHTS))
    paused, ending = user("tls", quotas={}), user("tls")
    paused["metadata"]["annotations"] = {PAUSE: "true"}
    ending["metadata"]["deletionTimestamp"] = "now"
    assert decide(user("tls", **RIGHTS), acls_supported=True) == Grant({"CN=alice": rules})
    assert decide(user("scram-sha-512"), acls_supported=True) == Grant({"alice": frozenset()})
    assert decide(paused, acls_supported=True) == Pause()
    assert decide(ending, acls_supported=True) == decide(None, acls_supported=True) == Revoke()
    assert isinstance(decide(user("tls", **RIGHTS), acls_supported=False), Refuse)


READ, WRITE = (AclRule("TOPIC", "rhte", "LITERAL", operation, "*", "ALLOW") for operation in ("READ", "WRITE"))


@pytest.mark.parametrize(
    ("acls", "password", "last", "state", "expected"),
    [
        pytest.param({}, "", None, UserState(False, {}), Change(), id="nothing to do"),
        pytest.param({}, "new", None, UserState(False, {}), Change(set_password="new"), id="a password"),
        pytest.param({}, "old", "old", UserState(True, {}), Change(), id="the same password"),
        pytest.param({}, "new", "old", UserState(True, {}), Change(set_password="new"), id="another password"),
        pytest.param({}, "old", None, UserState(True, {}), Change(set_password="old"), id="one of before the start"),
        pytest.param({}, "old", "old", UserState(False, {}), Change(set_password="old"), id="one that Kafka lost"),
        pytest.param({}, "", "old", UserState(True, {}), Change(remove_password=True), id="no password any more"),
        pytest.param(
            {"alice": frozenset({READ})},
            "",
            None,
            UserState(False, {"alice": frozenset({WRITE}), "CN=alice": frozenset({READ})}),
            Change(
                add_acls={"alice": frozenset({READ})},
                remove_acls={"CN=alice": frozenset({READ}), "alice": frozenset({WRITE})},
            ),
            id="other rights, by another name",
        ),
    ],
)
def test_what_kafka_is_told(acls, password, last, state, expected):
    assert change("alice", acls, password, last, state) == expected
