#!/usr/bin/python
"""Look at parts of a lab once, without waiting, and tell the state of each in a row of a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import unreachable
from ansible_collections.catdog.lab.plugins.module_utils.lab_parts import LOOKS, Cluster
from ansible_collections.catdog.lab.plugins.module_utils.verification_status import last_verification

DOCUMENTATION = r"""
module: lab_status
short_description: State of parts of a lab
description:
  - Looks once at each part, and at the last verification if its report is named.
  - Never fails on a part that is missing or broken, nor on a cluster that does not answer. The row says so.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  lab: {description: "Name of the lab in its rows, e.g. the attendee's.", type: str, default: ''}
  parts:
    description: What to look at, in the order of the rows. Without parts the cluster is not asked.
    type: list
    elements: dict
    required: true
    suboptions:
      part: {description: What the part is called in its row., type: str, required: true}
      kind:
        description:
          - Kind of the object. C(Node) stands for all nodes of the cluster, C(ObjectStoreVolume) for what the gateway
            C(name) of an object store has stored.
        type: str
        required: true
        choices: [Node, Namespace, Deployment, ObjectStoreVolume, Kafka, KafkaTopic, KafkaUser]
      name: {description: Name of the object., type: str, default: ''}
      namespace: {description: Namespace of the object., type: str, default: ''}
  verification: {description: Path of the last verification.json., type: path}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Look at the lab
  catdog.lab.lab_status:
    kubeconfig: /var/lib/catdog-lab/catdog-lab/kubeconfig
    lab: attendee1
    parts:
      - {part: Kafka, kind: Kafka, name: rhte-cluster, namespace: rhte2019}
      - {part: topic, kind: KafkaTopic, name: rhte, namespace: rhte2019}
      - {part: notebook, kind: Deployment, name: rhte-notebook, namespace: rhte2019}
    verification: reports/attendee1/verification.json
"""

RETURN = r"""
rows: {description: "One for each part. Keys lab, part, name, state, detail.", type: list, returned: always}
reachable: {description: Whether the cluster answered every question., type: bool, returned: always}
objects:
  description:
    - Uid of each Kafka, KafkaTopic, KafkaUser and ready pod of a Deployment among the parts, by kind and name.
    - A verification keeps them, so that a later look can tell whether the lab is still the one that was verified.
  type: dict
  returned: always
  sample: {"Kafka rhte2019/rhte-cluster": 5d0c61b9-6a1c-4e7a-9d3f-0f6f5a4f7d11}
"""


def row(part: str, name: str, state: str, detail: str = "") -> dict[str, str]:
    return {"part": part, "name": name, "state": state, "detail": detail}


def look(kubeconfig: str, parts: list[dict[str, str]]) -> tuple[list[dict[str, str]], dict[str, str], bool]:
    """Rows, objects (uid by title), and whether the cluster answered; if it does not, one row says so."""
    rows, objects = [], {}
    try:
        cluster = Cluster(kubeconfig) if parts else None
        for part in parts:
            seen = cluster.look(part)
            rows.append(row(part["part"], seen.name, seen.state, seen.detail))
            objects |= seen.objects or {}
    except ImportError:
        raise
    except Exception as error:
        return [row("Kubernetes", "", "Unreachable", unreachable(kubeconfig, error))], {}, False
    return rows, objects, True


def main() -> None:
    part: dict[str, Any] = {
        "part": {"type": "str", "required": True},
        "kind": {"type": "str", "required": True, "choices": list(LOOKS)},
        "name": {"type": "str", "default": ""},
        "namespace": {"type": "str", "default": ""},
    }
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "lab": {"type": "str", "default": ""},
            "parts": {"type": "list", "elements": "dict", "required": True, "options": part},
            "verification": {"type": "path"},
        },
        supports_check_mode=True,
    )
    given = module.params
    try:
        rows, objects, reachable = look(given["kubeconfig"], given["parts"])
    except ImportError as error:
        module.fail_json(msg=f"The Python package {error.name} is missing: run `make setup`.")
    if given["verification"]:
        present = objects if reachable and given["parts"] else None
        rows.append(row("verification", *last_verification(Path(given["verification"]), present)))
    rows = [{"lab": given["lab"], **line} for line in rows]
    module.exit_json(changed=False, rows=rows, objects=objects, reachable=reachable)


if __name__ == "__main__":
    main()
