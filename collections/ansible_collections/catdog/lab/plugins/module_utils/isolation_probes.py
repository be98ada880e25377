"""Attempts to leave an attendee's confines: by kubectl, by what a pod asks for, and over the network."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_waiting import is_ready

ALLOWED, REFUSED = "allowed", "refused"
NOTEBOOK_PORT, KAFKA_PORT, OPERATOR_PORT, KUBELET_PORT = 8080, 9093, 8080, 10250


@dataclass(frozen=True)
class Probe:
    """An attempt: of which kind (access, admission, network, kafka), at what, what must come of it, and what did."""

    kind: str
    attempt: str
    expected: str
    outcome: str

    def row(self) -> dict[str, Any]:
        """The attempt as a report has it: `ok` says whether it is as it must be, `said` tells it in a sentence."""
        fine = self.outcome == self.expected
        said = f"{self.attempt}: {self.outcome}" + ("" if fine else f", must be {self.expected}")
        return asdict(self) | {"ok": fine, "said": said}


# Who refuses a privileged pod: Kubernetes' Pod Security admission, or OpenShift's security context constraints.
UNPRIVILEGED = ("violates PodSecurity", "unable to validate against any security context constraint")


def asked(call: Callable[[], Any], *reasons: str) -> str:
    """Whether the API let a request through or forbade it, for a reason that holds a text; else what it answered."""
    from kubernetes.client import ApiException

    try:
        call()
    except ApiException as error:
        message = str(error.body or "")
        if error.status == 403 and any(reason in message for reason in reasons or ("",)):
            return REFUSED
        told = " or ".join(f"'{reason}'" for reason in reasons)
        return f"answered by {error.status} {error.reason}" + (f" without {told}" if told else "")
    return ALLOWED


@dataclass(frozen=True)
class Lab:
    """What of an attendee's lab is tried: its namespace, its Kafka with the topic in it, its notebook."""

    namespace: str
    kafka_namespace: str
    kafka_cluster: str
    topic: str
    notebook: str

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Lab:
        return cls(**{field.name: entry[field.name] for field in fields(cls)})


def access_probes(attendee: Any, lab: Lab, others: list[str]) -> list[Probe]:
    """What the attendee may do and must not, by `attendee`, an ApiClient with the attendee's own kubeconfig."""
    from kubernetes import client

    core, custom = client.CoreV1Api(attendee), client.CustomObjectsApi(attendee)
    namespace, strimzi = lab.namespace, ("kafka.strimzi.io", "v1")
    attempts: list[tuple[str, str, Callable[[], Any]]] = [
        ("list the own pods", ALLOWED, lambda: core.list_namespaced_pod(namespace, limit=1)),
        (
            "list the own topics",
            ALLOWED,
            lambda: custom.list_namespaced_custom_object(*strimzi, namespace, "kafkatopics", limit=1),
        ),
        ("list nodes", REFUSED, lambda: core.list_node(limit=1)),
        ("list Secrets of the own namespace", REFUSED, lambda: core.list_namespaced_secret(namespace, limit=1)),
        (
            f"delete Kafka {lab.kafka_cluster}",
            REFUSED,
            lambda: custom.delete_namespaced_custom_object(
                *strimzi, lab.kafka_namespace, "kafkas", lab.kafka_cluster, dry_run="All"
            ),
        ),
    ]
    for other in others:
        attempts += [
            (f"list Secrets of {other}", REFUSED, lambda other=other: core.list_namespaced_secret(other, limit=1)),
            (f"list pods of {other}", REFUSED, lambda other=other: core.list_namespaced_pod(other, limit=1)),
        ]
    return [Probe("access", f"as the attendee, {what}", expected, asked(call)) for what, expected, call in attempts]


def pod_that_asks(resources: dict[str, Any], security: dict[str, Any]) -> dict[str, Any]:
    """A pod that meets the restricted Pod Security level but for what is asked."""
    restricted = {
        "allowPrivilegeEscalation": False,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    container = {"name": "probe", "image": "probe", "resources": resources, "securityContext": restricted | security}
    return {"metadata": {"name": "catdog-lab-probe"}, "spec": {"containers": [container]}}


def admission_probes(core: Any, namespace: str) -> list[Probe]:
    """Pods that nobody may start there, tried as a dry run by `core`, the administrator's CoreV1Api."""

    def start(body: dict[str, Any]) -> Callable[[], Any]:
        return lambda: core.create_namespaced_pod(namespace, body, dry_run="All")

    privileged = pod_that_asks({}, {"privileged": True, "allowPrivilegeEscalation": True})
    much = {"cpu": "10k", "memory": "1Pi"}
    greedy = pod_that_asks({"requests": much, "limits": much}, {})
    return [
        Probe("admission", "start a privileged pod", REFUSED, asked(start(privileged), *UNPRIVILEGED)),
        Probe("admission", "start a pod beyond the quota", REFUSED, asked(start(greedy), "exceeded quota")),
    ]


def ready_addresses(core: Any, namespace: str, label_selector: str) -> list[str]:
    """Addresses of the pods of a namespace that are ready: those that a connection would reach."""
    pods = core.list_namespaced_pod(namespace, label_selector=label_selector).items
    return [pod.status.pod_ip for pod in pods if pod.status.pod_ip and is_ready(pod)]


# Run in the notebook's pod: sys.argv[1] is a list of [host, port], sys.argv[2] seconds; prints a list of booleans.
CONNECT = """
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor
def reached(target):
    try:
        socket.create_connection(tuple(target), timeout=float(sys.argv[2])).close()
    except OSError:
        return False
    return True
targets = json.loads(sys.argv[1])
with ThreadPoolExecutor(len(targets)) as pool:
    print(json.dumps(list(pool.map(reached, targets))))
"""


def network_probes(
    execute: Callable[[list[str]], str], targets: list[tuple[str, str, tuple[str, int]]], timeout: float
) -> list[Probe]:
    """Connections from the notebook's pod. `execute` runs a command there and returns what it prints.

    A target is what it is, what must come of it, and host and port.
    """
    addresses = json.dumps([list(address) for _, _, address in targets])
    reached = json.loads(execute(["python3", "-c", CONNECT, addresses, str(timeout)]))
    return [
        Probe("network", f"from the notebook, connect to {what} ({host}:{port})", expected, ALLOWED if was else REFUSED)
        for (what, expected, (host, port)), was in zip(targets, reached, strict=True)
    ]


def network_targets(
    core: Any, lab: Lab, node: str, operator_namespace: str, neighbours: Sequence[Lab]
) -> list[tuple[str, str, tuple[str, int]]]:
    """Where the notebook must come through, and where not: of a neighbour, whatever runs there now."""
    own = f"{lab.kafka_cluster}-kafka-bootstrap.{lab.kafka_namespace}.svc"
    api = core.read_namespaced_service("kubernetes", "default").spec.cluster_ip
    found = [
        ("the own Kafka", ALLOWED, (own, KAFKA_PORT)),
        ("the Kubernetes API", REFUSED, (api, 443)),
        ("the node's kubelet", REFUSED, (node, KUBELET_PORT)),
    ]
    wanted = [("the operator", operator_namespace, "strimzi.io/kind=cluster-operator", OPERATOR_PORT)]
    for neighbour in neighbours:
        there = neighbour.namespace
        if neighbour.kafka_namespace != lab.kafka_namespace:
            brokers = f"strimzi.io/cluster={neighbour.kafka_cluster},strimzi.io/broker-role=true"
            wanted.append((f"the Kafka of {there}", neighbour.kafka_namespace, brokers, KAFKA_PORT))
        notebooks = f"app.kubernetes.io/name={neighbour.notebook}"
        wanted.append((f"the notebook of {there}", there, notebooks, NOTEBOOK_PORT))
    with ThreadPoolExecutor(8) as pool:
        addresses = pool.map(lambda one: ready_addresses(core, one[1], one[2])[:1], wanted)
    for (what, _, _, port), ready in zip(wanted, addresses, strict=True):
        found += [(what, REFUSED, (address, port)) for address in ready]
    return found


def object_store_targets(core: Any, namespace: str) -> list[tuple[str, str, tuple[str, int]]]:
    """Where the notebook must come through to the class's object store: each Service of a gateway there."""
    found = core.list_namespaced_service(namespace, label_selector="app.kubernetes.io/component=object-store").items
    return [
        ("the object store", ALLOWED, (f"{service.metadata.name}.{namespace}.svc", service.spec.ports[0].port))
        for service in found
    ]


# Run in the notebook's pod, with its settings: sys.argv[1] is a list of topics; prints a list of Kafka's error codes.
DESCRIBE = """
import json, os, sys
from kafka.admin import KafkaAdminClient
topics = json.loads(sys.argv[1])
files = {"ssl_cafile": "KAFKA_SSL_CAFILE", "ssl_certfile": "KAFKA_SSL_CERTFILE", "ssl_keyfile": "KAFKA_SSL_KEYFILE"}
client = KafkaAdminClient(
    bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"].split(","),
    security_protocol=os.environ["KAFKA_SECURITY_PROTOCOL"],
    **{option: os.environ[name] for option, name in files.items()},
)
codes = {topic["name"]: topic["error_code"] for topic in client.describe_topics(topics)}
client.close()
print(json.dumps([codes.get(topic, -1) for topic in topics]))
"""
# Kafka's error codes: the topic is there, and it may not be seen. Whoever may read, write, change or delete a topic may
# describe it, too (AclOperation in Kafka's documentation), so who may not describe it may do none of them.
NO_ERROR, NOT_AUTHORIZED = 0, 29


def kafka_probes(execute: Callable[[list[str]], str], lab: Lab, neighbours: Sequence[Lab]) -> list[Probe]:
    """Topics of the Kafka that the notebook's certificate opens: the own one, none of a neighbour in the same Kafka."""
    sharing = [
        one
        for one in neighbours
        if (one.kafka_namespace, one.kafka_cluster) == (lab.kafka_namespace, lab.kafka_cluster)
    ]
    wanted = [(f"the own topic {lab.topic}", lab.topic, ALLOWED)]
    wanted += [(f"the topic {one.topic} of {one.namespace}", one.topic, REFUSED) for one in sharing]
    codes = json.loads(execute(["python3", "-c", DESCRIBE, json.dumps([topic for _, topic, _ in wanted])]))
    outcomes = {NO_ERROR: ALLOWED, NOT_AUTHORIZED: REFUSED}
    return [
        Probe(
            "kafka", f"as the attendee, use {what}", expected, outcomes.get(code, f"answered by Kafka's error {code}")
        )
        for (what, _, expected), code in zip(wanted, codes, strict=True)
    ]
