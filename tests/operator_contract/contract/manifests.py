"""Resources that the suite makes: small, with ephemeral storage, of Strimzi's v1 API."""

from typing import Any

Object = dict[str, Any]

API = "kafka.strimzi.io/v1"
PLAIN = {"name": "plain", "port": 9092, "type": "internal", "tls": False}
TLS = {"name": "tls", "port": 9093, "type": "internal", "tls": True}
# Neither ports nor hosts are given: they are the operator's choice.
NODES = {
    "name": "nodes",
    "port": 9095,
    "type": "nodeport",
    "tls": False,
    "configuration": {"externalTrafficPolicy": "Local"},
}
MARKS = {"labels": {"class": "autumn"}, "annotations": {"example.com/room": "12"}}  # of a listener's Services
# One broker has to do for Kafka's own topics.
SINGLE = {
    "default.replication.factor": 1,
    "min.insync.replicas": 1,
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "auto.create.topics.enable": False,
}


def external(host: str, bootstrap_port: int, broker_port: int) -> Object:
    """The lab's listener for clients outside, with the node ports and the address by which they reach it."""
    brokers = [{"broker": 0, "nodePort": broker_port, "advertisedHost": host, "advertisedPort": broker_port, **MARKS}]
    bootstrap = {"nodePort": bootstrap_port, "alternativeNames": [host], **MARKS}
    configuration = {"bootstrap": bootstrap, "brokers": brokers}
    return {"name": "external", "port": 9094, "type": "nodeport", "tls": True, "configuration": configuration}


def kafka(namespace: str, name: str, listeners: list[Object], **spec: Any) -> Object:
    """A Kafka with a topic operator; `spec` goes over the fields of spec.kafka."""
    topic_operator = {"reconciliationIntervalMs": 10000}
    return {
        "apiVersion": API,
        "kind": "Kafka",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "kafka": {"listeners": listeners, "config": dict(SINGLE), **spec},
            "entityOperator": {"topicOperator": topic_operator},
        },
    }


def pool(namespace: str, cluster: str, name: str, roles: list[str], replicas: int = 1) -> Object:
    """A KafkaNodePool with one ephemeral volume."""
    return {
        "apiVersion": API,
        "kind": "KafkaNodePool",
        "metadata": {"name": name, "namespace": namespace, "labels": {"strimzi.io/cluster": cluster}},
        "spec": {
            "replicas": replicas,
            "roles": roles,
            "storage": {"type": "jbod", "volumes": [{"id": 0, "type": "ephemeral", "kraftMetadata": "shared"}]},
            "jvmOptions": {"-Xms": "256m", "-Xmx": "384m"},
            "resources": {
                "requests": {"cpu": "50m", "memory": "640Mi"},
                "limits": {"cpu": "2", "memory": "1Gi"},
            },
        },
    }


def topic(namespace: str, cluster: str, name: str, **spec: Any) -> Object:
    """A KafkaTopic; one partition and one replica unless `spec` says otherwise."""
    return {
        "apiVersion": API,
        "kind": "KafkaTopic",
        "metadata": {"name": name, "namespace": namespace, "labels": {"strimzi.io/cluster": cluster}},
        "spec": {"partitions": 1, "replicas": 1, **spec},
    }
