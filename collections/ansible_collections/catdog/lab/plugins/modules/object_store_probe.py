#!/usr/bin/python
"""Try what a user of the object store may do, and what not."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.object_store import Keys, Store
from ansible_collections.catdog.lab.plugins.module_utils.object_store_pod import run_with_store
from ansible_collections.catdog.lab.plugins.module_utils.object_store_probes import probes_of

DOCUMENTATION = r"""
module: object_store_probe
short_description: Try what a user of the object store may do
description:
  - Puts an object into the user's bucket, gets it back and removes it; asks with a wrong secret key; asks for the
    buckets of others by reading and writing. All of it from the gateway's pod, by TLS.
  - Leaves nothing behind, and does not fail for what goes otherwise. C(ok) of each probe tells whether it is as it must
    be.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  namespace: {description: Namespace of the gateway., type: str, required: true}
  name: {description: Name of the gateway's Deployment., type: str, required: true}
  bucket: {description: Name of the user's bucket., type: str, required: true}
  access_key: {description: The user's access key., type: str, required: true}
  secret_key: {description: The user's secret key., type: str, required: true}
  others:
    description: Buckets that are not the user's. Those that are not there yet are left out.
    type: list
    elements: str
    default: []
  timeout: {description: Seconds for each attempt., type: float, default: 60}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Try the store
  catdog.lab.object_store_probe:
    kubeconfig: "{{ lab_kubeconfig }}"
    namespace: catdog-object-store
    name: object-store
    bucket: rhte2019
    access_key: "{{ keys.access_key }}"
    secret_key: "{{ keys.secret_key }}"
    others: [rhte2019-2]
"""

RETURN = r"""
probes:
  description: >-
    Each attempt: kind (store), attempt, expected and outcome (allowed, refused, or what was answered), ok, and said,
    all of it in a sentence.
  type: list
  elements: dict
  returned: success
"""


def answer(store: Store, parameters: dict[str, Any]) -> dict[str, Any]:
    keys = Keys(parameters["access_key"], parameters["secret_key"])
    probes = probes_of(store, keys, parameters["bucket"], parameters["others"])
    return {"changed": False, "probes": [probe.row() for probe in probes]}


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "namespace": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "bucket": {"type": "str", "required": True},
            "access_key": {"type": "str", "required": True, "no_log": False},
            "secret_key": {"type": "str", "required": True, "no_log": True},
            "others": {"type": "list", "elements": "str", "default": []},
            "timeout": {"type": "float", "default": 60},
        },
        supports_check_mode=True,
    )
    run_with_store(module, lambda store: answer(store, module.params))


if __name__ == "__main__":
    main()
