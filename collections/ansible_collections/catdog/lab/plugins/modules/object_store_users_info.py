#!/usr/bin/python
"""Look who has a part in the object store."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.object_store_pod import run_with_store

DOCUMENTATION = r"""
module: object_store_users_info
short_description: Look who has a part in the object store
description:
  - Asks radosgw-admin in the gateway's pod, and changes nothing.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  namespace: {description: Namespace of the gateway., type: str, required: true}
  name: {description: Name of the gateway's Deployment., type: str, required: true}
  timeout: {description: Seconds for each thing that is asked for., type: float, default: 60}
attributes:
  check_mode: {support: full}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Look who has a part in it
  catdog.lab.object_store_users_info:
    kubeconfig: "{{ lab_kubeconfig }}"
    namespace: catdog-object-store
    name: object-store
"""

RETURN = r"""
users: {description: "Names of the users.", type: list, elements: str, returned: success}
"""


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "namespace": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "timeout": {"type": "float", "default": 60},
        },
        supports_check_mode=True,
    )
    run_with_store(module, lambda store: {"changed": False, "users": store.users()})


if __name__ == "__main__":
    main()
