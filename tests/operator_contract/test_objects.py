"""What the operator makes for a Kafka: names, keys, labels, owners.

Sources: "Deploying and Managing", list of Kafka cluster resources; strimzi_observed.md, Objects (keys, ports, labels).
"""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12

from contract.kafka_cluster import KafkaCluster
from contract.waiting import eventually

POD = "contract-dual-role-0"
SECRETS = {
    "contract-cluster-ca-cert": {"ca.crt", "ca.p12", "ca.password"},
    "contract-clients-ca-cert": {"ca.crt", "ca.p12", "ca.password"},
    "contract-cluster-ca": {"ca.key"},
    "contract-clients-ca": {"ca.key"},
    POD: {f"{POD}.crt", f"{POD}.key"},
    "contract-trustbundle": {"cluster-ca.crt", "clients-ca.crt"},
    "contract-cluster-operator-certs": set(),
    "contract-entity-topic-operator-certs": {"entity-operator.crt", "entity-operator.key"},
    "contract-entity-user-operator-certs": {"entity-operator.crt", "entity-operator.key"},
}
# Objects, Labels: common to all of them.
LABELS = {
    "strimzi.io/cluster",
    "strimzi.io/kind",
    "strimzi.io/name",
    "strimzi.io/component-type",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/name",
    "app.kubernetes.io/part-of",
}
LABELLED = [
    "Secret", "ConfigMap", "Service", "ServiceAccount", "PodDisruptionBudget", "NetworkPolicy", "Deployment", "Pod",
]  # fmt: skip


def owners(item: dict) -> list[tuple[str, str]]:
    """Kind and UID of an object's owners."""
    return [(owner["kind"], owner["uid"]) for owner in item["metadata"].get("ownerReferences", [])]


def ports(item: dict) -> dict[str, int]:
    """A Service's ports by name."""
    return {port["name"]: port["port"] for port in item["spec"]["ports"]}


@pytest.mark.parametrize(("name", "keys"), SECRETS.items(), ids=SECRETS)
def test_secret_has_its_keys(cluster: KafkaCluster, name: str, keys: set[str]):
    # Objects, rows Secret
    assert keys <= set(cluster.kubernetes.secret(cluster.namespace, name))


@pytest.mark.parametrize("which", ["cluster-ca", "clients-ca"])
def test_authority_is_one_and_its_store_opens_with_its_password(cluster: KafkaCluster, which: str):
    # "Deploying and Managing", CA secrets: ca.p12 holds what ca.crt does, ca.password opens it; ca.key is its key.
    public = cluster.kubernetes.secret(cluster.namespace, f"contract-{which}-cert")
    certificate = x509.load_pem_x509_certificate(public["ca.crt"])
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    store = pkcs12.load_pkcs12(public["ca.p12"], public["ca.password"])
    assert [entry.certificate for entry in store.additional_certs] == [certificate]
    key = cluster.kubernetes.secret(cluster.namespace, f"contract-{which}")["ca.key"]
    assert load_pem_private_key(key, None).public_key() == certificate.public_key()


def test_node_certificate_is_the_cluster_authoritys(cluster: KafkaCluster):
    # "Deploying and Managing", TLS certificates: the cluster CA signs them, for the names of its Services.
    authority = cluster.kubernetes.secret(cluster.namespace, "contract-cluster-ca-cert")["ca.crt"]
    own = cluster.kubernetes.secret(cluster.namespace, POD)
    certificate = x509.load_pem_x509_certificate(own[f"{POD}.crt"])
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority))
    assert load_pem_private_key(own[f"{POD}.key"], None).public_key() == certificate.public_key()
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    hosts = set(names.get_values_for_type(x509.DNSName))
    assert {
        f"contract-kafka-bootstrap.{cluster.namespace}.svc",
        f"{POD}.contract-kafka-brokers.{cluster.namespace}.svc",
    } <= hosts


@pytest.mark.parametrize("which", ["cluster-ca", "clients-ca"])
def test_authority_belongs_to_its_kafka(cluster: KafkaCluster, which: str):
    # Objects, Secret, "owner Kafka"; API reference, CertificateAuthority, generateSecretOwnerReference (default true)
    owner = ("Kafka", cluster.kafka()["metadata"]["uid"])
    assert owner in owners(cluster.the("Secret", f"contract-{which}-cert"))


def test_node_settings_are_a_config_map_of_the_pool(cluster: KafkaCluster):
    # Objects, ConfigMap
    found = cluster.the("ConfigMap", POD)
    assert {"server.config", "log4j2.properties", "cluster.id", "metadata.version"} <= set(found["data"])
    assert ("KafkaNodePool", cluster.the("KafkaNodePool", "dual-role")["metadata"]["uid"]) in owners(found)


@pytest.mark.parametrize("which", ["topic", "user"])
def test_entity_operators_have_settings(cluster: KafkaCluster, which: str):
    # List of Kafka cluster resources: <cluster>-entity-topic-operator-config, <cluster>-entity-user-operator-config
    assert "log4j2.properties" in cluster.the("ConfigMap", f"contract-entity-{which}-operator-config")["data"]


def test_bootstrap_service_leads_to_brokers(cluster: KafkaCluster):
    # Objects, Service bootstrap
    service = cluster.the("Service", "contract-kafka-bootstrap")
    assert service["spec"]["type"] == "ClusterIP"
    wanted = {"tcp-replication": 9091, "tcp-clients": 9092, "tcp-clientstls": 9093}
    assert wanted.items() <= ports(service).items()
    assert service["spec"]["selector"]["strimzi.io/broker-role"] == "true"


def test_brokers_service_is_headless_and_tells_of_pods_that_start(cluster: KafkaCluster):
    # Objects, Service brokers; its port 8443 is the Kafka agent's, which is no part of the contract
    spec = cluster.the("Service", "contract-kafka-brokers")["spec"]
    assert (spec["clusterIP"], spec["publishNotReadyAddresses"]) == ("None", True)
    assert {9090, 9091, 9092, 9093} <= {port["port"] for port in spec["ports"]}


def test_external_listener_has_a_service_to_begin_with_and_one_a_broker(
    cluster: KafkaCluster, pytestconfig: pytest.Config
):
    # Objects, Service external; API reference, GenericKafkaListenerConfigurationBootstrap and -Broker, nodePort
    for name, option in (("contract-kafka-external-bootstrap", "--bootstrap-node-port"), (POD, "--broker-node-port")):
        spec = cluster.the("Service", name)["spec"]
        assert spec["type"] == "NodePort"
        (port,) = spec["ports"]
        wanted = ("tcp-external", 9094, pytestconfig.getoption(option))
        assert (port["name"], port["port"], port["nodePort"]) == wanted


@pytest.mark.parametrize("name", ["contract-kafka-external-bootstrap", POD])
def test_external_listeners_services_carry_what_it_gives_them(cluster: KafkaCluster, name: str):
    # API reference, GenericKafkaListenerConfigurationBootstrap and -Broker, labels and annotations
    metadata = cluster.the("Service", name)["metadata"]
    assert metadata["labels"]["class"] == "autumn"
    assert metadata["annotations"]["example.com/room"] == "12"


def test_other_node_port_listeners_are_named_by_their_listener(cluster: KafkaCluster):
    # List of Kafka cluster resources: <cluster>-kafka-<listener>-bootstrap for all other external listeners
    (port,) = cluster.the("Service", "contract-kafka-nodes-bootstrap")["spec"]["ports"]
    assert port["port"] == 9095 and port["nodePort"] >= 30000
    assert cluster.the("Service", "contract-kafka-nodes-bootstrap")["spec"]["externalTrafficPolicy"] == "Local"
    own = [s for s in cluster.list("Service") if s["spec"]["selector"].get("strimzi.io/pod-name") == POD]
    assert sorted(port["port"] for service in own for port in service["spec"]["ports"]) == [9094, 9095]


@pytest.mark.parametrize("name", ["contract-kafka", "contract-entity-operator"])
def test_service_accounts(cluster: KafkaCluster, name: str):
    # Objects, ServiceAccount
    cluster.the("ServiceAccount", name)


def test_disruption_budget_lets_one_pod_go(cluster: KafkaCluster):
    # Objects, PodDisruptionBudget: minAvailable = pods - 1
    assert cluster.the("PodDisruptionBudget", "contract-kafka")["spec"]["minAvailable"] == 0


@pytest.mark.parametrize("name", ["contract-network-policy-kafka", "contract-entity-operator"])
def test_network_policies(cluster: KafkaCluster, name: str):
    # Objects, NetworkPolicy
    cluster.the("NetworkPolicy", name)


@pytest.mark.parametrize("kind", LABELLED)
def test_labels_common_to_all(cluster: KafkaCluster, kind: str):
    # Objects, labels
    found = cluster.list(kind)
    assert found
    for item in found:
        labels = item["metadata"]["labels"]
        assert set(labels) >= LABELS, item["metadata"]["name"]
        assert labels["strimzi.io/kind"] == "Kafka"


def test_pod_is_named_and_labelled_by_pool_and_role(cluster: KafkaCluster):
    # Objects, Pods
    (pod,) = cluster.kafka_pods().values()
    wanted = {
        "strimzi.io/pod-name": POD,
        "strimzi.io/pool-name": "dual-role",
        "strimzi.io/broker-role": "true",
        "strimzi.io/controller-role": "true",
    }
    assert pod["metadata"]["name"] == POD
    assert wanted.items() <= pod["metadata"]["labels"].items()
    assert pod["spec"]["subdomain"] == "contract-kafka-brokers"


def test_kafka_container_has_its_ports_and_its_volume(cluster: KafkaCluster):
    # Objects, Pods: container, ports, data folder
    (pod,) = cluster.kafka_pods().values()
    (container,) = [c for c in pod["spec"]["containers"] if c["name"] == "kafka"]
    found = {port["name"]: port["containerPort"] for port in container["ports"]}
    wanted = {
        "tcp-ctrlplane": 9090,
        "tcp-replication": 9091,
        "tcp-clients": 9092,
        "tcp-clientstls": 9093,
        "tcp-external": 9094,
    }
    assert wanted.items() <= found.items()
    assert "/var/lib/kafka/data-0" in {mount["mountPath"] for mount in container["volumeMounts"]}


def test_pool_resources_are_the_containers(cluster: KafkaCluster):
    # API reference, KafkaNodePoolSpec, resources
    (pod,) = cluster.kafka_pods().values()
    (container,) = [c for c in pod["spec"]["containers"] if c["name"] == "kafka"]
    assert container["resources"]["limits"] == {"cpu": "2", "memory": "1Gi"}
    assert container["resources"]["requests"] == {"cpu": "50m", "memory": "640Mi"}


def test_entity_operator_is_a_deployment_with_both_operators(cluster: KafkaCluster):
    # Objects, Deployment
    deployment = cluster.the("Deployment", "contract-entity-operator")
    containers = {container["name"] for container in deployment["spec"]["template"]["spec"]["containers"]}
    assert {"topic-operator", "user-operator"} <= containers
    assert deployment["status"]["readyReplicas"] == 1


@pytest.mark.parametrize("port", [8080, 8081], ids=["topic-operator", "user-operator"])
@pytest.mark.parametrize("path", ["healthy", "ready"])
def test_entity_operator_answers_its_probes(cluster: KafkaCluster, path: str, port: int):
    # Objects, Deployment: 8080, 8081, /healthy, /ready
    selector = f"{cluster.selector},strimzi.io/name=contract-entity-operator"
    pods = eventually(
        lambda: cluster.kubernetes.list("Pod", cluster.namespace, selector),
        lambda found: len(found) == 1,
        "one pod",
        cluster.times.pods,
    )
    name = pods[0]["metadata"]["name"]
    assert 200 <= cluster.kubernetes.http_status(cluster.namespace, name, port, path) < 300
