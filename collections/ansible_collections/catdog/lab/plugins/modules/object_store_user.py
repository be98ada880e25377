#!/usr/bin/python
"""Make or remove a user of the object store, with a bucket of their own."""

from __future__ import annotations

import secrets
import string
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.object_store import Keys, Store
from ansible_collections.catdog.lab.plugins.module_utils.object_store_pod import run_with_store

DOCUMENTATION = r"""
module: object_store_user
short_description: Make or remove a user of the object store
description:
  - Asks radosgw-admin in the gateway's pod for the user, and makes the user's one bucket by the user's own keys. Keys
    reach the tools through their input.
  - A user that is there keeps the keys that it has, whatever is given.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  namespace: {description: Namespace of the gateway., type: str, required: true}
  name: {description: Name of the gateway's Deployment., type: str, required: true}
  user: {description: Name of the user., type: str, required: true}
  bucket: {description: Name of the user's bucket., type: str, required: true}
  access_key: {description: Key that a new user gets. Empty - one is made., type: str, default: ""}
  secret_key: {description: Secret key that a new user gets. Empty - one is made., type: str, default: ""}
  state:
    description: present, absent with everything that the user has, or emptied, the bucket made anew.
    type: str
    choices: [present, absent, emptied]
    default: present
  timeout: {description: Seconds for each thing that is asked for., type: float, default: 60}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Make a user with a bucket
  catdog.lab.object_store_user:
    kubeconfig: "{{ lab_kubeconfig }}"
    namespace: catdog-object-store
    name: object-store
    user: rhte2019
    bucket: rhte2019
  no_log: true
"""

RETURN = r"""
keys:
  description: access_key and secret_key that the user has, where they are others than those given.
  type: dict
  returned: state is present
"""


def new_keys() -> Keys:
    """Keys as radosgw-admin makes them: 20 capitals and digits, 40 letters and digits."""
    capitals, letters = string.ascii_uppercase + string.digits, string.ascii_letters + string.digits
    return Keys(
        "".join(secrets.choice(capitals) for _ in range(20)), "".join(secrets.choice(letters) for _ in range(40))
    )


def present(store: Store, parameters: dict[str, Any], *, check: bool) -> dict[str, Any]:
    """Make what is missing of user and bucket."""
    given = Keys(parameters["access_key"], parameters["secret_key"])
    user, bucket = parameters["user"], parameters["bucket"]
    keys = store.keys(user)
    changed = keys is None
    if keys is None:
        keys = given if all(given) else new_keys()
        if not check:
            store.make_user(user, keys)
    if changed or not store.opens(keys, bucket):
        changed = True
        if not check:
            store.make_bucket(keys, bucket)
    # What is given is masked in a module's answer, so that it is not repeated there.
    return {"changed": changed, "keys": {} if keys == given else keys_row(keys)}


def keys_row(keys: Keys) -> dict[str, str]:
    return {"access_key": keys.access, "secret_key": keys.secret}


def absent(store: Store, parameters: dict[str, Any], *, check: bool) -> dict[str, Any]:
    """Remove the user with the bucket and what is in it."""
    there = store.keys(parameters["user"]) is not None
    if there and not check:
        store.remove_user(parameters["user"])
    return {"changed": there}


def emptied(store: Store, parameters: dict[str, Any], *, check: bool) -> dict[str, Any]:
    """Make the user's bucket anew, so that nothing of before is in it."""
    user, bucket = parameters["user"], parameters["bucket"]
    keys = store.keys(user)
    if keys is not None and not check:
        store.remove_bucket(user, bucket)
        store.make_bucket(keys, bucket)
    return {"changed": keys is not None}


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "namespace": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "user": {"type": "str", "required": True},
            "bucket": {"type": "str", "required": True},
            "access_key": {"type": "str", "default": "", "no_log": False},
            "secret_key": {"type": "str", "default": "", "no_log": True},
            "state": {"type": "str", "default": "present", "choices": ["present", "absent", "emptied"]},
            "timeout": {"type": "float", "default": 60},
        },
        supports_check_mode=True,
    )
    work = {"present": present, "absent": absent, "emptied": emptied}[module.params["state"]]
    run_with_store(module, lambda store: work(store, module.params, check=module.check_mode))


if __name__ == "__main__":
    main()
