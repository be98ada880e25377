"""Pods of the Kafka nodes."""

import hashlib
import json
import re
from typing import Any

from ..model.cluster import CONTROLLER_PORT, REPLICATION_PORT, Cluster, Node
from .broker_config import DATA_FOLDER, NODE_CERTIFICATES, TRUSTED_CERTIFICATES
from .metadata import REVISION, Object, build, node_labels

SETTINGS_FOLDER = "/opt/kafka/custom-config"
GRACE_SECONDS = 30
DEFAULT_HEAPS = {"controller": 256, "broker": 512}  # MiB; a lab's load, and what the figures were measured with
OUTSIDE_HEAP = 384  # MiB of a node beside its heap: code, threads, direct buffers, class archive

RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}

# A fresh volume may be root's: the image's user is of this group.
GROUP_OF_VOLUMES = {"fsGroup": 0, "fsGroupChangePolicy": "OnRootMismatch"}


def mebibytes(size: str) -> int:
    """A JVM size such as 512m, 1g, 1048576 in MiB, rounded up."""
    number, unit = re.fullmatch(r"(\d+)([mMgG]?)", size).groups()  # type: ignore[union-attr]  # the CRD has this pattern
    factor = {"": 1, "m": 1024**2, "g": 1024**3}[unit.lower()]
    return -(-int(number) * factor // 1024**2)


def heap(node: Node) -> tuple[str, str]:
    """Smallest and largest heap of a node, as the JVM's options have them."""
    default = f"{max(DEFAULT_HEAPS[role] for role in node.pool.roles)}m"
    largest = node.pool.jvm_options.get("-Xmx", default)
    return node.pool.jvm_options.get("-Xms", largest), largest


def jvm_environment(node: Node) -> list[dict[str, str]]:
    """What the image's launcher reads; without `-XX` of the user it takes the options that start fastest."""
    smallest, largest = heap(node)
    environment = [{"name": "KAFKA_HEAP_OPTS", "value": f"-Xms{smallest} -Xmx{largest}"}]
    options = []
    for name, value in node.pool.jvm_options.get("-XX", {}).items():
        flag = {"true": f"+{name}", "false": f"-{name}"}.get(str(value).lower(), f"{name}={value}")
        options.append(f"-XX:{flag}")
    if options:
        environment.append({"name": "KAFKA_JVM_OPTS", "value": " ".join(options)})
    # A name that is asked for before its pod has an address must not be remembered as missing.
    properties = {"sun.net.inetaddr.negative.ttl": "0"}
    properties |= {p["name"]: p["value"] for p in node.pool.jvm_options.get("javaSystemProperties", [])}
    value = " ".join(f"-D{name}={value}" for name, value in properties.items())
    return [*environment, {"name": "KAFKA_OPTS", "value": value}]


def resources(node: Node) -> dict[str, Any]:
    """The pool's requests and limits; where it gives none, enough for the heap and what is beside it."""
    memory = f"{mebibytes(heap(node)[1]) + OUTSIDE_HEAP}Mi"
    given = node.pool.resources
    limits = {"cpu": "2", "memory": memory, **given.get("limits", {})}
    # Without a request of its own a container asks for its limit, except that processors are there to share.
    return {"requests": {"cpu": "100m", "memory": limits["memory"], **given.get("requests", {})}, "limits": limits}


def _ports(cluster: Cluster, node: Node) -> list[tuple[str, int]]:
    ports = [("tcp-ctrlplane", CONTROLLER_PORT)] if node.controller else []
    if node.broker:
        ports += [("tcp-replication", REPLICATION_PORT)]
        ports += [(listener.port_name, listener.port) for listener in cluster.listeners]
    return ports


def _probes(node: Node) -> dict[str, Any]:
    """A broker opens its ports only when it has caught up with the metadata and may serve; a controller at start."""
    ready = {"tcpSocket": {"port": REPLICATION_PORT if node.broker else CONTROLLER_PORT}}
    alive = {"tcpSocket": {"port": CONTROLLER_PORT if node.controller else REPLICATION_PORT}}
    return {
        "startupProbe": {**ready, "periodSeconds": 2, "timeoutSeconds": 5, "failureThreshold": 300},
        "readinessProbe": {**ready, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 3},
        "livenessProbe": {**alive, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 6},
    }


def _volumes(cluster: Cluster, node: Node) -> list[tuple[dict[str, Any], str]]:
    """Volumes with the folder that each is mounted at."""
    volumes: list[tuple[dict[str, Any], str]] = [
        ({"name": "node-settings", "configMap": {"name": node.pod_name}}, SETTINGS_FOLDER),
        ({"name": "node-certs", "secret": {"secretName": node.pod_name}}, NODE_CERTIFICATES),
        ({"name": "trusted-certs", "secret": {"secretName": f"{cluster.name}-trustbundle"}}, TRUSTED_CERTIFICATES),
        ({"name": "tmp", "emptyDir": {"sizeLimit": "100Mi"}}, "/tmp"),
    ]
    for volume in node.pool.volumes:
        if volume.persistent:
            source = {"persistentVolumeClaim": {"claimName": volume.claim_name(node.pod_name)}}
        else:
            source = {"emptyDir": {key: volume.storage[key] for key in ("sizeLimit",) if key in volume.storage}}
        volumes.append(({"name": volume.name, **source}, f"{DATA_FOLDER}/{volume.name}"))
    return volumes


def keeps_data(pod: Object) -> bool:
    """Whether anything of a node's pod outlives it."""
    return any("persistentVolumeClaim" in volume for volume in pod["spec"]["volumes"])


def pod_of(cluster: Cluster, node: Node, settings: Object, certificate_revision: str) -> Object:
    """The pod of a node; its annotation REVISION changes with anything that needs a restart."""
    volumes = _volumes(cluster, node)
    address = {"name": "NODE_ADDRESS", "valueFrom": {"fieldRef": {"fieldPath": "status.hostIP"}}}
    container = {
        "name": "kafka",
        "image": cluster.image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["/opt/kafka/bin/kafka-node-run.sh"],
        "env": [*jvm_environment(node), address],
        "ports": [{"name": name, "containerPort": port, "protocol": "TCP"} for name, port in _ports(cluster, node)],
        "resources": resources(node),
        "securityContext": RESTRICTED,
        "volumeMounts": [{"name": volume["name"], "mountPath": folder} for volume, folder in volumes],
        **_probes(node),
    }
    spec = {
        "hostname": node.pod_name,
        "subdomain": cluster.brokers_service,
        "serviceAccountName": f"{cluster.name}-kafka",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "securityContext": {
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
            **(GROUP_OF_VOLUMES if any(volume.persistent for volume in node.pool.volumes) else {}),
        },
        "containers": [container],
        "volumes": [volume for volume, _ in volumes],
    }
    template = node.pool.pod_metadata
    labels = {**template.labels, **node_labels(cluster, node)}
    content = [spec, settings["data"], certificate_revision, labels, template.annotations]
    revision = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]
    annotations = {**template.annotations, REVISION: revision}
    return build("Pod", cluster, node.pod_name, labels, owner=node.pool.owner, annotations=annotations, spec=spec)
