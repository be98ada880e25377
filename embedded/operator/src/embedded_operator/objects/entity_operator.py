"""The entity operator of a cluster: its Deployment with the container topic-operator, and what that may do."""

import hashlib
import json

from ..model import REPLICATION_PORT, Cluster
from .metadata import REVISION, Object, build, entity_operator_labels
from .pods import RESTRICTED
from .policies import entity_operator_policies

HEALTH_PORT = 8080
CERTIFICATES = "/etc/topic-operator"
DEFAULT_RESOURCES = {
    "requests": {"cpu": "50m", "memory": "96Mi"},
    "limits": {"cpu": "1", "memory": "200Mi"},
}


def name_of(cluster: str) -> str:
    """Name of the Deployment, its ServiceAccount and its Role."""
    return f"{cluster}-entity-operator"


def _permissions(cluster: Cluster) -> list[Object]:
    """Role and binding: topics of this namespace, their status and finalizers, and nothing else."""
    labels, name = entity_operator_labels(cluster), name_of(cluster.name)
    rules = [
        {
            "apiGroups": ["kafka.strimzi.io"],
            "resources": ["kafkatopics"],
            "verbs": ["get", "list", "watch", "patch", "update"],
        },
        {"apiGroups": ["kafka.strimzi.io"], "resources": ["kafkatopics/status"], "verbs": ["get", "patch", "update"]},
    ]
    account = {"kind": "ServiceAccount", "name": name, "namespace": cluster.namespace}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}
    return [
        build("ServiceAccount", cluster, name, labels),
        build("Role", cluster, name, labels, rules=rules),
        build(
            "RoleBinding",
            cluster,
            f"{cluster.name}-entity-topic-operator-role",
            labels,
            roleRef=role,
            subjects=[account],
        ),
    ]


def _deployment(cluster: Cluster, image: str, certificate_revision: str) -> Object:
    labels, name = entity_operator_labels(cluster), name_of(cluster.name)
    options = cluster.topic_operator or {}
    environment = {
        "STRIMZI_NAMESPACE": cluster.namespace,
        "STRIMZI_RESOURCE_LABELS": f"strimzi.io/cluster={cluster.name}",
        "STRIMZI_KAFKA_BOOTSTRAP_SERVERS": f"{cluster.bootstrap_service}.{cluster.namespace}.svc:{REPLICATION_PORT}",
        "STRIMZI_FULL_RECONCILIATION_INTERVAL_MS": str(options.get("reconciliationIntervalMs", 120_000)),
        "STRIMZI_CERTIFICATES": CERTIFICATES,
    }
    probe = {"periodSeconds": 10, "timeoutSeconds": 5}
    container = {
        "name": "topic-operator",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python3", "-m", "embedded_operator.topic_operator"],
        "env": [{"name": key, "value": value} for key, value in environment.items()],
        "ports": [{"name": "healthcheck", "containerPort": HEALTH_PORT, "protocol": "TCP"}],
        "resources": {**DEFAULT_RESOURCES, **options.get("resources", {})},
        "securityContext": RESTRICTED,
        "startupProbe": {
            "httpGet": {"path": "/ready", "port": "healthcheck"},
            "periodSeconds": 1,
            "timeoutSeconds": 5,
            "failureThreshold": 300,
        },
        "readinessProbe": {**probe, "httpGet": {"path": "/ready", "port": "healthcheck"}},
        "livenessProbe": {**probe, "httpGet": {"path": "/healthy", "port": "healthcheck"}, "failureThreshold": 6},
        "volumeMounts": [
            {"name": "certs", "mountPath": f"{CERTIFICATES}/client"},
            {"name": "trusted-certs", "mountPath": f"{CERTIFICATES}/trusted"},
            {"name": "tmp", "mountPath": "/tmp"},
        ],
    }
    pod = {
        "serviceAccountName": name,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 10,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [
            {"name": "certs", "secret": {"secretName": f"{cluster.name}-entity-topic-operator-certs"}},
            {"name": "trusted-certs", "secret": {"secretName": f"{cluster.name}-trustbundle"}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "10Mi"}},
        ],
    }
    selected = {key: labels[key] for key in ("strimzi.io/cluster", "strimzi.io/kind", "strimzi.io/name")}
    revision = hashlib.sha256((json.dumps(pod, sort_keys=True) + certificate_revision).encode()).hexdigest()[:8]
    spec = {
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": selected},
        "template": {"metadata": {"labels": labels, "annotations": {REVISION: revision}}, "spec": pod},
    }
    return build("Deployment", cluster, name, labels, annotations={REVISION: revision}, spec=spec)


def all_objects(cluster: Cluster, image: str, certificate_revision: str) -> list[Object]:
    """Everything of the entity operator except its certificate; empty where no topic operator is asked for."""
    if cluster.topic_operator is None:
        return []
    return [
        *_permissions(cluster),
        *entity_operator_policies(cluster, HEALTH_PORT),
        _deployment(cluster, image, certificate_revision),
    ]
