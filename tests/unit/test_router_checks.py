"""Where the lab's own router would not be reached, that is told before anything is made."""

from __future__ import annotations

from typing import Any

import pytest

PROFILES = {"full": {"controllers": 3, "brokers": 3}, "compact": {"controllers": 0, "brokers": 1}, "shared": {}}


@pytest.fixture(scope="module")
def checks(load_plugin):
    return load_plugin("module_utils/router_checks")


def lab(name: str, profile: str, kafka: str = "route", domain: str = "") -> dict[str, Any]:
    labels = [f"notebook-{name}", *([f"cluster-kafka-bootstrap-{name}"] if kafka == "route" else [])]
    return {
        "exposures": {"lab_kafka_exposure": kafka, "lab_notebook_exposure": "route"},
        "hosts": [{"label": label, "domain": domain} for label in labels],
        "profile": profile,
        "kafka_cluster": "cluster",
        "kafka_namespace": name,
    }


@pytest.mark.parametrize(
    ("kafka", "ingress_class", "router", "told"),
    [
        ("route", "", {"port": 31097, "ingress_class": "own"}, True),
        ("route", "", {"port": "443", "ingress_class": "own"}, False),
        ("route", "", {}, False),
        ("nodeport", "own", {"port": 31097, "ingress_class": "own"}, False),
        ("ingress", "own", {"port": 31097, "ingress_class": "own"}, True),
        ("ingress", "nginx", {"port": 31097, "ingress_class": "own"}, False),
    ],
)
def test_kafka_by_a_router_at_another_port_than_strimzi_tells_is_refused(checks, kafka, ingress_class, router, told):
    failures = checks.router_port_failures(
        [{"exposures": {"lab_kafka_exposure": kafka, "lab_notebook_exposure": "route"}}] * 2, ingress_class, router
    )
    assert failures == (
        [
            f"lab_kafka_exposure asks for {kafka}, for which Strimzi tells clients port 443, and the lab's router is "
            "reached at port 31097 (lab_router_https_port): clients would find nothing there. Set it to 443, or use "
            "nodeport for Kafka."
        ]
        if told
        else []
    )


@pytest.mark.parametrize(
    ("labs", "shared", "hosts"),
    [
        ([lab("a", "compact")], "", ["notebook-a.d", "cluster-kafka-bootstrap-a.d", "cluster-dual-role-0-a.d"]),
        (
            [lab("a", "full")],
            "",
            ["notebook-a.d", "cluster-kafka-bootstrap-a.d", *(f"cluster-kafka-{number}-a.d" for number in (3, 4, 5))],
        ),
        ([lab("a", "full", "nodeport")], "", ["notebook-a.d"]),
        (
            [lab("a", "compact", domain="own")] * 2,
            "",
            ["notebook-a.own", "cluster-kafka-bootstrap-a.own", "cluster-dual-role-0-a.own"],
        ),
        ([lab("a", "shared")], "compact", ["notebook-a.d", "cluster-kafka-bootstrap-a.d", "cluster-dual-role-0-a.d"]),
    ],
)
def test_hosts_of_a_lab_are_those_that_the_router_serves(checks, labs, shared, hosts):
    assert checks.router_hosts(labs, PROFILES, shared, "d") == hosts


def test_names_that_are_not_found_are_told_with_the_line_that_names_all(checks):
    hosts = ["a.catdog.localhost", "b.catdog.localhost"]
    assert checks.name_failures(hosts, "127.0.0.1", lambda host: True) == []
    (failure,) = checks.name_failures(hosts, "127.0.0.1", lambda host: host == hosts[0])
    assert "do not find b.catdog.localhost" in failure
    assert "libnss-myhostname" in failure
    assert failure.endswith(": 127.0.0.1 a.catdog.localhost b.catdog.localhost")
    (failure,) = checks.name_failures(["a.example.org"], "10.0.0.1", lambda host: False)
    assert "libnss-myhostname" not in failure


def test_this_machine_finds_its_own_name_and_none_that_cannot_be(checks):
    assert checks.is_found("localhost")
    assert not checks.is_found("no-such-host.invalid")
