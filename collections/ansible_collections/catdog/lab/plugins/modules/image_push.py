#!/usr/bin/python
"""Pushes an image from an archive to a registry."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_push
short_description: Push an image from an OCI archive to a registry
description:
  - An image that the registry has by this name is left as it is, for the lab's tags are made of what is in an image.
  - Of layers only those travel that the registry lacks. Needs C(skopeo) on this machine.
  - In check mode the registry is asked and nothing is pushed.
options:
  archive: {description: The archive. It may be missing where the registry has the image., type: path, required: true}
  reference: {description: 'Name that the image gets: registry, path and tag.', type: str, required: true}
  username: {description: Login to the registry. Empty for none., type: str, default: ''}
  password: {description: The login's password., type: str, default: ''}
  ca: {description: File of the authority (PEM) of the registry's certificate. Empty for this machine's., type: path}
  timeout: {description: Seconds that the push may take., type: int, default: 3600}
attributes:
  check_mode: {support: full}
author: [catdog-lab]
"""

EXAMPLES = r"""
- catdog.lab.image_push:
    archive: ~/.cache/catdog-lab/images/notebook-0123456789ab.tar
    reference: registry.example.org/class/notebook:0123456789ab
    username: teacher
    password: "{{ lab_registry_password }}"
"""

RETURN = r"""
digest:
  description: Digest of the image in the registry; empty in check mode for one to be pushed.
  type: str
  returned: success
"""

import tempfile
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.image_registry import Registry, RegistryError


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "archive": {"type": "path", "required": True},
            "reference": {"type": "str", "required": True},
            "username": {"type": "str", "default": ""},
            "password": {"type": "str", "default": "", "no_log": True},
            "ca": {"type": "path"},
            "timeout": {"type": "int", "default": 3600},
        },
        supports_check_mode=True,
    )
    if not module.get_bin_path("skopeo", required=not module.check_mode):  # a dry run installs nothing
        module.exit_json(changed=True, digest="")
    with tempfile.TemporaryDirectory() as folder:  # that nobody else may look into
        try:
            registry = Registry(module.params, Path(folder))
            digest = registry.digest()
            missing = not digest
            if missing and not module.check_mode:
                registry.push(Path(module.params["archive"]), module.params["timeout"])
                digest = registry.digest()
        except (RegistryError, OSError) as error:
            module.fail_json(msg=str(error))
    module.exit_json(changed=missing, digest=digest)


if __name__ == "__main__":
    main()
