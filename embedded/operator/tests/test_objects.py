"""Names, keys, labels and contents of what is made for a cluster."""

import base64

import pytest
from cryptography import x509
from embedded_operator.model.listeners import status_addresses
from embedded_operator.objects import entity_operator, node_settings, pods, secrets, services, volume_claims
from embedded_operator.objects.broker_config import server_settings
from embedded_operator.objects.metadata import REVISION

PORTS = {"my-kafka-external-bootstrap": 30092, "my-dual-role-0": 30093}

OPERATORS = {"topic": "operator:test", "user": "operator:test"}


@pytest.fixture
def cluster(parse, kafka, compact_pools):
    return parse(kafka, compact_pools)


def names(objects):
    return {(item["kind"], item["metadata"]["name"]) for item in objects}


def test_secrets_have_strimzis_names_and_keys(cluster):
    _, found = secrets.all_secrets(cluster, {})
    keys = {item["metadata"]["name"]: sorted(item["data"]) for item in found}
    assert keys == {
        "my-cluster-ca-cert": ["ca.crt", "ca.p12", "ca.password"],
        "my-cluster-ca": ["ca.key"],
        "my-clients-ca-cert": ["ca.crt", "ca.p12", "ca.password"],
        "my-clients-ca": ["ca.key"],
        "my-trustbundle": ["clients-ca.crt", "cluster-ca.crt"],
        "my-dual-role-0": ["my-dual-role-0.crt", "my-dual-role-0.key"],
        "my-cluster-operator-certs": ["cluster-operator.crt", "cluster-operator.key"],
        "my-entity-topic-operator-certs": ["entity-operator.crt", "entity-operator.key"],
    }


def test_secrets_that_exist_and_fit_are_kept(cluster):
    _, first = secrets.all_secrets(cluster, {})
    _, second = secrets.all_secrets(cluster, {item["metadata"]["name"]: item for item in first})
    assert second == first


def test_a_lost_certificate_of_the_ca_is_signed_again_with_its_key(cluster):
    _, first = secrets.all_secrets(cluster, {})
    existing = {item["metadata"]["name"]: item for item in first}
    del existing["my-cluster-ca-cert"]
    _, second = secrets.all_secrets(cluster, existing)
    again = {item["metadata"]["name"]: item for item in second}
    assert again["my-cluster-ca"] == existing["my-cluster-ca"]
    assert again["my-dual-role-0"]["data"] == existing["my-dual-role-0"]["data"]


def test_a_node_certificate_names_all_ways_to_the_node(cluster):
    _, found = secrets.all_secrets(cluster, {})
    secret = next(item for item in found if item["metadata"]["name"] == "my-dual-role-0")
    certificate = x509.load_pem_x509_certificate(base64.b64decode(secret["data"]["my-dual-role-0.crt"]))
    alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    hosts = alternative.get_values_for_type(x509.DNSName)
    addresses = [str(address) for address in alternative.get_values_for_type(x509.IPAddress)]
    assert {"my-kafka-bootstrap.lab.svc", "my-dual-role-0.my-kafka-brokers.lab.svc", "localhost"} <= set(hosts)
    assert addresses == ["127.0.0.1"]
    assert certificate.subject.rfc4514_string() == "CN=my-kafka,O=io.strimzi"


def test_a_new_name_for_the_bootstrap_asks_for_a_new_certificate_and_a_restart(cluster, parse, kafka, compact_pools):
    cluster_ca, found = secrets.all_secrets(cluster, {})
    kafka["spec"]["kafka"]["listeners"][2]["configuration"]["bootstrap"] = {"alternativeNames": ["lab.example"]}
    changed = parse(kafka, compact_pools)
    _, again = secrets.all_secrets(changed, {item["metadata"]["name"]: item for item in found})
    kept = [item["metadata"]["name"] for item in again if item in found]
    assert "my-dual-role-0" not in kept and "my-cluster-ca" in kept
    assert secrets.node_revision(changed, changed.nodes[0], cluster_ca) != secrets.node_revision(
        cluster, cluster.nodes[0], cluster_ca
    )


def test_services_have_strimzis_names_ports_and_selectors(cluster):
    found = {item["metadata"]["name"]: item["spec"] for item in services.all_services(cluster)}
    ports = {name: {port["name"]: port["port"] for port in spec["ports"]} for name, spec in found.items()}
    assert ports == {
        "my-kafka-bootstrap": {"tcp-replication": 9091, "tcp-clients": 9092, "tcp-clientstls": 9093},
        "my-kafka-brokers": {
            "tcp-ctrlplane": 9090,
            "tcp-replication": 9091,
            "tcp-clients": 9092,
            "tcp-clientstls": 9093,
        },
        "my-kafka-external-bootstrap": {"tcp-external": 9094},
        "my-dual-role-0": {"tcp-external": 9094},
    }
    assert found["my-kafka-brokers"]["publishNotReadyAddresses"] is True
    assert found["my-kafka-bootstrap"]["selector"]["strimzi.io/broker-role"] == "true"
    assert services.node_ports([{"metadata": {"name": n}, "spec": s} for n, s in found.items()]) == PORTS


def test_server_config_of_a_node_with_both_roles(cluster):
    settings = server_settings(cluster, cluster.nodes[0], PORTS)
    assert settings["process.roles"] == "broker,controller"
    assert settings["controller.quorum.voters"] == "0@my-dual-role-0.my-kafka-brokers.lab.svc:9090"
    assert settings["advertised.listeners"].endswith("EXTERNAL-9094://127.0.0.1:30093")
    assert settings["listener.security.protocol.map"] == (
        "CONTROLPLANE-9090:SSL,REPLICATION-9091:SSL,PLAIN-9092:PLAINTEXT,TLS-9093:SSL,EXTERNAL-9094:SSL"
    )
    assert settings["listener.name.replication-9091.ssl.client.auth"] == "required"
    assert "listener.name.external-9094.ssl.client.auth" not in settings
    assert settings["message.max.bytes"] == "10485760"


def test_a_controller_opens_no_listener_for_clients(parse, kafka, full_pools):
    cluster = parse(kafka, full_pools)
    settings = server_settings(cluster, cluster.controllers[0], {})
    assert settings["listeners"] == "CONTROLPLANE-9090://0.0.0.0:9090"
    assert settings["process.roles"] == "controller"


def test_a_broker_opens_no_listener_for_the_quorum(parse, kafka, full_pools):
    cluster = parse(kafka, full_pools)
    ports = {"my-kafka-external-bootstrap": 30092, **{node.pod_name: 30093 for node in cluster.brokers}}
    settings = server_settings(cluster, cluster.brokers[0], ports)
    assert "CONTROLPLANE" not in settings["listeners"] and "CONTROLPLANE" not in settings["advertised.listeners"]


def test_without_an_advertised_host_the_nodes_address_is_advertised(parse, kafka, compact_pools):
    del kafka["spec"]["kafka"]["listeners"][2]["configuration"]["brokers"]
    cluster = parse(kafka, compact_pools)
    settings = server_settings(cluster, cluster.nodes[0], PORTS)
    assert settings["advertised.listeners"].endswith("EXTERNAL-9094://${env:NODE_ADDRESS}:30093")
    external = cluster.listeners[2]
    assert status_addresses(cluster, external, PORTS, {0: "10.0.0.5"}) == [("10.0.0.5", 30092)]


def test_status_addresses_take_the_advertised_host_with_the_bootstrap_port(cluster):
    assert status_addresses(cluster, cluster.listeners[2], PORTS, {0: "10.0.0.5"}) == [("127.0.0.1", 30092)]
    internal = status_addresses(cluster, cluster.listeners[0], PORTS, {})
    assert internal == [("my-kafka-bootstrap.lab.svc", 9092)]


def pod(cluster):
    settings = node_settings.settings_of(cluster, cluster.nodes[0], PORTS)
    return pods.pod_of(cluster, cluster.nodes[0], settings, "certificate")


def test_a_pod_meets_the_restricted_level_and_has_requests_and_limits(cluster):
    spec = pod(cluster)["spec"]
    (container,) = spec["containers"]
    assert container["name"] == "kafka"
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert spec["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert set(container["resources"]) == {"requests", "limits"}
    assert container["resources"]["limits"]["memory"] == "896Mi"
    assert {port["name"] for port in container["ports"]} == {
        "tcp-ctrlplane",
        "tcp-replication",
        "tcp-clients",
        "tcp-clientstls",
        "tcp-external",
    }


def test_a_node_is_ready_when_its_port_is_open_and_asks_nobody_for_its_address(cluster):
    spec = pod(cluster)["spec"]
    (container,) = spec["containers"]
    assert container["readinessProbe"]["tcpSocket"] == {"port": 9091}
    assert "initContainers" not in spec
    assert container["env"][-1]["valueFrom"] == {"fieldRef": {"fieldPath": "status.hostIP"}}


def test_a_pods_labels_and_owner(cluster):
    metadata = pod(cluster)["metadata"]
    assert metadata["labels"]["strimzi.io/pool-name"] == "dual-role"
    assert metadata["labels"]["strimzi.io/broker-role"] == metadata["labels"]["strimzi.io/controller-role"] == "true"
    (owner,) = metadata["ownerReferences"]
    assert (owner["kind"], owner["controller"], owner["blockOwnerDeletion"]) == ("KafkaNodePool", True, True)


def test_jvm_options_of_a_pool(parse, kafka, compact_pools):
    compact_pools[0]["spec"]["jvmOptions"] = {"-Xmx": "1g", "-XX": {"UseG1GC": True, "MaxGCPauseMillis": 20}}
    container = pod(parse(kafka, compact_pools))["spec"]["containers"][0]
    environment = {entry["name"]: entry.get("value") for entry in container["env"]}
    assert environment["KAFKA_HEAP_OPTS"] == "-Xms1g -Xmx1g"
    assert environment["KAFKA_JVM_OPTS"] == "-XX:+UseG1GC -XX:MaxGCPauseMillis=20"
    assert container["resources"]["limits"]["memory"] == "1408Mi"


def test_a_changed_option_changes_the_revision(parse, kafka, compact_pools, cluster):
    kafka["spec"]["kafka"]["config"]["num.io.threads"] = 3
    before, after = pod(cluster), pod(parse(kafka, compact_pools))
    assert before["metadata"]["annotations"] != after["metadata"]["annotations"]


def test_the_entity_operator(cluster):
    found = entity_operator.all_objects(cluster, OPERATORS, "certificate")
    assert names(found) == {
        ("ServiceAccount", "my-entity-operator"),
        ("Role", "my-entity-operator"),
        ("RoleBinding", "my-entity-topic-operator-role"),
        ("ConfigMap", "my-entity-topic-operator-config"),
        ("NetworkPolicy", "my-entity-operator"),
        ("PodDisruptionBudget", "my-entity-operator"),
        ("Deployment", "my-entity-operator"),
    }
    (container,) = found[-1]["spec"]["template"]["spec"]["containers"]
    assert container["name"] == "topic-operator"


def test_the_user_operator_beside_it(parse, kafka, compact_pools, cluster):
    kafka["spec"]["entityOperator"]["userOperator"] = {}
    kafka["spec"]["kafka"]["authorization"] = {"type": "simple"}
    both = parse(kafka, compact_pools)
    found = entity_operator.all_objects(both, OPERATORS, "certificate")
    assert ("RoleBinding", "my-entity-user-operator-role") in names(found)
    topic, user = found[-1]["spec"]["template"]["spec"]["containers"]
    assert (topic["name"], user["name"]) == ("topic-operator", "user-operator")
    assert [container["ports"][0]["containerPort"] for container in (topic, user)] == [8080, 8081]
    environment = {entry["name"]: entry["value"] for entry in user["env"]}
    assert environment["STRIMZI_CA_KEY_NAME"] == "my-clients-ca"
    assert environment["STRIMZI_ACLS_ADMIN_API_SUPPORTED"] == "true"
    certificates = {item["metadata"]["name"] for item in secrets.all_secrets(both, {})[1]}
    assert {"my-entity-topic-operator-certs", "my-entity-user-operator-certs"} <= certificates


def test_the_level_of_an_entity_operators_log_is_in_its_settings(parse, kafka, compact_pools, cluster):
    def settings_and_revision(one):
        found = entity_operator.all_objects(one, OPERATORS, "certificate")
        (settings,) = [item["data"]["log4j2.properties"] for item in found if item["kind"] == "ConfigMap"]
        return settings, found[-1]["metadata"]["annotations"][REVISION]

    before = settings_and_revision(cluster)
    logging = {"type": "inline", "loggers": {"rootLogger.level": "DEBUG"}}
    kafka["spec"]["entityOperator"]["topicOperator"]["logging"] = logging
    after = settings_and_revision(parse(kafka, compact_pools))
    assert (before[0], after[0]) == ("rootLogger.level = INFO\n", "rootLogger.level = DEBUG\n")
    assert before[1] != after[1]


def test_only_a_user_operator_may_read_secrets(parse, kafka, compact_pools, cluster):
    def resources(one):
        role = next(o for o in entity_operator.all_objects(one, OPERATORS, "") if o["kind"] == "Role")
        return {resource for rule in role["rules"] for resource in rule["resources"]}

    assert "secrets" not in resources(cluster)
    kafka["spec"]["entityOperator"] = {"userOperator": {}}
    assert resources(parse(kafka, compact_pools)) == {"kafkausers", "kafkausers/status", "secrets"}


def test_listeners_that_ask_who_comes(parse, kafka, compact_pools):
    plain, tls, external = kafka["spec"]["kafka"]["listeners"]
    plain["authentication"] = tls["authentication"] = {"type": "scram-sha-512"}
    external["authentication"] = {"type": "tls"}
    cluster = parse(kafka, compact_pools)
    settings = server_settings(cluster, cluster.nodes[0], PORTS)
    protocols = dict(entry.split(":") for entry in settings["listener.security.protocol.map"].split(","))
    assert protocols["PLAIN-9092"] == "SASL_PLAINTEXT" and protocols["TLS-9093"] == "SASL_SSL"
    assert protocols["EXTERNAL-9094"] == "SSL"
    assert settings["listener.name.tls-9093.sasl.enabled.mechanisms"] == "SCRAM-SHA-512"
    assert "listener.name.tls-9093.ssl.client.auth" not in settings
    assert settings["listener.name.external-9094.ssl.client.auth"] == "required"
    assert settings["listener.name.external-9094.ssl.truststore.certificates"].endswith(":clients-ca.crt}")


def test_who_may_do_everything(parse, kafka, compact_pools, cluster):
    assert "super.users" not in server_settings(cluster, cluster.nodes[0], PORTS)
    kafka["spec"]["kafka"]["authorization"] = {"type": "simple", "superUsers": ["CN=admin", "ANONYMOUS"]}
    authorizing = parse(kafka, compact_pools)
    settings = server_settings(authorizing, authorizing.nodes[0], PORTS)
    assert settings["authorizer.class.name"].endswith(".StandardAuthorizer")
    assert settings["super.users"].split(";") == [
        "User:CN=cluster-operator,O=io.strimzi",
        "User:CN=my-kafka,O=io.strimzi",
        "User:CN=my-entity-topic-operator,O=io.strimzi",
        "User:CN=my-entity-user-operator,O=io.strimzi",
        "User:CN=admin",
        "User:ANONYMOUS",
    ]


def test_another_clients_ca_restarts_only_nodes_that_ask_for_certificates(parse, kafka, compact_pools, cluster):
    _, first = secrets.all_secrets(cluster, {})
    _, second = secrets.all_secrets(cluster, {})
    assert secrets.clients_revision(cluster, first) == secrets.clients_revision(cluster, second) == ""
    kafka["spec"]["kafka"]["listeners"][2]["authentication"] = {"type": "tls"}
    asking = parse(kafka, compact_pools)
    assert secrets.clients_revision(asking, first) != secrets.clients_revision(asking, second)


def test_no_entity_operator_where_none_is_asked_for(parse, kafka, compact_pools):
    del kafka["spec"]["entityOperator"]
    assert entity_operator.all_objects(parse(kafka, compact_pools), OPERATORS, "certificate") == []


def test_patient_timeouts_give_way_to_the_users(parse, kafka, compact_pools, cluster):
    name = "controller.quorum.fetch.timeout.ms"
    assert server_settings(cluster, cluster.nodes[0], PORTS)[name] == "10000"
    kafka["spec"]["kafka"]["config"][name] = 3000
    assert server_settings(parse(kafka, compact_pools), cluster.nodes[0], PORTS)[name] == "3000"


def test_labels_go_to_all_that_is_made_for_their_resource(parse, kafka, compact_pools):
    kept_back = {"app.kubernetes.io/managed-by": "instructor"}
    kafka["metadata"]["labels"] = {"of": "kafka", "app.kubernetes.io/part-of": "school", **kept_back}
    compact_pools[0]["metadata"]["labels"] = {"of": "pool", "app.kubernetes.io/part-of": "desk", **kept_back}
    compact_pools[0]["spec"]["storage"] = {"type": "persistent-claim", "size": "1Gi"}
    cluster = parse(kafka, compact_pools)
    of_the_kafka = [*services.internal_services(cluster), *entity_operator.all_objects(cluster, OPERATORS, "1")]
    settings = node_settings.settings_of(cluster, cluster.nodes[0], PORTS)
    of_the_pool = [pods.pod_of(cluster, cluster.nodes[0], settings, "1"), settings, *volume_claims.all_claims(cluster)]
    for made, labels in ((of_the_kafka, ("kafka", "school")), (of_the_pool, ("pool", "desk"))):
        found = [item["metadata"]["labels"] for item in made]
        assert {(each["of"], each["app.kubernetes.io/part-of"]) for each in found} == {labels}
        assert {each["app.kubernetes.io/managed-by"] for each in found} == {"strimzi-cluster-operator"}


def test_a_label_restarts_the_pods_that_get_it(parse, kafka, compact_pools):
    def revision():
        cluster = parse(kafka, compact_pools)
        return pods.pod_of(cluster, cluster.nodes[0], {"data": {}}, "1")["metadata"]["annotations"]

    before = revision()
    kafka["metadata"]["labels"] = {"class": "autumn"}
    assert revision() == before
    compact_pools[0]["metadata"]["labels"] = {"class": "autumn"}
    assert revision() != before


def test_a_pod_has_what_its_template_gives_it(parse, kafka, compact_pools):
    before = pod(parse(kafka, compact_pools))["metadata"]["annotations"][REVISION]
    metadata = {"labels": {"class": "autumn"}, "annotations": {"example.com/room": "12"}}
    compact_pools[0]["spec"]["template"] = {"pod": {"metadata": metadata}}
    found = pod(parse(kafka, compact_pools))["metadata"]
    assert found["labels"]["class"] == "autumn" and found["annotations"]["example.com/room"] == "12"
    assert found["annotations"][REVISION] != before
    metadata["annotations"]["example.com/room"] = "13"
    assert pod(parse(kafka, compact_pools))["metadata"]["annotations"][REVISION] != found["annotations"][REVISION]


def test_an_operators_environment_is_added_to_and_not_changed(parse, kafka, compact_pools):
    asked = [{"name": "STRIMZI_USE_FINALIZERS", "value": "false"}, {"name": "STRIMZI_NAMESPACE", "value": "other"}]
    kafka["spec"]["entityOperator"]["template"] = {"topicOperatorContainer": {"env": asked}}
    kafka["spec"]["entityOperator"]["userOperator"] = {}
    objects = entity_operator.all_objects(parse(kafka, compact_pools), {"topic": "t", "user": "u"}, "revision")
    (deployment,) = (item for item in objects if item["kind"] == "Deployment")
    topic, user = (
        {entry["name"]: entry["value"] for entry in container["env"]}
        for container in deployment["spec"]["template"]["spec"]["containers"]
    )
    assert (topic["STRIMZI_USE_FINALIZERS"], topic["STRIMZI_NAMESPACE"]) == ("false", "lab")
    assert "STRIMZI_USE_FINALIZERS" not in user
