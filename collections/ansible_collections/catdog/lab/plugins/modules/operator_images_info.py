#!/usr/bin/python
"""Reads which images an operator's manifests name and a lab needs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: operator_images_info
short_description: Read which images an operator's manifests name and a lab needs
description:
  - Reads manifests as the lookup C(manifest_documents) does. What cannot be read is no failure of the module, but told
    in C(error).
options:
  source: {description: 'Folders, files or URLs of the manifests.', type: list, elements: str, required: true}
  deployment: {description: Name of the operator's Deployment., type: str, required: true}
attributes:
  check_mode: {support: full}
author: [catdog-lab]
"""

EXAMPLES = r"""
- catdog.lab.operator_images_info:
    source: [/opt/strimzi/install/cluster-operator]
    deployment: strimzi-cluster-operator
"""

RETURN = r"""
images:
  description: Images of the operator, of what it runs beside a Kafka, and of the newest Kafka.
  type: list
  elements: str
  returned: success
error: {description: 'Why they cannot be told, in words; empty where all is well.', type: str, returned: success}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.manifests import ManifestsError, read_manifests
from ansible_collections.catdog.lab.plugins.module_utils.operator_images import needed_images


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "source": {"type": "list", "elements": "str", "required": True},
            "deployment": {"type": "str", "required": True},
        },
        supports_check_mode=True,
    )
    images, error = [], ""
    try:
        images = needed_images(read_manifests(module.params["source"]), module.params["deployment"])
    except (ManifestsError, ValueError) as failure:
        error = str(failure)
    except (KeyError, TypeError, IndexError, AttributeError) as failure:
        error = f"The Deployment {module.params['deployment']} in them is no operator's ({failure!r})."
    module.exit_json(changed=False, images=images, error=error)


if __name__ == "__main__":
    main()
