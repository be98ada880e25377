#!/usr/bin/python
"""Has OpenShift build an image from a folder of this machine, as `oc start-build --from-dir` does."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.binary_builds import BinaryBuilds, BuildError
from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import run_with_cluster
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client

DOCUMENTATION = r"""
module: binary_build
short_description: Have OpenShift build an image from a folder of this machine
description:
  - Uploads the folder to a BuildConfig (build.openshift.io/v1) with a binary source, and follows the build to its end.
    The last line of its log is the run's sign of life; the last lines are told if it fails.
  - A build that cannot begin, or does not end in time, is removed, so that the next run starts anew.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  namespace: {description: Project of the BuildConfig., type: str, required: true}
  name: {description: The BuildConfig., type: str, required: true}
  context: {description: 'Folder that is uploaded, with the Containerfile.', type: path, required: true}
  timeout: {description: Seconds until the build must have ended., type: int, default: 3600}
attributes:
  check_mode: {support: full}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Build the notebook's image
  catdog.lab.binary_build:
    kubeconfig: "{{ lab_kubeconfig }}"
    namespace: catdog-images
    name: notebook
    context: ~/.cache/catdog-lab/build/notebook-7f69995c063f
"""

RETURN = r"""
build: {description: Name of the Build., type: str, returned: 'success, not in check mode'}
"""


def run(module: AnsibleModule) -> None:
    given = module.params
    if module.check_mode:
        module.exit_json(changed=True)
    builds = BinaryBuilds(api_client(given["kubeconfig"]), given["namespace"])
    try:
        module.exit_json(changed=True, build=builds.run(given["name"], given["context"], given["timeout"]))
    except BuildError as error:
        module.fail_json(msg=str(error))


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "namespace": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "context": {"type": "path", "required": True},
            "timeout": {"type": "int", "default": 3600},
        },
        supports_check_mode=True,
    )
    run_with_cluster(module, run)


if __name__ == "__main__":
    main()
