"""The entity operator of a cluster: its Deployment with topic-operator and user-operator, and what these may do."""

import hashlib
import json
from typing import Any

from ..model.cluster import REPLICATION_PORT, Cluster
from .metadata import REVISION, Object, build, entity_operator_labels
from .pods import RESTRICTED
from .policies import entity_operator_policies

HEALTH_PORTS = {"topic": 8080, "user": 8081}
DEFAULT_RESOURCES = {
    "requests": {"cpu": "50m", "memory": "96Mi"},
    "limits": {"cpu": "1", "memory": "200Mi"},
}
# What each operator may do in its own namespace, and nothing else; the reasons stand in the manifest that the cluster
# operator holds them by (031-ClusterRole).
RULES = {
    "topic": [
        {"apiGroups": ["kafka.strimzi.io"], "resources": ["kafkatopics"], "verbs": ["get", "list", "watch", "patch"]},
        {"apiGroups": ["kafka.strimzi.io"], "resources": ["kafkatopics/status"], "verbs": ["patch"]},
    ],
    "user": [
        {"apiGroups": ["kafka.strimzi.io"], "resources": ["kafkausers"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": ["kafka.strimzi.io"], "resources": ["kafkausers/status"], "verbs": ["patch"]},
        {
            "apiGroups": [""],
            "resources": ["secrets"],
            "verbs": ["get", "list", "watch", "create", "patch", "delete"],
        },
    ],
}


def name_of(cluster: str) -> str:
    """Name of the Deployment, its ServiceAccount and its Role."""
    return f"{cluster}-entity-operator"


def _permissions(cluster: Cluster) -> list[Object]:
    """One Role for what the operators that are asked for may do, and one binding each."""
    labels, name = entity_operator_labels(cluster), name_of(cluster.name)
    account = {"kind": "ServiceAccount", "name": name, "namespace": cluster.namespace}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}
    rules = [rule for which in cluster.entity_operators for rule in RULES[which]]
    bindings = [f"{cluster.name}-entity-{which}-operator-role" for which in cluster.entity_operators]
    return [
        build("ServiceAccount", cluster, name, labels),
        build("Role", cluster, name, labels, rules=rules),
        *(build("RoleBinding", cluster, each, labels, roleRef=role, subjects=[account]) for each in bindings),
    ]


def _environment(cluster: Cluster, which: str, options: dict[str, Any]) -> dict[str, str]:
    """Settings of one operator, under Strimzi's names; the Kafka's template adds some and changes none."""
    added = {entry["name"]: entry.get("value", "") for entry in options.get("env", [])}
    return {**added, **_own_environment(cluster, which, options)}


def _own_environment(cluster: Cluster, which: str, options: dict[str, Any]) -> dict[str, str]:
    selector = f"strimzi.io/cluster={cluster.name}"
    environment = {
        "STRIMZI_NAMESPACE": cluster.namespace,
        "STRIMZI_KAFKA_BOOTSTRAP_SERVERS": f"{cluster.bootstrap_service}.{cluster.namespace}.svc:{REPLICATION_PORT}",
        "STRIMZI_FULL_RECONCILIATION_INTERVAL_MS": str(options.get("reconciliationIntervalMs", 120_000)),
        "STRIMZI_CERTIFICATES": f"/etc/{which}-operator",
    }
    if which == "topic":
        return {**environment, "STRIMZI_RESOURCE_LABELS": selector}
    return {
        **environment,
        "STRIMZI_LABELS": selector,
        "STRIMZI_CA_CERT_NAME": f"{cluster.name}-clients-ca-cert",
        "STRIMZI_CA_KEY_NAME": f"{cluster.name}-clients-ca",
        "STRIMZI_ACLS_ADMIN_API_SUPPORTED": str(cluster.super_users is not None).lower(),
    }


def _settings_name(cluster: Cluster, which: str) -> str:
    return f"{cluster.name}-entity-{which}-operator-config"


def _settings(cluster: Cluster, which: str, options: dict[str, Any]) -> Object:
    """The ConfigMap of one operator: Strimzi's, as far as these operators read it."""
    loggers = {"rootLogger.level": "INFO", **options.get("logging", {}).get("loggers", {})}
    data = {"log4j2.properties": "".join(f"{name} = {value}\n" for name, value in loggers.items())}
    return build("ConfigMap", cluster, _settings_name(cluster, which), entity_operator_labels(cluster), data=data)


def _container(cluster: Cluster, which: str, options: dict[str, Any], image: str) -> Object:
    environment = _environment(cluster, which, options)
    folder, probe = environment["STRIMZI_CERTIFICATES"], {"periodSeconds": 10, "timeoutSeconds": 5}
    return {
        "name": f"{which}-operator",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python3", "-m", f"embedded_operator.{which}_operator"],
        "env": [{"name": key, "value": value} for key, value in environment.items()],
        "ports": [{"name": "healthcheck", "containerPort": HEALTH_PORTS[which], "protocol": "TCP"}],
        "resources": {**DEFAULT_RESOURCES, **options.get("resources", {})},
        "securityContext": RESTRICTED,
        "startupProbe": {
            "httpGet": {"path": "/ready", "port": HEALTH_PORTS[which]},
            "periodSeconds": 1,
            "timeoutSeconds": 5,
            "failureThreshold": 300,
        },
        "readinessProbe": {**probe, "httpGet": {"path": "/ready", "port": HEALTH_PORTS[which]}},
        "livenessProbe": {
            **probe,
            "httpGet": {"path": "/healthy", "port": HEALTH_PORTS[which]},
            "failureThreshold": 6,
        },
        "volumeMounts": [
            {"name": f"{which}-operator-settings", "mountPath": f"/opt/{which}-operator/custom-config"},
            {"name": f"{which}-operator-certs", "mountPath": f"{folder}/client"},
            {"name": "trusted-certs", "mountPath": f"{folder}/trusted"},
            {"name": "tmp", "mountPath": "/tmp"},
        ],
    }


def _deployment(
    cluster: Cluster, images: dict[str, str], settings: dict[str, Object], certificate_revision: str
) -> Object:
    labels, name = entity_operator_labels(cluster), name_of(cluster.name)
    operators = cluster.entity_operators
    certificates = {f"{which}-operator-certs": f"{cluster.name}-entity-{which}-operator-certs" for which in operators}
    pod = {
        "serviceAccountName": name,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 10,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [_container(cluster, which, options, images[which]) for which, options in operators.items()],
        "volumes": [
            *(
                {"name": f"{which}-operator-settings", "configMap": {"name": _settings_name(cluster, which)}}
                for which in operators
            ),
            *({"name": volume, "secret": {"secretName": secret}} for volume, secret in certificates.items()),
            {"name": "trusted-certs", "secret": {"secretName": f"{cluster.name}-trustbundle"}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "10Mi"}},
        ],
    }
    selected = {key: labels[key] for key in ("strimzi.io/cluster", "strimzi.io/kind", "strimzi.io/name")}
    content = [pod, [item["data"] for item in settings.values()], certificate_revision]
    revision = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]
    spec = {
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": selected},
        "template": {"metadata": {"labels": labels, "annotations": {REVISION: revision}}, "spec": pod},
    }
    return build("Deployment", cluster, name, labels, annotations={REVISION: revision}, spec=spec)


def all_objects(cluster: Cluster, images: dict[str, str], certificate_revision: str) -> list[Object]:
    """Everything of the entity operator except its certificates; empty where no operator is asked for.

    `images`: those of `topic` and `user`.
    """
    if not cluster.entity_operators:
        return []
    settings = {which: _settings(cluster, which, options) for which, options in cluster.entity_operators.items()}
    return [
        *_permissions(cluster),
        *settings.values(),
        *entity_operator_policies(cluster, [HEALTH_PORTS[which] for which in cluster.entity_operators]),
        _deployment(cluster, images, settings, certificate_revision),
    ]
