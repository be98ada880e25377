"""A Kafka cluster of the suite's: made from resources, waited for, changed, removed."""

from __future__ import annotations

from typing import Any

from kubernetes.client.exceptions import ApiException

from . import conditions
from .entities import Topics, Users
from .kubernetes_access import Kubernetes
from .operator_times import ENTITY_ANSWER, OperatorTimes
from .waiting import KUBERNETES, eventually

Object = dict[str, Any]

MARK = "operator-contract"  # label of the suite's namespaces, which it may remove
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}  # the API server refuses pods that ask for more


class KafkaCluster:
    """One Kafka with its pools in a namespace of its own; `times`: what its operator may take."""

    def __init__(self, kubernetes: Kubernetes, namespace: str, name: str, times: OperatorTimes) -> None:
        self.kubernetes, self.namespace, self.name, self.times = kubernetes, namespace, name, times
        self.selector = f"strimzi.io/cluster={name}"
        self.topics, self.users = Topics(kubernetes, namespace), Users(kubernetes, namespace)

    def make(self, kafka: Object, *pools: Object) -> None:
        """Create pools and Kafka, and wait until it is Ready."""
        for manifest in (*pools, kafka):
            self.kubernetes.create(manifest)
        self.wait_ready()

    def the(self, kind: str, name: str) -> Object:
        """One object of its namespace."""
        return self.kubernetes.the(kind, self.namespace, name)

    def pool(self, name: str) -> Object:
        """One of its KafkaNodePools as it is now."""
        return self.the("KafkaNodePool", name)

    def change_pool(self, name: str, **spec: Any) -> Object:
        """Merge a change into the specification of one of its pools."""
        return self.kubernetes.merge("KafkaNodePool", self.namespace, name, {"spec": spec})

    def list(self, kind: str) -> list[Object]:
        """What was made for it, of one kind."""
        return self.kubernetes.list(kind, self.namespace, self.selector)

    def kafka(self) -> Object:
        """Its Kafka as it is now."""
        return self.the("Kafka", self.name)

    def kafka_pods(self) -> dict[str, Object]:
        """Its nodes' pods by name."""
        pods = self.kubernetes.list("Pod", self.namespace, f"{self.selector},strimzi.io/name={self.name}-kafka")
        return {pod["metadata"]["name"]: pod for pod in pods}

    def pod_uids(self) -> dict[str, str]:
        """UIDs of its nodes' pods by name: a pod that was replaced has another one."""
        return {name: pod["metadata"]["uid"] for name, pod in self.kafka_pods().items()}

    def ready_uid(self, pod: str) -> str | None:
        """The UID of a pod that is Ready, None where it is not."""
        found = self.kubernetes.get("Pod", self.namespace, pod)
        return found["metadata"]["uid"] if found and conditions.has(found, "Ready", "True") else None

    def not_ready(self, pods: set[str]) -> list[str]:
        """Which of these pods and of its Deployments are not Ready, and pods of its nodes that are none of these."""
        wrong = [pod for pod in sorted(pods) if not self.ready_uid(pod)] + sorted(self.kafka_pods().keys() - pods)
        for deployment in self.list("Deployment"):
            wanted, status = deployment["spec"]["replicas"], deployment.get("status") or {}
            seen = [status.get(which) for which in ("replicas", "updatedReplicas", "readyReplicas")]
            if status.get("observedGeneration") != deployment["metadata"]["generation"] or seen != [wanted] * 3:
                wrong.append(deployment["metadata"]["name"])
        return wrong

    def change(self, change: Object) -> Object:
        """Merge a change into its Kafka."""
        return self.kubernetes.merge("Kafka", self.namespace, self.name, change)

    def wait_ready(self) -> Object:
        """Wait until its Kafka is Ready in its present form."""
        return eventually(self.kafka, conditions.is_ready, f"Kafka {self.name} Ready", self.times.pods)

    def wait_replaced(self, pod: str, uid: str) -> None:
        """Wait until a pod is Ready that is not the one with this UID, and its Kafka, too."""
        anew = f"{pod} Ready anew"
        eventually(lambda: self.ready_uid(pod), lambda found: found not in (None, uid), anew, self.times.pods)
        self.wait_ready()

    def wait_failed(self) -> dict[str, str]:
        """Wait until its Kafka is NotReady in its present form, whatever the reason; returns the condition."""
        seen = eventually(
            self.kafka,
            lambda kafka: conditions.is_current(kafka) and conditions.has(kafka, "NotReady", "True"),
            f"Kafka {self.name} NotReady",
            self.times.pods,
        )
        return conditions.conditions(seen, "NotReady")[0]

    def wait_refused(self, reason: str) -> str:
        """Wait until its Kafka is refused with this reason; returns the message."""
        wanted = f"Kafka {self.name} NotReady, {reason}"
        seen = eventually(self.kafka, lambda kafka: conditions.kafka_refuses(kafka, reason), wanted, self.times.answer)
        return conditions.conditions(seen, "NotReady")[0]["message"]

    def run(self, pod: str, *command: str) -> str:
        """What a command in a Kafka container prints."""
        return self.kubernetes.run(self.namespace, pod, "kafka", *command)


def make_namespace(kubernetes: Kubernetes, name: str) -> None:
    """A fresh namespace; one that an earlier run of the suite left is removed first. Raises where it is another's."""
    found = kubernetes.get("Namespace", None, name)
    if found and MARK not in (found["metadata"].get("labels") or {}):
        raise AssertionError(f"namespace {name} is not this suite's: rename or remove it")
    remove_namespace(kubernetes, name)
    metadata = {"name": name, "labels": {MARK: "true", **RESTRICTED}}
    kubernetes.create({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})


def remove_namespace(kubernetes: Kubernetes, name: str) -> None:
    """Topics, then users, clusters, the namespace, each waited for: Strimzi would leave topics stuck otherwise."""
    if not kubernetes.get("Namespace", None, name):
        return
    for topic in kubernetes.list("KafkaTopic", name):
        kubernetes.delete("KafkaTopic", name, topic["metadata"]["name"])
        if not kubernetes.list("Deployment", name):  # nobody is there to take its finalizer off
            let_go(kubernetes, name, topic["metadata"]["name"])
    try:
        eventually(lambda: kubernetes.list("KafkaTopic", name), lambda found: not found, "topics gone", ENTITY_ANSWER)
    except AssertionError:  # what a failed test left must not keep the next run from starting
        for topic in kubernetes.list("KafkaTopic", name):
            let_go(kubernetes, name, topic["metadata"]["name"])
    for kind in ("KafkaUser", "Kafka", "KafkaNodePool"):
        for resource in kubernetes.list(kind, name):
            kubernetes.delete(kind, name, resource["metadata"]["name"])
    eventually(lambda: kubernetes.list("Pod", name), lambda found: not found, "pods gone", KUBERNETES)
    kubernetes.delete("Namespace", None, name)
    eventually(lambda: kubernetes.get("Namespace", None, name), lambda found: not found, "namespace gone", KUBERNETES)


def let_go(kubernetes: Kubernetes, namespace: str, topic: str) -> None:
    """Take the finalizers off a KafkaTopic, since its operator is gone; one that is gone, too, is well."""
    try:
        kubernetes.merge("KafkaTopic", namespace, topic, {"metadata": {"finalizers": None}})
    except ApiException as error:
        if error.status != 404:
            raise
