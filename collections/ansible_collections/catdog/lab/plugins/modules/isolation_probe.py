#!/usr/bin/python
"""Try to leave an attendee's confines, and tell what came of each attempt."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import run_with_cluster
from ansible_collections.catdog.lab.plugins.module_utils.isolation_probes import (
    Lab,
    access_probes,
    admission_probes,
    kafka_probes,
    network_probes,
    network_targets,
    object_store_targets,
)
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client
from ansible_collections.catdog.lab.plugins.module_utils.pod_command import run_in_pod

DOCUMENTATION = r"""
module: isolation_probe
short_description: Try to leave an attendee's confines
description:
  - Asks the API with the attendee's own kubeconfig for what they may see and what not; tries, as dry runs, pods that
    nobody may start in their namespace; connects from their notebook's pod to what it must and must not reach; and
    asks Kafka there for topics that its certificate must and must not open.
  - Changes nothing, and does not fail for what gets through. C(ok) of each probe tells whether it is as it must be.
options:
  kubeconfig: {description: Path of the administrator's kubeconfig., type: path, required: true}
  attendee_kubeconfig: {description: Path of the attendee's., type: path, required: true}
  namespace: {description: Namespace of the attendee., type: str, required: true}
  kafka_namespace: {description: Namespace of the attendee's Kafka cluster., type: str, required: true}
  kafka_cluster: {description: Name of the attendee's Kafka cluster., type: str, required: true}
  topic: {description: Name of the attendee's topic., type: str, required: true}
  kafka_users:
    description: Whether Kafka lets in users alone. Then topics are tried with the notebook's certificate.
    type: bool
    default: false
  notebook: {description: Name of the attendee's notebook., type: str, required: true}
  operator_namespace: {description: Namespace of the operator., type: str, required: true}
  object_store_namespace:
    description: Namespace of the class's object store, whose gateway must be reached. Empty - there is none.
    type: str
    default: ""
  neighbours:
    description: >-
      Other attendees: namespace, kafka_namespace, kafka_cluster, topic and notebook of each. What runs there is knocked
      at.
    type: list
    elements: dict
    default: []
  timeout: {description: Seconds to wait at most for an answer from the network., type: float, default: 3}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Try to break out
  catdog.lab.isolation_probe:
    kubeconfig: "{{ lab_kubeconfig }}"
    attendee_kubeconfig: reports/attendee1/kubeconfig
    namespace: rhte2019
    kafka_namespace: rhte2019
    kafka_cluster: rhte-cluster
    topic: rhte
    notebook: rhte-notebook
    operator_namespace: amq-streams
"""

RETURN = r"""
probes:
  description: >-
    Each attempt: kind (access, admission, network, kafka), attempt, expected and outcome (allowed, refused, or what was
    answered), ok, and said, all of it in a sentence.
  type: list
  elements: dict
  returned: success
"""


def notebook_pod(core: Any, namespace: str, notebook: str) -> Any | None:
    """A running pod of the notebook."""
    pods = core.list_namespaced_pod(namespace, label_selector=f"app.kubernetes.io/name={notebook}").items
    return next((pod for pod in pods if pod.status.phase == "Running" and not pod.metadata.deletion_timestamp), None)


def run(module: AnsibleModule) -> None:
    from kubernetes import client

    parameters = module.params
    lab, neighbours = Lab.of(parameters), [Lab.of(one) for one in parameters["neighbours"]]
    namespace = lab.namespace
    core = client.CoreV1Api(api_client(parameters["kubeconfig"]))
    pod = notebook_pod(core, namespace, parameters["notebook"])
    if pod is None:
        module.fail_json(msg=f"No pod of {namespace}/{parameters['notebook']} runs, so the network cannot be tried.")

    def execute(command: list[str]) -> str:
        name, bound = pod.metadata.name, parameters["timeout"] + 30
        where = (parameters["kubeconfig"], namespace, name, "notebook")
        printed, complained, code = run_in_pod(*where, command, bound)
        if code != 0:
            module.fail_json(msg=f"Pod {namespace}/{name} could not try to get out: {complained or printed}")
        return printed

    targets = network_targets(core, lab, pod.status.host_ip, parameters["operator_namespace"], neighbours)
    shared = [lab.kafka_namespace] if lab.kafka_namespace != namespace else []
    if store := parameters["object_store_namespace"]:
        targets += object_store_targets(core, store)
        shared.append(store)
    others = [parameters["operator_namespace"], *shared, *(one.namespace for one in neighbours)]
    probes = [
        *access_probes(api_client(parameters["attendee_kubeconfig"]), lab, others),
        *admission_probes(core, namespace),
        *network_probes(execute, targets, parameters["timeout"]),
        *(kafka_probes(execute, lab, neighbours) if parameters["kafka_users"] else []),
    ]
    module.exit_json(changed=False, probes=[probe.row() for probe in probes])


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "attendee_kubeconfig": {"type": "path", "required": True},
            "namespace": {"type": "str", "required": True},
            "kafka_namespace": {"type": "str", "required": True},
            "kafka_cluster": {"type": "str", "required": True},
            "topic": {"type": "str", "required": True},
            "kafka_users": {"type": "bool", "default": False},
            "notebook": {"type": "str", "required": True},
            "operator_namespace": {"type": "str", "required": True},
            "object_store_namespace": {"type": "str", "default": ""},
            "neighbours": {"type": "list", "elements": "dict", "default": []},
            "timeout": {"type": "float", "default": 3},
        },
        supports_check_mode=True,
    )
    run_with_cluster(module, run)


if __name__ == "__main__":
    main()
