#!/usr/bin/python
"""Reads which images docker and OCI archives hold."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_archive_info
short_description: Read which images docker and OCI archives hold
description:
  - Reads names and digests out of files that C(docker save), C(podman save) or C(skopeo copy) wrote, compressed by
    gzip or not. Nothing is unpacked.
  - An archive that cannot be used is no failure of the module, but told in its C(error).
options:
  paths: {description: The archives., type: list, elements: path, required: true}
attributes:
  check_mode: {support: full}
author: [catdog-lab]
"""

EXAMPLES = r"""
- catdog.lab.image_archive_info:
    paths: [/media/usb/operator.tar, /media/usb/kafka.tar.gz]
"""

RETURN = r"""
archives:
  description: >-
    One entry an archive with its absolute C(path), its C(images), each with C(name) and the digests C(target) and
    C(config) (one of them may be empty), and C(error), which is empty where all is well.
  type: list
  elements: dict
  returned: success
"""

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.image_archives import describe


def main() -> None:
    module = AnsibleModule(
        argument_spec={"paths": {"type": "list", "elements": "path", "required": True}}, supports_check_mode=True
    )
    archives = [describe(Path(path).absolute()) for path in dict.fromkeys(module.params["paths"])]
    module.exit_json(changed=False, archives=archives)


if __name__ == "__main__":
    main()
