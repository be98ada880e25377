#!/usr/bin/python
"""Requests a project of OpenShift, as who may not make namespaces gets one."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import run_with_cluster
from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client

DOCUMENTATION = r"""
module: project_request
short_description: Request a project of OpenShift
description:
  - Makes a ProjectRequest (project.openshift.io/v1). A project of that name that is there already stays as it is.
  - M(kubernetes.core.k8s) asks for the request by its name before it makes one. Ordinary users may not, and it goes on
    to change what it has just made, which nobody can.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, required: true}
  name: {description: Name of the project., type: str, required: true}
  description: {description: What the project is for., type: str, default: ''}
attributes:
  check_mode: {support: full}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Request the attendee's project
  catdog.lab.project_request:
    kubeconfig: "{{ lab_kubeconfig }}"
    name: rhte2019
"""

RETURN = r"""
{}
"""

GROUP, VERSION = "project.openshift.io", "v1"


def run(module: AnsibleModule) -> None:
    from kubernetes import client

    name = module.params["name"]
    request = {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "ProjectRequest",
        "metadata": {"name": name},
        "description": module.params["description"],
    }
    if not module.check_mode:
        custom = client.CustomObjectsApi(api_client(module.params["kubeconfig"]))
        try:
            custom.create_cluster_custom_object(GROUP, VERSION, "projectrequests", request)
        except client.ApiException as error:
            if error.status == 409:
                module.exit_json(changed=False)
            if error.status == 403:
                module.fail_json(
                    msg=f"This user may not request the project {name} ({error.reason}): have a cluster administrator "
                    "make it (oc adm new-project --admin), or grant the cluster role self-provisioner."
                )
            raise
    module.exit_json(changed=True)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "required": True},
            "name": {"type": "str", "required": True},
            "description": {"type": "str", "default": ""},
        },
        supports_check_mode=True,
    )
    run_with_cluster(module, run)


if __name__ == "__main__":
    main()
