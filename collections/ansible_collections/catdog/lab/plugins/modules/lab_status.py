#!/usr/bin/python
"""Look at every part of a lab once, without waiting, and tell its state in rows of a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_waiting import is_ready

DOCUMENTATION = r"""
module: lab_status
short_description: State of every part of an attendee's lab
description:
  - Looks once at the cluster, the operator, the Kafka cluster, the topic, the notebook and the last verification.
  - Never fails on a part that is missing or broken, nor on a cluster that does not answer. The row says so.
options:
  lab: {description: "Name of the lab in its rows, e.g. the attendee's.", type: str, required: true}
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  operator_namespace: {description: Namespace of the operator., type: str, required: true}
  namespace: {description: Namespace of the attendee., type: str, required: true}
  kafka_cluster: {description: Name of the Kafka resource., type: str, required: true}
  topic: {description: Name of the KafkaTopic., type: str, required: true}
  notebook: {description: Name of the notebook's Deployment., type: str, required: true}
  verification: {description: Path of the last verification.json., type: path, required: true}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Look at the lab
  catdog.lab.lab_status:
    lab: attendee1
    kubeconfig: /var/lib/catdog-lab/catdog-lab/kubeconfig
    operator_namespace: amq-streams
    namespace: rhte2019
    kafka_cluster: rhte-cluster
    topic: rhte
    notebook: rhte-notebook
    verification: reports/attendee1/verification.json
"""

RETURN = r"""
shared: {description: "Rows of what all labs share. Keys lab, part, name, state, detail.", type: list, returned: always}
attendee: {description: Rows of the attendee's own parts., type: list, returned: always}
ready: {description: Whether every part is ready and the last verification passed., type: bool, returned: always}
"""

STRIMZI = ("kafka.strimzi.io", "v1")
GOOD = ("Ready", "Active", "Passed")
# Seconds for one question to the API server.
PATIENCE = 5


def row(part: str, name: str, state: str, detail: str = "") -> dict[str, str]:
    return {"part": part, "name": name, "state": state, "detail": detail}


def resource_state(resource: dict[str, Any]) -> tuple[str, str]:
    """(state, detail) of a Strimzi resource: Ready, Failed with the operator's message, Waiting, Deleting."""
    status, metadata = resource.get("status") or {}, resource["metadata"]
    if metadata.get("deletionTimestamp"):
        return "Deleting", f"since {metadata['deletionTimestamp']}"
    conditions = {condition["type"]: condition for condition in status.get("conditions") or []}
    ready, not_ready = conditions.get("Ready", {}), conditions.get("NotReady", {})
    if not_ready.get("status") == "True" or ready.get("status") == "False":
        bad = not_ready or ready
        return "Failed", f"{bad.get('reason', '')}: {bad.get('message', '')}"
    if ready.get("status") == "True" and status.get("observedGeneration") == metadata["generation"]:
        return "Ready", ""
    return "Waiting", "its last change has not been taken up" if conditions else "nobody has looked at it"


class Lab:
    """One look at each part; every method gives one row."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        from kubernetes import client, config

        self.parameters = parameters
        self.missing = client.ApiException
        settings = client.Configuration()
        config.load_kube_config(config_file=parameters["kubeconfig"], client_configuration=settings)
        settings.retries = False
        api = client.ApiClient(settings)
        self.version, self.core = client.VersionApi(api), client.CoreV1Api(api)
        self.apps, self.custom = client.AppsV1Api(api), client.CustomObjectsApi(api)

    def cluster(self) -> dict[str, str]:
        version = self.version.get_code(_request_timeout=PATIENCE).git_version
        nodes = self.core.list_node(_request_timeout=PATIENCE).items
        ready = sum(map(is_ready, nodes))
        state = "Ready" if nodes and ready == len(nodes) else "Not ready"
        return row("Kubernetes", ", ".join(node.metadata.name for node in nodes), state,
                   f"{version}, {ready} of {len(nodes)} nodes")  # fmt: skip

    def deployment(self, part: str, namespace: str, name: str) -> dict[str, str]:
        try:
            found = self.apps.read_namespaced_deployment(name, namespace, _request_timeout=PATIENCE)
        except self.missing as error:
            return self.absent(part, f"{namespace}/{name}", error)
        wanted, available = found.spec.replicas, found.status.available_replicas or 0
        state = "Stopped" if wanted == 0 else "Ready" if available >= wanted else "Not ready"
        return row(part, f"{namespace}/{name}", state, f"{available} of {wanted} pods")

    def operator(self) -> dict[str, str]:
        return self.deployment("operator", self.parameters["operator_namespace"], "strimzi-cluster-operator")

    def namespace(self) -> dict[str, str]:
        name = self.parameters["namespace"]
        try:
            return row("namespace", name, self.core.read_namespace(name, _request_timeout=PATIENCE).status.phase)
        except self.missing as error:
            return self.absent("namespace", name, error)

    def resource(self, part: str, plural: str, name: str) -> tuple[dict[str, str], dict[str, Any]]:
        namespace = self.parameters["namespace"]
        try:
            found = self.custom.get_namespaced_custom_object(
                *STRIMZI, namespace, plural, name, _request_timeout=PATIENCE
            )
        except self.missing as error:
            return self.absent(part, f"{namespace}/{name}", error), {}
        return row(part, f"{namespace}/{name}", *resource_state(found)), found

    def kafka(self) -> dict[str, str]:
        namespace, name = self.parameters["namespace"], self.parameters["kafka_cluster"]
        line, found = self.resource("Kafka", "kafkas", name)
        if found and not line["detail"]:
            pods = self.core.list_namespaced_pod(
                namespace, label_selector=f"strimzi.io/cluster={name},strimzi.io/pool-name", _request_timeout=PATIENCE
            ).items
            ready = sum(map(is_ready, pods))
            line["detail"] = f"{found['status'].get('kafkaVersion', '')}, {ready} of {len(pods)} nodes"
        return line

    def topic(self) -> dict[str, str]:
        line, found = self.resource("topic", "kafkatopics", self.parameters["topic"])
        if found and not line["detail"]:
            spec = found["spec"]
            line["detail"] = f"{spec.get('partitions', '?')} partition(s), {spec.get('replicas', '?')} replica(s)"
        return line

    def notebook(self) -> dict[str, str]:
        return self.deployment("notebook", self.parameters["namespace"], self.parameters["notebook"])

    @staticmethod
    def absent(part: str, name: str, error: Any) -> dict[str, str]:
        return row(part, name, "Missing") if error.status == 404 else row(part, name, "Unknown", error.reason)


def verification(path: Path) -> dict[str, str]:
    try:
        report = json.loads(path.read_text())
    except FileNotFoundError:
        return row("verification", "", "Missing", "run `make verify`")
    except (OSError, ValueError) as error:
        return row("verification", str(path), "Unknown", str(error))
    detail = f"{report['right']} of {report['count']} right at {report['started'].replace('T', ' ').rstrip('Z')} UTC"
    if report["failure"]:
        detail = report["failure"].splitlines()[0]
    return row("verification", report["source"], "Passed" if report["passed"] else "Failed", detail)


def unreachable(kubeconfig: str, error: Exception) -> str:
    if not Path(kubeconfig).is_file():
        return f"no kubeconfig {kubeconfig}: run `make lab`"
    return f"{type(error).__name__}: {getattr(error, 'reason', None) or error}".splitlines()[0][:160]


def look(parameters: dict[str, Any]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Rows of what all share, and of the attendee's own parts."""
    try:
        lab = Lab(parameters)
        shared = [lab.cluster(), lab.operator()]
        own = [lab.namespace(), lab.kafka(), lab.topic(), lab.notebook()]
    except ImportError:
        raise
    except Exception as error:
        shared = [row("Kubernetes", "", "Unreachable", unreachable(parameters["kubeconfig"], error))]
        own = []
    return shared, [*own, verification(Path(parameters["verification"]))]


def main() -> None:
    required = ("lab", "operator_namespace", "namespace", "kafka_cluster", "topic", "notebook")
    module = AnsibleModule(
        argument_spec={name: {"type": "str", "required": True} for name in required}
        | {name: {"type": "path", "required": True} for name in ("kubeconfig", "verification")},
        supports_check_mode=True,
    )
    try:
        shared, attendee = look(module.params)
    except ImportError as error:
        module.fail_json(msg=f"The Python package {error.name} is missing: run `make setup`.")
    ready = all(line["state"] in GOOD for line in shared + attendee)
    shared = [{"lab": "(all)", **line} for line in shared]
    attendee = [{"lab": module.params["lab"], **line} for line in attendee]
    module.exit_json(changed=False, shared=shared, attendee=attendee, ready=ready)


if __name__ == "__main__":
    main()
