"""What roles make of each kind of exposure, from an inventory's words to the objects that they apply."""

from __future__ import annotations

from typing import Any

import pytest
from support.rendering import Rendering

DOMAIN = "apps.example.org"
GATEWAYS = [{"name": "class", "namespace": "gateways"}]
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def listener(kind: str, **given: Any) -> dict[str, Any]:
    """The listener for clients outside, of a Kafka whose brokers have the ids 3 to 5."""
    words = {"lab_ingress_class": "nginx", "lab_kafka_gateways": GATEWAYS} | given
    objects = Rendering("kafka_cluster", lab_kafka_exposure=kind, **words).objects("kafka.yml.j2")
    (found,) = [entry for entry in objects[-1]["spec"]["kafka"]["listeners"] if entry["name"] == "external"]
    return found


@pytest.mark.parametrize("kind", ["nodeport", "route", "ingress", "tlsroute", "loadbalancer"])
def test_clients_outside_come_by_tls_however_kafka_is_exposed(kind: str):
    found = listener(kind, lab_kafka_authentication="tls")
    assert {key: found[key] for key in ("type", "port", "tls", "authentication")} == {
        "type": kind,
        "port": 9094,
        "tls": True,
        "authentication": {"type": "tls"},
    }
    assert "authentication" not in listener(kind)


def test_without_exposure_there_is_no_listener_for_them():
    spec = Rendering("kafka_cluster", lab_kafka_exposure="none").objects("kafka.yml.j2")[-1]["spec"]
    assert [entry["name"] for entry in spec["kafka"]["listeners"]] == ["plain", "tls"]
    assert "config" in spec["kafka"]


@pytest.mark.parametrize(
    ("kind", "more"),
    [("route", {}), ("ingress", {"class": "nginx"}), ("tlsroute", {"parentRefs": GATEWAYS})],
)
def test_hosts_of_kafka_are_of_the_form_that_a_router_gives(kind: str, more: dict[str, Any]):
    brokers = [{"broker": number, "host": f"rhte-cluster-kafka-{number}-rhte2019.{DOMAIN}"} for number in (3, 4, 5)]
    bootstrap = {"host": f"rhte-cluster-kafka-bootstrap-rhte2019.{DOMAIN}"}
    assert listener(kind, lab_ingress_domain=DOMAIN)["configuration"] == {
        "bootstrap": bootstrap,
        "brokers": brokers,
        **more,
    }


@pytest.mark.parametrize("kind", ["route", "loadbalancer"])
def test_what_the_platform_gives_is_not_asked_for(kind: str):
    assert "configuration" not in listener(kind)


def notebook(kind: str, **given: Any) -> Rendering:
    facts = {
        "__notebook_signed": {"certificate": CERTIFICATE},
        "__notebook_service_type": "ClusterIP",
        "__notebook_address": "https://somewhere",
        "__notebook_users": {},
    }
    return Rendering("notebook", lab_notebook_exposure=kind, lab_images={"notebook": "image"}, **facts, **given)


def pod_of(rendering: Rendering) -> dict[str, Any]:
    (found,) = [entry for entry in rendering.objects("notebook.yml.j2") if entry["kind"] == "Deployment"]
    return found["spec"]["template"]["spec"]


def test_a_route_keeps_tls_up_to_the_notebook():
    (found,) = notebook("route").objects("route.yml.j2")
    spec = found["spec"]
    assert spec["tls"] == {
        "termination": "reencrypt",
        "insecureEdgeTerminationPolicy": "Redirect",
        "destinationCACertificate": CERTIFICATE,
    }
    assert "host" not in spec
    assert found["metadata"]["annotations"] == {"haproxy.router.openshift.io/timeout": "1h"}
    (service,) = notebook("route").objects("service.yml.j2")
    assert (spec["to"]["name"], spec["port"]["targetPort"]) == (
        service["metadata"]["name"],
        service["spec"]["ports"][0]["name"],
    )


def test_a_route_asks_for_a_host_of_the_domain_that_is_named():
    (found,) = notebook("route", lab_ingress_domain=DOMAIN).objects("route.yml.j2")
    assert found["spec"]["host"] == f"rhte-notebook-rhte2019.{DOMAIN}"


@pytest.mark.parametrize(("secret", "named"), [("", {}), ("wildcard", {"secretName": "wildcard"})])
def test_an_ingress_has_class_host_and_certificate_as_they_are_named(secret: str, named: dict[str, str]):
    words = {"lab_ingress_domain": DOMAIN, "lab_ingress_class": "nginx", "lab_ingress_tls_secret": secret}
    (found,) = notebook("ingress", **words, lab_ingress_annotations={"a": "b"}).objects("ingress.yml.j2")
    host = f"rhte-notebook-rhte2019.{DOMAIN}"
    assert found["metadata"]["annotations"] == {"a": "b"}
    assert found["spec"]["ingressClassName"] == "nginx"
    assert found["spec"]["tls"] == [{"hosts": [host], **named}]
    (rule,) = found["spec"]["rules"]
    (service,) = notebook("ingress", **words).objects("service.yml.j2")
    assert rule["host"] == host
    assert rule["http"]["paths"][0]["backend"]["service"] == {
        "name": "rhte-notebook",
        "port": {"name": service["spec"]["ports"][0]["name"]},
    }


@pytest.mark.parametrize("kind", ["nodeport", "none", "route", "ingress"])
def test_the_notebook_speaks_tls_unless_an_ingress_stands_before_it(kind: str):
    own = kind != "ingress"
    rendering = notebook(kind)
    (container,) = pod_of(rendering)["containers"]
    names = {entry["name"] for entry in container["env"]}
    assert ("NOTEBOOK_TLS_CERT" in names, "NOTEBOOK_TLS_KEY" in names) == (own, own)
    assert "JUPYTER_TOKEN" in names
    assert ("tls" in {entry["name"] for entry in pod_of(rendering)["volumes"]}) is own
    assert ("tls" in {entry["name"] for entry in container["volumeMounts"]}) is own
    scheme = "https" if own else "http"
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert (container[probe]["httpGet"]["port"], container[probe]["httpGet"]["scheme"]) == (scheme, scheme.upper())
    assert [entry["name"] for entry in container["ports"]] == [scheme]
    (service,) = rendering.objects("service.yml.j2")
    assert service["spec"]["ports"][0]["targetPort"] == scheme
    assert service["metadata"]["annotations"]["catdog-lab/exposure"] == kind


@pytest.mark.parametrize(("kind", "trusted"), [("nodeport", "own"), ("route", "given"), ("ingress", "given")])
def test_whose_certificate_a_browser_sees(kind: str, trusted: str):
    own = {"metadata": {"name": "rhte-notebook-tls"}, "data": {"tls.crt": "b3du"}}
    rendering = notebook(kind, lab_ingress_ca="given", __notebook_secrets={"resources": [own]})
    assert rendering.value("__notebook_authority") == trusted


def test_what_an_earlier_kind_made_is_known_by_the_service():
    earlier = {"metadata": {"annotations": {"catdog-lab/exposure": "route"}}}
    rendering = notebook("nodeport", __notebook_services={"resources": [earlier]})
    assert rendering.value("__notebook_entrances[__notebook_earlier_exposure].kind") == "Route"
    for resources in ([], [{"metadata": {}}]):
        assert (
            notebook("nodeport", __notebook_services={"resources": resources}).value("__notebook_earlier_exposure")
            == ""
        )


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({}, ""),
        ({"lab_router": True}, ""),
        ({"lab_router": True, "lab_router_https_port": 31097}, ":31097"),
        ({"lab_router_https_port": 31097}, ""),
    ],
)
def test_an_address_by_name_has_the_port_that_the_router_is_published_at(given: dict[str, Any], text: str):
    assert notebook("route", **given).value("__notebook_port_text") == text


def test_the_labs_own_router_is_trusted_by_its_certificate():
    own = {"resources": [{"data": {"tls.crt": "b3du"}}]}
    rendering = notebook("route", lab_router=True, __notebook_authorities=own)
    assert rendering.value("__notebook_authority") == "own"
    assert rendering.value("notebook_authority_secret.name") == "catdog-lab-router-tls"
    assert (
        notebook("route", lab_ingress_ca="given", __notebook_authorities=own).value("__notebook_authority") == "given"
    )
    assert notebook("route").value("notebook_authority_secret") == {}


def test_a_router_beside_its_node_ports_is_published_at_the_ports_of_its_addresses():
    attendees = [{"ports": [{"port": 30080}]}]
    rendering = Rendering("embedded_cluster", lab_router=True, lab_attendees=attendees)
    mappings = rendering.value("__embedded_cluster_mappings")
    assert {"port": 443, "node_port": 30901} in mappings
    assert {"port": 80, "node_port": 30902} in mappings
    assert {"port": 30080, "node_port": 30080} in mappings
    without = Rendering("embedded_cluster", lab_attendees=attendees).value("__embedded_cluster_mappings")
    assert [entry for entry in without if entry["port"] != entry["node_port"]] == []
