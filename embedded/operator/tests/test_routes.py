"""Listeners of type route: what is made for them, where clients get in, and what is waited for."""

import base64

import pytest
from cluster_lab import Lab
from cryptography import x509
from embedded_operator.errors import InvalidResourceError


def routed(name="external", port=9094, **configuration):
    """A listener of type route."""
    return {"name": name, "port": port, "type": "route", "tls": True, "configuration": configuration}


@pytest.fixture
def lab(kafka, compact_pools):
    """`lab(listener)`: one node with a listener of type route; not reconciled yet."""

    def make(listener):
        kafka["spec"]["kafka"]["listeners"] = [listener]
        return Lab(kafka, compact_pools)

    return make


def names_in_certificate(lab):
    """Host names that the node's certificate is valid for."""
    secret = lab.server.of("Secret")["my-dual-role-0"]
    certificate = x509.load_pem_x509_certificate(base64.b64decode(secret["data"]["my-dual-role-0.crt"]))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(names.get_values_for_type(x509.DNSName))


@pytest.mark.parametrize(
    ("listener", "bootstrap", "service", "broker"),
    [
        (routed(), "my-kafka-bootstrap", "my-kafka-external-bootstrap", "my-dual-role-0"),
        (routed("web", 9095), "my-kafka-web-bootstrap", "my-kafka-web-bootstrap", "my-dual-role-web-0"),
    ],
    ids=["external", "another name"],
)
def test_clients_come_in_by_the_hosts_that_a_router_gave(lab, listener, bootstrap, service, broker):
    own = lab(listener)
    own.settle()
    found = own.server.of("Route")
    assert {name: route["spec"]["to"]["name"] for name, route in found.items()} == {bootstrap: service, broker: broker}
    for route in found.values():
        assert route["spec"]["tls"] == {"termination": "passthrough"}
        assert route["spec"]["port"] == {"targetPort": listener["port"]}
    assert {own.server.of("Service")[name]["spec"]["type"] for name in (service, broker)} == {"ClusterIP"}
    hosts = {f"{name}-lab.apps.example" for name in (bootstrap, broker)}
    assert hosts <= names_in_certificate(own)
    settings = own.server.of("ConfigMap")["my-dual-role-0"]["data"]["server.config"]
    assert f"{listener['name'].upper()}-{listener['port']}://{broker}-lab.apps.example:443" in settings
    status = own.server.of("Kafka")["my"]["status"]["listeners"][0]
    assert status["bootstrapServers"] == f"{bootstrap}-lab.apps.example:443" and status["certificates"]


def test_hosts_and_advertised_addresses_can_be_asked_for(lab):
    broker = {"broker": 0, "host": "one.example", "advertisedHost": "two.example", "advertisedPort": 8443}
    own = lab(routed(bootstrap={"host": "kafka.example", "labels": {"shard": "a"}}, brokers=[broker]))
    own.settle()
    assert own.server.of("Route")["my-kafka-bootstrap"]["metadata"]["labels"]["shard"] == "a"
    assert {"kafka.example", "one.example", "two.example"} <= names_in_certificate(own)
    assert "EXTERNAL-9094://two.example:8443" in own.server.of("ConfigMap")["my-dual-role-0"]["data"]["server.config"]
    assert own.server.of("Kafka")["my"]["status"]["listeners"][0]["bootstrapServers"] == "kafka.example:443"


def test_a_route_without_a_host_is_waited_for(lab):
    own = lab(routed())
    own.server.router = ""
    own.settle()
    message = own.server.of("Kafka")["my"]["status"]["conditions"][0]["message"]
    assert "Route my-kafka-bootstrap: no router has given it a host" in message and not own.pod_uids
    for name in own.server.of("Route"):
        own.server.change("Route", name, {"status": {"ingress": [{"host": f"{name}.late.example"}]}})
    own.settle()
    assert ("Ready", None) in own.conditions()


def test_routes_go_with_their_listener(lab, kafka):
    own = lab(routed())
    own.settle()
    plain = {"name": "plain", "port": 9092, "type": "internal", "tls": False}
    own.server.change("Kafka", "my", {"spec": {"kafka": {"listeners": [plain]}}})
    own.settle()
    assert own.server.of("Route") == {}


def test_where_there_are_no_routes_the_kafka_is_refused(lab):
    own = lab(routed())
    own.server.has_routes = False
    own.settle()
    assert own.conditions() == [("NotReady", "InvalidConfigurationException")]
    assert "route API is not available" in own.server.of("Kafka")["my"]["status"]["conditions"][0]["message"]
    assert not own.server.of("Service")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"tls": False}, "listener external is Route or Ingress type listener and requires enabled TLS encryption"),
        ({"configuration": {"bootstrap": {"nodePort": 30092}}}, "cannot configure bootstrap.nodePort"),
        ({"type": "internal", "configuration": {"bootstrap": {"host": "x"}}}, "cannot configure bootstrap.host"),
        (
            {"type": "nodeport", "configuration": {"brokers": [{"broker": 0, "host": "x"}]}},
            "cannot configure brokers[].host",
        ),
    ],
    ids=["no TLS", "a node port", "a host inside", "a host of a node port"],
)
def test_what_does_not_fit_a_listeners_type_is_refused(parse, kafka, compact_pools, change, told):
    kafka["spec"]["kafka"]["listeners"] = [routed() | change]
    with pytest.raises(InvalidResourceError) as error:
        parse(kafka, compact_pools)
    assert told in str(error.value)
