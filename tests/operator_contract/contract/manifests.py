"""Resources that the suite makes: small, of Strimzi's v1 API."""

from typing import Any

from .operator_times import ENTITY_INTERVAL

Object = dict[str, Any]

API = "kafka.strimzi.io/v1"
PAUSE, MANAGED = "strimzi.io/pause-reconciliation", "strimzi.io/managed"
LEFT_ALONE = (PAUSE, MANAGED)  # annotations that tell operators to do nothing
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
MARKS = {
    "labels": {"class": "autumn"},
    "annotations": {"example.com/room": "12"},
}  # of a listener's Services, a pool's pods and claims
FALLBACK = {"annotations": {"example.com/building": "3"}}  # of pods whose pool says nothing of them
JVM_OPTIONS = {
    "-Xms": "192m",
    "-Xmx": "320m",
    "-XX": {"ExplicitGCInvokesConcurrent": "true", "MaxDirectMemorySize": "128m"},
    "javaSystemProperties": [{"name": "lab.room", "value": "12"}],
}
# One broker has to do for Kafka's own topics.
SINGLE = {
    "default.replication.factor": 1,
    "min.insync.replicas": 1,
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "auto.create.topics.enable": False,
}
# A record that was acknowledged is on two of three brokers.
REPLICATED = {
    "default.replication.factor": 3,
    "min.insync.replicas": 2,
    "auto.create.topics.enable": False,
}


def external(host: str, bootstrap_port: int, broker_port: int) -> Object:
    """The lab's listener for clients outside, with the node ports and the address by which they reach it."""
    brokers = [{"broker": 0, "nodePort": broker_port, "advertisedHost": host, "advertisedPort": broker_port, **MARKS}]
    bootstrap = {"nodePort": bootstrap_port, "alternativeNames": [host], **MARKS}
    configuration = {"bootstrap": bootstrap, "brokers": brokers}
    return {"name": "external", "port": 9094, "type": "nodeport", "tls": True, "configuration": configuration}


def forwarded(name: str, port: int, advertised: dict[int, int], authentication: str | None = None) -> Object:
    """An internal listener whose brokers send clients to this machine, each to the port that is given for its id.

    With an authentication it has TLS, too.
    """
    brokers = [
        {"broker": broker, "advertisedHost": "127.0.0.1", "advertisedPort": own} for broker, own in advertised.items()
    ]
    listener: Object = {"name": name, "port": port, "type": "internal", "tls": authentication is not None}
    listener["configuration"] = {"brokers": brokers}
    return {**listener, "authentication": {"type": authentication}} if authentication else listener


def kafka(
    namespace: str, name: str, listeners: list[Object], operators: tuple[str, ...] = ("topicOperator",), **spec: Any
) -> Object:
    """A Kafka with these entity operators, or without any; `spec` goes over the fields of spec.kafka."""
    interval = {"reconciliationIntervalMs": round(ENTITY_INTERVAL * 1000)}
    entities = {"entityOperator": dict.fromkeys(operators, interval)} if operators else {}
    return {
        "apiVersion": API,
        "kind": "Kafka",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"kafka": {"listeners": listeners, "config": dict(SINGLE), **spec}, **entities},
    }


def volume(number: int, size: str | None = None, **more: Any) -> Object:
    """A volume of a pool's jbod storage: a claim of this size, or ephemeral."""
    return {"id": number, **({"type": "persistent-claim", "size": size} if size else {"type": "ephemeral"}), **more}


def growing_class(name: str, like: Object) -> Object:
    """A storage class as another one, whose volumes may grow and which nobody gets without asking."""
    kept = {
        key: like[key] for key in ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode") if key in like
    }
    head = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}}
    return {**head, **kept, "allowVolumeExpansion": True}


def pool(
    namespace: str,
    cluster: str,
    name: str,
    roles: list[str],
    replicas: int = 1,
    volumes: list[Object] | None = None,
    labels: dict[str, str] | None = None,
    **spec: Any,
) -> Object:
    """A KafkaNodePool, with one ephemeral volume where none is given; `spec` goes over its other fields."""
    return {
        "apiVersion": API,
        "kind": "KafkaNodePool",
        "metadata": {"name": name, "namespace": namespace, "labels": {**(labels or {}), "strimzi.io/cluster": cluster}},
        "spec": {
            "replicas": replicas,
            "roles": roles,
            "storage": {"type": "jbod", "volumes": volumes or [volume(0, kraftMetadata="shared")]},
            "jvmOptions": {"-Xms": "256m", "-Xmx": "384m"},
            "resources": {
                "requests": {"cpu": "50m", "memory": "640Mi"},
                "limits": {"cpu": "2", "memory": "1Gi"},
            },
            **spec,
        },
    }


def topic(namespace: str, cluster: str, name: str, **spec: Any) -> Object:
    """A KafkaTopic; one partition and one replica unless `spec` says otherwise."""
    return _entity("KafkaTopic", namespace, cluster, name, {"partitions": 1, "replicas": 1, **spec})


def user(namespace: str, cluster: str, name: str, authentication: str, *acls: Object) -> Object:
    """A KafkaUser; with ACLs where some are given."""
    authorization = {"authorization": {"type": "simple", "acls": list(acls)}} if acls else {}
    spec = {"authentication": {"type": authentication}, **authorization}
    return _entity("KafkaUser", namespace, cluster, name, spec)


def _entity(kind: str, namespace: str, cluster: str, name: str, spec: Object) -> Object:
    metadata = {"name": name, "namespace": namespace, "labels": {"strimzi.io/cluster": cluster}}
    return {"apiVersion": API, "kind": kind, "metadata": metadata, "spec": spec}


def acl(kind: str, name: str, *operations: str, pattern: str = "literal", **more: Any) -> Object:
    """What a user may do to a topic or group of this name, or to all whose names begin so (pattern `prefix`)."""
    return {"resource": {"type": kind, "name": name, "patternType": pattern}, "operations": list(operations), **more}
