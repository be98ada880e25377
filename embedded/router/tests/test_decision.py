"""Who of several has a host, and that one who is refused takes nothing from the others."""

import itertools

import pytest
from embedded_router.admission.decision import Observed, decide
from routed import DOMAIN, INGRESS_CLASS, by_key, ingress, route

HOST = "web.example"


def decided(routes, ingresses=()):
    """Names of what is served, and reason and words of each refusal by name; the same in whatever order."""
    outcomes = []
    for ordered in itertools.permutations(routes):
        observed = Observed(routes=by_key(*ordered), ingresses=by_key(*ingresses))
        decision = decide(observed, DOMAIN, INGRESS_CLASS)
        told = {source.name: (refusal.reason, str(refusal)) for source, refusal in decision.refusals.items()}
        outcomes.append(([exposure.source.name for exposure in decision.exposures], told))
    assert all(outcome == outcomes[0] for outcome in outcomes)
    return outcomes[0]


def test_of_two_namespaces_the_older_route_has_the_host():
    served, told = decided([route("b", "two", second=2, host=HOST), route("a", "one", second=1, host=HOST.upper())])
    assert served == ["a"]
    said = f"a resource in another namespace holds {HOST} and is older than b"
    assert told == {"b": ("HostAlreadyClaimed", said)}


def test_another_namespace_gets_no_path_of_a_host_either():
    served, _ = decided([route("a", "one", second=1, host=HOST), route("b", "two", second=2, host=HOST, path="/b")])
    assert served == ["a"]


def test_in_one_namespace_routes_share_a_host_by_paths():
    served, told = decided([route("a", second=1, host=HOST), route("b", second=2, host=HOST, path="/b")])
    assert served == ["a", "b"] and told == {}


def test_in_one_namespace_the_older_route_has_the_path():
    served, told = decided([route("a", second=1, host=HOST, path="/a"), route("b", second=2, host=HOST, path="/a/")])
    assert served == ["a"]
    assert told == {"b": ("HostAlreadyClaimed", f"route a already exposes {HOST}/a and is older")}


@pytest.mark.parametrize("older", ["passthrough", "edge"])
def test_what_passes_through_shares_its_host_with_nobody(older):
    through, other = {"tls": {"termination": "passthrough"}}, {"path": "/a", "tls": {"termination": "edge"}}
    first, second = (through, other) if older == "passthrough" else (other, through)
    served, told = decided([route("a", second=1, host=HOST, **first), route("b", second=2, host=HOST, **second)])
    assert served == ["a"] and list(told) == ["b"]


def test_made_at_the_same_second_the_names_decide():
    served, _ = decided([route("b", host=HOST), route("a", host=HOST)])
    assert served == ["a"]


def test_routes_and_ingresses_contend_for_hosts():
    older = ingress("older", second=1)
    served, told = decided([route("b", second=2, host=HOST)], [older])
    assert served == ["older"] and told["b"][1] == f"ingress older already exposes {HOST} and is older"


def test_a_host_is_free_for_others_while_the_older_route_is_refused():
    broken = route("a", second=1, host=HOST, tls={"termination": "edge", "key": "k", "certificate": "c"})
    served, told = decided([broken, route("b", "two", second=2, host=HOST)])
    assert served == ["b"] and list(told) == ["a"]


def test_an_ingress_is_served_whole_or_not_at_all():
    two = [
        {"host": host, "http": {"paths": [{"backend": {"service": {"name": "web"}}}]}}
        for host in ("free.example", HOST)
    ]
    served, told = decided([route("a", second=1, host=HOST)], [ingress("late", second=2, rules=two)])
    assert served == ["a"] and list(told) == ["late"]


def test_a_resource_that_the_router_fails_at_takes_nothing_from_the_others(caplog):
    broken = route("a", second=1, host=HOST, tls={"termination": "secret"})
    bare = ingress("b", second=1, rules=[{"host": HOST, "http": {"paths": [{}]}}])
    served, told = decided([broken, route("c", "two", second=2, host=HOST)], [bare])
    assert served == ["c"]
    said = "this router fails at it with {}: its log says where"
    assert told == {
        "a": ("ExtendedValidationFailed", said.format("ValueError")),
        "b": ("ExtendedValidationFailed", said.format("KeyError")),
    }
    assert "Route lab/a" in caplog.text and "Ingress lab/b" in caplog.text and "Traceback" in caplog.text


@pytest.mark.parametrize("ingress_class", [None, "nginx"])
def test_an_ingress_of_another_class_is_left_alone(ingress_class):
    assert decided([], [ingress(ingressClassName=ingress_class)]) == ([], {})
