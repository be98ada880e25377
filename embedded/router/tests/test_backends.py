"""Which pods answer for a Service's port."""

import pytest
from embedded_router.backends import Backends
from embedded_router.model import Server
from routed import by_key, endpoint_slice, service

SERVICE = service(http=80, admin=81)
SLICE = endpoint_slice(["10.0.0.2", "10.0.0.1"], http=8080, admin=8081)


def backends(*slices):
    return Backends(by_key(SERVICE), by_key(*slices))


@pytest.mark.parametrize(
    ("target", "port"),
    [(None, 8080), ("admin", 8081), (8081, 8081), ("8081", 8081)],
    ids=["none", "name", "number", "text"],
)
def test_a_routes_port_is_the_pods(target, port):
    assert backends(SLICE).of_route("lab", "web", target) == (Server("10.0.0.1", port), Server("10.0.0.2", port))


@pytest.mark.parametrize("port", [{"number": 81}, {"name": "admin"}], ids=["number", "name"])
def test_an_ingresss_port_is_the_services(port):
    assert backends(SLICE).of_ingress("lab", {"name": "web", "port": port})[0] == Server("10.0.0.1", 8081)


def test_a_port_without_a_name_is_found():
    unnamed = {**endpoint_slice(["10.0.0.1"]), "ports": [{"name": None, "port": 9000}]}
    found = Backends(by_key({**SERVICE, "spec": {"ports": [{"port": 80}]}}), by_key(unnamed))
    assert found.of_route("lab", "web", None) == (Server("10.0.0.1", 9000),)
    assert found.of_ingress("lab", {"name": "web", "port": {"number": 80}}) == (Server("10.0.0.1", 9000),)


@pytest.mark.parametrize(
    "target", [82, "unknown", 80], ids=["another number", "another name", "the Service's, not the pods'"]
)
def test_a_port_that_no_pod_has_leads_nowhere(target):
    assert backends(SLICE).of_route("lab", "web", target) == ()


@pytest.mark.parametrize("name", ["²", "9" * 5000], ids=["a digit that is no number", "more digits than an int takes"])
def test_a_port_of_digits_that_is_no_number_is_a_name(name):
    named = {**SLICE, "ports": [{"name": name, "port": 8080}]}
    assert backends(named).of_route("lab", "web", name)[0] == Server("10.0.0.1", 8080)
    assert backends(SLICE).of_route("lab", "web", name) == ()


def test_pods_that_are_not_ready_are_left_out_and_those_that_do_not_tell_are_not():
    waiting, unknown = endpoint_slice(["10.0.0.3"], ready=False), endpoint_slice(["10.0.0.4"], ready=None)
    assert backends(waiting, unknown).of_route("lab", "web", "http") == (Server("10.0.0.4", 8080),)


def test_another_namespaces_pods_do_not_answer():
    assert backends(endpoint_slice(["10.0.0.3"], namespace="other")).of_route("lab", "web", "http") == ()


def test_a_slice_of_names_is_left_out():
    assert backends({**SLICE, "addressType": "FQDN"}).of_route("lab", "web", "http") == ()


def test_an_empty_slice_has_no_pods():
    assert backends({**SLICE, "endpoints": None, "ports": None}).of_route("lab", "web", None) == ()
