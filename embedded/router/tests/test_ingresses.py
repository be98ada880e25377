"""What is served of an Ingress, and with which reason another one is refused."""

import base64

import pytest
from embedded_router.admission.ingresses import ingress_exposures, wanted_secrets
from embedded_router.backends import Backends
from embedded_router.model import Insecure, RefusalError, Server, Termination
from routed import by_key, certificate, endpoint_slice, ingress, service, tls_secret

BACKENDS = Backends(by_key(service()), by_key(endpoint_slice(["10.0.0.1"])))
KEY, PEM = certificate("web.example")
SECRETS = by_key(tls_secret("web-tls", KEY, PEM))
OF_HOST = {"hosts": ["web.example"], "secretName": "web-tls"}
PASSTHROUGH = {"nginx.ingress.kubernetes.io/ssl-passthrough": "true"}


def exposed(secrets=SECRETS, **spec):
    return ingress_exposures(ingress(**spec), BACKENDS, secrets)


def rule(*paths, host="web.example"):
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    return {
        "host": host,
        "http": {"paths": [{"path": path, "pathType": kind, "backend": backend} for path, kind in paths]},
    }


def test_without_tls_it_is_served_on_the_plain_port():
    [found] = exposed()
    assert (found.termination, found.insecure) == (Termination.NONE, Insecure.ALLOW)
    assert found.servers == (Server("10.0.0.1", 8080),)


@pytest.mark.parametrize(
    ("tls", "pem"),
    [
        (OF_HOST, KEY + PEM),
        ({"hosts": ["WEB.example"]}, ""),
        ({"secretName": "web-tls"}, KEY + PEM),
    ],
    ids=["a Secret", "the router's own", "for all hosts"],
)
def test_with_tls_a_browser_is_sent_to_it(tls, pem):
    [found] = exposed(tls=[tls])
    assert (found.termination, found.insecure) == (Termination.EDGE, Insecure.REDIRECT)
    assert found.certificate.decode() == pem


def test_tls_of_another_host_does_not_count():
    [found] = exposed(tls=[{**OF_HOST, "hosts": ["other.example"]}])
    assert found.termination is Termination.NONE


@pytest.mark.parametrize("annotations", [PASSTHROUGH, {"route.openshift.io/termination": "passthrough"}])
def test_tls_passes_through_where_an_annotation_says_so(annotations):
    [found] = exposed(annotations=annotations, tls=[{"hosts": ["web.example"]}])
    assert found.is_passthrough and found.insecure is Insecure.REDIRECT


def test_each_path_is_served_by_itself():
    found = exposed(rules=[rule(("/a/", "Prefix"), ("/b", "Exact")), rule(("/", "Prefix"), host="two.example")])
    assert [(each.host, each.path, each.is_exact, each.number) for each in found] == [
        ("web.example", "/a", False, 0),
        ("web.example", "/b", True, 1),
        ("two.example", "/", False, 2),
    ]


def test_the_secrets_that_are_named_are_wanted():
    assert wanted_secrets(ingress(tls=[OF_HOST, {"hosts": ["web.example"]}])) == {("lab", "web-tls")}


BROKEN = tls_secret("web-tls", KEY, "no PEM")
BINARY = {**BROKEN, "data": {"tls.key": base64.b64encode(b"\xff").decode()}}


@pytest.mark.parametrize(
    ("spec", "reason", "said"),
    [
        ({"defaultBackend": {"service": {}}}, "ExtendedValidationFailed", "spec.defaultBackend"),
        ({"rules": [{"http": {"paths": []}}]}, "ExtendedValidationFailed", "spec.rules[].host: is missing"),
        ({"rules": [rule(host="*.example")]}, "RouteNotAdmitted", "'*.example'"),
        ({"rules": [rule(host="a..b")]}, "InvalidHost", "no host name"),
        ({"rules": [rule(("/a{", "Prefix"))]}, "ExtendedValidationFailed", "'/a{'"),
        ({"rules": [rule(("/a", "Prefix"))], "annotations": PASSTHROUGH}, "ExtendedValidationFailed", "paths"),
        ({"annotations": {"route.openshift.io/termination": "reencrypt"}}, "ExtendedValidationFailed", "'reencrypt'"),
        ({"tls": [OF_HOST], "secrets": {}}, "ExtendedValidationFailed", "Secret lab/web-tls: is not there"),
        ({"tls": [OF_HOST], "secrets": by_key(BROKEN)}, "ExtendedValidationFailed", "cannot be read"),
        ({"tls": [OF_HOST], "secrets": by_key(BINARY)}, "ExtendedValidationFailed", "not text"),
    ],
)
def test_what_cannot_be_served_is_refused(spec, reason, said):
    with pytest.raises(RefusalError) as error:
        exposed(**spec)
    assert error.value.reason == reason and said in str(error.value)


def test_a_backend_that_is_no_service_is_refused():
    paths = [{"path": "/", "backend": {"resource": {"kind": "Bucket"}}}]
    with pytest.raises(RefusalError, match="resource: is not supported"):
        exposed(rules=[{"host": "web.example", "http": {"paths": paths}}])
