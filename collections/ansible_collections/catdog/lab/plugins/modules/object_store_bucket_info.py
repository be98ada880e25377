#!/usr/bin/python
"""Look what a user's bucket in the object store holds, and which keys the user has."""

from __future__ import annotations

import hashlib
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.object_store import Store
from ansible_collections.catdog.lab.plugins.module_utils.object_store_pod import run_with_store

DOCUMENTATION = r"""
module: object_store_bucket_info
short_description: Look what a user's bucket in the object store holds
description:
  - Asks radosgw-admin in the gateway's pod, and changes nothing. A user or a bucket that is not there is an answer.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  namespace: {description: Namespace of the gateway., type: str, required: true}
  name: {description: Name of the gateway's Deployment., type: str, required: true}
  user: {description: Name of the user., type: str, required: true}
  bucket: {description: Name of the user's bucket., type: str, required: true}
  timeout: {description: Seconds for each thing that is asked for., type: float, default: 60}
attributes:
  check_mode: {support: full}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Look into the bucket
  catdog.lab.object_store_bucket_info:
    kubeconfig: "{{ lab_kubeconfig }}"
    namespace: catdog-object-store
    name: object-store
    user: rhte2019
    bucket: rhte2019
"""

RETURN = r"""
objects:
  description: Name, checksum and time of each object, in one text. Empty where there is no such bucket.
  type: list
  elements: str
  returned: success
keys:
  description: What tells the user's keys from others and not what they are. Empty where there is no such user.
  type: str
  returned: success
"""


def answer(store: Store, user: str, bucket: str) -> dict[str, Any]:
    keys = store.keys(user)
    if keys is None:
        return {"objects": [], "keys": ""}
    objects = store.objects(bucket) if bucket in store.buckets(user) else []
    # Of 60 random characters: nobody finds them by trying.
    return {"objects": objects, "keys": hashlib.sha256(":".join(keys).encode()).hexdigest()}


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "namespace": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "user": {"type": "str", "required": True},
            "bucket": {"type": "str", "required": True},
            "timeout": {"type": "float", "default": 60},
        },
        supports_check_mode=True,
    )
    asked = (module.params["user"], module.params["bucket"])
    run_with_store(module, lambda store: {"changed": False} | answer(store, *asked))


if __name__ == "__main__":
    main()
