#!/usr/bin/python
"""Ask an attendee's notebook how far the attendee has come, once, and tell it as a row."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.attendee_progress import COMMAND, row, unseen
from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import unreachable
from ansible_collections.catdog.lab.plugins.module_utils.lab_parts import Cluster
from ansible_collections.catdog.lab.plugins.module_utils.pod_command import run_in_pod

DOCUMENTATION = r"""
module: attendee_progress
short_description: How far an attendee has come
description:
  - Runs C(catdog progress --json) in the notebook's container and tells what it says. Changes nothing.
  - Never fails on a notebook that is missing, not ready or silent, nor on a cluster that does not answer.
    The row says so.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  namespace: {description: Namespace of the attendee., type: str, required: true}
  notebook: {description: Name of the notebook's Deployment., type: str, required: true}
  attendee: {description: What the attendee is called in the row., type: str, required: true}
  timeout: {description: Seconds that the notebook may take for its answer., type: int, default: 60}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Ask the notebook
  catdog.lab.attendee_progress:
    kubeconfig: /var/lib/catdog-lab/catdog-lab/kubeconfig
    namespace: rhte2019
    notebook: rhte-notebook
    attendee: attendee1
"""

RETURN = r"""
row:
  description:
    - attendee; answered, whether the notebook has; problem, why not, or what it could not look at; last_activity.
    - done, whether each step is (none, not known), and text, the same in words; both with the keys opened, model,
      sent, classified, compared.
    - said, what C(catdog progress) printed.
  type: dict
  returned: always
"""


def look(kubeconfig: str, namespace: str, notebook: str, attendee: str, timeout: int) -> dict[str, Any]:
    """The attendee's row."""
    where = {"kind": "Deployment", "namespace": namespace, "name": notebook}
    try:
        found = Cluster(kubeconfig).look(where)
        pods = [title.rpartition("/")[2] for title in found.objects or {}]
        if not pods:
            state = f"{found.state.lower()}{f' ({found.detail})' if found.detail else ''}"
            return unseen(attendee, f"the notebook {found.name} is {state}: see `make status`")
        return row(attendee, *run_in_pod(kubeconfig, namespace, pods[0], "notebook", COMMAND, timeout))
    except ImportError:
        raise
    except Exception as error:
        return unseen(attendee, f"the notebook cannot be asked: {unreachable(kubeconfig, error)}")


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "namespace": {"type": "str", "required": True},
            "notebook": {"type": "str", "required": True},
            "attendee": {"type": "str", "required": True},
            "timeout": {"type": "int", "default": 60},
        },
        supports_check_mode=True,
    )
    try:
        found = look(**module.params)
    except ImportError as error:
        module.fail_json(msg=f"The Python package {error.name} is missing: run `make setup`.")
    module.exit_json(changed=False, row=found)


if __name__ == "__main__":
    main()
