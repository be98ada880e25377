#!/usr/bin/python
"""Looks at a running cluster before a lab comes onto it: rights, versions, operators, and what nodes have free."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_capacity_info
short_description: What a cluster has, allows and carries, before a lab comes onto it
description:
  - Changes nothing. Never fails on a cluster that does not answer, nor on a refusal. The answer says so.
options:
  kubeconfig: {description: Path of the kubeconfig., type: path, default: ''}
  attendee_namespaces:
    description: Namespaces of the attendees. What runs in them already does not count as requested.
    type: list
    elements: str
    default: []
  kafka_namespaces:
    description: Namespaces of their Kafkas, which may be one that they share. It does not count as requested, either.
    type: list
    elements: str
    default: []
  object_store_namespace:
    description: Namespace of the object store's gateway, as those of Kafka. Empty where the lab makes none.
    type: str
    default: ''
  image_project:
    description: Project in which OpenShift builds images. Empty for none.
    type: str
    default: ''
  router_namespace:
    description: Namespace of the lab's own router, as those of Kafka. Empty where the lab makes none.
    type: str
    default: ''
  operator_namespace: {description: Namespace of the operator., type: str, required: true}
  operator_install:
    description: C(manifests) and C(olm) ask for the rights to bring an operator so, too; any other value does not.
    type: str
    default: manifests
  features:
    description:
      - What the lab is made of, which says for which rights is asked. Kinds of exposure, C(namespace) or C(project),
        C(isolation), and C(router).
    type: list
    elements: str
    default: [namespace]
  catalog_namespace:
    description: Namespace of the catalog that OLM takes the operator from.
    type: str
    default: ''
  operator_watch:
    description: Which namespaces an operator from manifests watches, C(all) or C(attendees), which takes fewer rights.
    type: str
    default: all
  package: {description: Name of the operator's package there., type: str, default: ''}
attributes:
  check_mode: {support: full}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Look at the cluster
  catdog.lab.cluster_capacity_info:
    kubeconfig: ~/.kube/config
    operator_namespace: amq-streams
    attendee_namespaces: [attendee1, attendee2]
    kafka_namespaces: [attendee1, attendee2]
    object_store_namespace: catdog-object-store
"""

RETURN = r"""
version: {description: What the API server says of itself., type: dict, returned: where it answers}
msg: {description: Why nobody answers., type: str, returned: where nobody does}
unseen: {description: "What was refused to be shown, by its name below, with the reason.", type: dict, returned: always}
permissions: {description: "How many rights were C(asked) for, and those C(denied).", type: dict, returned: where seen}
groups: {description: API groups that the cluster serves., type: list, returned: where seen}
ingress_classes: {description: Names., type: list, returned: where seen and an ingress is among the features}
crds: {description: "Strimzi's CRDs with C(name), C(stored), C(served).", type: list, returned: where seen}
operators:
  description: Strimzi's operators with C(kind), C(namespace), C(name), C(watches).
  type: list
  returned: where seen
nodes:
  description: C(name), C(ready), C(closed) (why no pod may come), C(allocatable) and C(requested) cpu, memory and pods.
  type: list
  returned: where seen
storage_classes: {description: "C(name), and whether it is the C(default).", type: list, returned: where seen}
olm:
  description: C(catalogs) and C(packages) of O(catalog_namespace), null where there is no OLM.
  type: dict
  returned: with O(operator_install=olm), where seen
quotas: {description: "C(namespace), C(name), C(hard).", type: list, returned: where seen}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_look import asker, look
from ansible_collections.catdog.lab.plugins.module_utils.lab_permissions import (
    ATTENDEE,
    CATALOG,
    IMAGES,
    KAFKA,
    OBJECT_STORE,
    OPERATOR,
    ROUTER,
)

# Places of one namespace or none, each with its parameter.
ONE_OR_NONE = {
    OBJECT_STORE: "object_store_namespace",
    ROUTER: "router_namespace",
    IMAGES: "image_project",
    CATALOG: "catalog_namespace",
}


def answer(given: dict[str, Any]) -> dict[str, Any]:
    """What the cluster of the module's parameters shows, or why it does not answer, as `msg`."""
    try:
        return look(
            asker(given["kubeconfig"]),
            given["operator_install"],
            {
                OPERATOR: [given["operator_namespace"]],
                ATTENDEE: given["attendee_namespaces"],
                KAFKA: given["kafka_namespaces"],
                **{place: list(filter(None, [given[name]])) for place, name in ONE_OR_NONE.items()},
            },
            given["features"],
            given["package"],
            given["operator_watch"],
        )
    except ImportError:
        raise
    except Exception as error:  # each library on the way has errors of its own
        return {"msg": str(getattr(error, "reason", None) or error) or type(error).__name__, "unseen": {}}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            "kubeconfig": {"type": "path", "default": ""},
            "attendee_namespaces": {"type": "list", "elements": "str", "default": []},
            "kafka_namespaces": {"type": "list", "elements": "str", "default": []},
            "object_store_namespace": {"type": "str", "default": ""},
            "router_namespace": {"type": "str", "default": ""},
            "image_project": {"type": "str", "default": ""},
            "operator_namespace": {"type": "str", "required": True},
            "operator_install": {"type": "str", "default": "manifests"},
            "features": {"type": "list", "elements": "str", "default": ["namespace"]},
            "catalog_namespace": {"type": "str", "default": ""},
            "operator_watch": {"type": "str", "default": "all"},
            "package": {"type": "str", "default": ""},
        },
        supports_check_mode=True,
    )
    try:
        module.exit_json(changed=False, **answer(module.params))
    except ImportError as error:
        module.fail_json(msg=f"The Python package {error.name} is missing: run `make setup`.")


if __name__ == "__main__":
    main()
