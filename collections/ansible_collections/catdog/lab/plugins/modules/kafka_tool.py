#!/usr/bin/python
"""Run Kafka's own tools in a broker's pod, as the user who may do everything."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import run_with_cluster
from ansible_collections.catdog.lab.plugins.module_utils.kafka_tool import (
    KafkaToolError,
    command,
    listener_of,
    settings,
    super_user,
)
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client
from ansible_collections.catdog.lab.plugins.module_utils.pod_command import run_in_pod

DOCUMENTATION = r"""
module: kafka_tool
short_description: Run Kafka's own tools in a broker's pod
description:
  - Finds a broker that runs, and the listener that the tools use. Where Kafka lets in nobody without credentials, they
    come as the first of C(spec.kafka.authorization.superUsers), with the certificate of its KafkaUser's Secret.
  - What a tool changes is for the task to say (C(changed_when)).
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  namespace: {description: Namespace of the Kafka., type: str, required: true}
  cluster: {description: Name of the Kafka., type: str, required: true}
  tools:
    description: >-
      What to run, one after the other: each a list of the tool (bin/kafka-topics.sh) and its arguments, without the
      brokers' address.
    type: list
    elements: list
    required: true
  timeout: {description: Seconds for each., type: float, default: 60}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: List the topics
  catdog.lab.kafka_tool:
    kubeconfig: "{{ lab_kubeconfig }}"
    namespace: rhte2019
    cluster: rhte-cluster
    tools: [[bin/kafka-topics.sh, --list]]
"""

RETURN = r"""
outputs:
  description: What each tool printed, line by line.
  type: list
  elements: list
  returned: success
"""


def find_broker(core: Any, namespace: str, cluster: str) -> str:
    """Name of a broker's pod that runs. Raises KafkaToolError where none does."""
    labels = f"strimzi.io/cluster={cluster},strimzi.io/broker-role=true"
    pods = core.list_namespaced_pod(namespace, label_selector=labels, field_selector="status.phase=Running").items
    if not pods:
        raise KafkaToolError(
            f"No broker of {namespace}/{cluster} runs (pods with the label strimzi.io/broker-role=true)."
        )
    return pods[0].metadata.name


def connection(core: Any, kafka: dict[str, Any]) -> tuple[str, str]:
    """Where the tools connect to from a broker's pod, and their settings; none where everybody is let in.

    Raises KafkaToolError where there is no way in.
    """
    from kubernetes.client import ApiException

    namespace, listener = kafka["metadata"]["namespace"], listener_of(kafka)
    if not listener.get("authentication"):
        return f"localhost:{listener['port']}", ""
    states = (kafka.get("status") or {}).get("listeners") or []
    state = next((entry for entry in states if entry["name"] == listener["name"]), {})
    if not state.get("bootstrapServers"):
        raise KafkaToolError(f"The status of Kafka {namespace}/{kafka['metadata']['name']} names no listener yet.")
    user = super_user(kafka)
    try:
        secret = core.read_namespaced_secret(user, namespace).data
    except ApiException as error:
        if error.status != 404:
            raise
        raise KafkaToolError(
            f"Secret {namespace}/{user} is not there: role kafka_user makes this user, who may do everything."
        ) from error
    return state["bootstrapServers"], settings(secret, "\n".join(state["certificates"]))


def run(module: AnsibleModule) -> None:
    from kubernetes import client

    parameters = module.params
    namespace, cluster, timeout = (parameters[key] for key in ("namespace", "cluster", "timeout"))
    api = api_client(parameters["kubeconfig"])
    core, custom = client.CoreV1Api(api), client.CustomObjectsApi(api)
    kafka = custom.get_namespaced_custom_object("kafka.strimzi.io", "v1", namespace, "kafkas", cluster)
    outputs = []
    try:
        pod = find_broker(core, namespace, cluster)
        address, given = connection(core, kafka)
    except KafkaToolError as error:
        module.fail_json(msg=str(error))
    for tool in parameters["tools"]:
        where = (parameters["kubeconfig"], namespace, pod, "kafka")
        printed, complained, code = run_in_pod(*where, command(tool, address, given), timeout, given)
        if code != 0:
            ended = f"ended with {code}" if code is not None else f"has not ended within {timeout:g} s"
            said = (complained.strip() or printed.strip() or "it said nothing")[-2000:]
            module.fail_json(msg=f"{tool[0]} in pod {namespace}/{pod} {ended}: {said}")
        outputs.append(printed.splitlines())
    module.exit_json(changed=False, outputs=outputs)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "namespace": {"type": "str", "required": True},
            "cluster": {"type": "str", "required": True},
            "tools": {"type": "list", "elements": "list", "required": True},
            "timeout": {"type": "float", "default": 60},
        },
        supports_check_mode=False,
    )
    run_with_cluster(module, run)


if __name__ == "__main__":
    main()
