"""What is served of a Route, and with which reason another one is refused."""

import pytest
from embedded_router.admission.routes import route_exposure
from embedded_router.backends import Backends
from embedded_router.model import Insecure, RefusalError, Server, Termination
from routed import DOMAIN, by_key, certificate, endpoint_slice, route, service

BACKENDS = Backends(by_key(service()), by_key(endpoint_slice(["10.0.0.1"])))
KEY, PEM = certificate("web.example")
OTHER_KEY, _ = certificate("other.example")


def exposed(**spec):
    return route_exposure(route(**spec), BACKENDS, DOMAIN)


def tls(termination, **more):
    return {"termination": termination, **more}


@pytest.mark.parametrize(
    ("spec", "host"),
    [
        ({}, "web-lab.apps.example"),
        ({"name": "web.one"}, "web-one-lab.apps.example"),
        ({"subdomain": "notes"}, "notes.apps.example"),
        ({"host": "Notes.Example", "subdomain": "unread"}, "notes.example"),
    ],
    ids=["none", "dots in the name", "subdomain", "host"],
)
def test_the_host_is_the_one_asked_for_or_made_of_the_name(spec, host):
    assert exposed(**spec).host == host


def test_pods_of_the_service_answer():
    assert exposed(tls=tls("edge")).servers == (Server("10.0.0.1", 8080),)


def test_a_weight_of_zero_leaves_nobody_to_answer():
    assert exposed(to={"kind": "Service", "name": "web", "weight": 0}).servers == ()


@pytest.mark.parametrize(
    ("given", "termination", "insecure"),
    [
        ({}, Termination.NONE, Insecure.ALLOW),
        (tls("edge"), Termination.EDGE, Insecure.NONE),
        (tls("edge", insecureEdgeTerminationPolicy="Redirect"), Termination.EDGE, Insecure.REDIRECT),
        (tls("passthrough", insecureEdgeTerminationPolicy=""), Termination.PASSTHROUGH, Insecure.NONE),
        (tls("reencrypt", destinationCACertificate=PEM), Termination.REENCRYPT, Insecure.NONE),
    ],
    ids=["none", "edge", "redirect", "passthrough", "reencrypt"],
)
def test_termination_and_the_port_without_tls(given, termination, insecure):
    found = exposed(tls=given)
    assert (found.termination, found.insecure) == (termination, insecure)


def test_a_certificate_of_its_own_comes_with_its_key_first():
    found = exposed(tls=tls("edge", key=KEY, certificate=PEM, caCertificate=PEM))
    assert found.certificate == KEY.encode() + PEM.encode() * 2


def test_a_time_out_is_taken_from_openshifts_annotation():
    annotated = {"haproxy.router.openshift.io/timeout": "90s"}
    assert exposed(annotations=annotated).timeout == "90s"


LONG = "a" * 64
FAILED = "ExtendedValidationFailed"


@pytest.mark.parametrize(
    ("spec", "reason", "said"),
    [
        ({"host": f"{LONG}.example"}, "InvalidHost", "has 64 letters"),
        ({"name": LONG}, "InvalidHost", f"'{LONG}-lab' has 68 letters"),
        ({"host": ".".join(["a" * 60] * 5)}, "InvalidHost", "has 304 letters"),
        ({"host": "under_score.example"}, "InvalidHost", "'under_score'"),
        ({"host": "web.example } #"}, "InvalidHost", "no host name"),
        ({"wildcardPolicy": "Subdomain"}, "RouteNotAdmitted", "wildcard"),
        ({"alternateBackends": [{"name": "b"}]}, FAILED, "spec.alternateBackends: is not supported"),
        ({"httpHeaders": {"actions": {}}}, FAILED, "spec.httpHeaders"),
        ({"path": "/a b"}, FAILED, "'/a b'"),
        ({"path": "a"}, FAILED, "begin with /"),
        ({"path": "/a", "tls": tls("passthrough")}, FAILED, "passthrough termination does not support paths"),
        ({"tls": tls("passthrough", insecureEdgeTerminationPolicy="Allow")}, FAILED, "Allow"),
        ({"tls": tls("edge", externalCertificate={"name": "s"})}, FAILED, "spec.tls.externalCertificate"),
        ({"tls": tls("edge", key=KEY)}, FAILED, "certificate is missing"),
        ({"tls": tls("edge", certificate=PEM)}, FAILED, "key is missing"),
        ({"tls": tls("edge", key=KEY, certificate="no PEM")}, FAILED, "cannot be read"),
        ({"tls": tls("edge", key=OTHER_KEY, certificate=PEM)}, FAILED, "not the certificate's"),
        ({"tls": tls("reencrypt")}, FAILED, "spec.tls.destinationCACertificate: is missing"),
        ({"tls": tls("reencrypt", destinationCACertificate="no PEM")}, FAILED, "not a PEM certificate"),
        ({"annotations": {"haproxy.router.openshift.io/timeout": "soon"}}, FAILED, "'soon' is no time"),
    ],
)
def test_what_cannot_be_served_is_refused(spec, reason, said):
    with pytest.raises(RefusalError) as error:
        exposed(**spec)
    assert error.value.reason == reason and said in str(error.value)


def test_a_refusal_does_not_quote_a_private_key():
    with pytest.raises(RefusalError) as error:
        exposed(tls=tls("edge", key="-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----", certificate=PEM))
    assert "secret" not in str(error.value)
