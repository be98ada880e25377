"""Filters: make a Strimzi operator's manifests fit a lab, whichever release or stand-in they come from."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from ansible.errors import AnsibleFilterError

OPERATOR = "strimzi-cluster-operator"
# Roles that an operator for all namespaces needs cluster-wide. Source, of the names too: Strimzi's documentation
# of a Cluster Operator that watches all namespaces.
CLUSTER_WIDE = {
    f"{OPERATOR}-namespaced": f"{OPERATOR}-namespaced",
    f"{OPERATOR}-watched": f"{OPERATOR}-watched",
    f"{OPERATOR}-entity-operator-delegation": "strimzi-entity-operator",
}
CLUSTER_KINDS = {"ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "Namespace", "PriorityClass"}
BINDINGS = {"RoleBinding", "ClusterRoleBinding"}


def strimzi_manifests(
    documents: list[dict[str, Any]], namespace: str, env: dict[str, str], image: str = ""
) -> list[dict[str, Any]]:
    """The manifests for an operator in `namespace` that watches all namespaces, in the order in which to apply them.

    `env` is set on the operator's container over what the manifests set; `image` replaces its image, if given.
    Raises AnsibleFilterError if the documents hold no operator.
    """
    documents = [deepcopy(document) for document in documents if document]
    for document in documents:
        if not isinstance(document, dict) or not document.get("kind") or not document.get("metadata", {}).get("name"):
            raise AnsibleFilterError(f"The operator's manifests hold what is no Kubernetes object: {document!r:.200}")
    deployments = [document for document in documents if is_operator(document)]
    if len(deployments) != 1:
        raise AnsibleFilterError(
            f"The operator's manifests hold {len(deployments)} Deployments named {OPERATOR}, expected one: "
            "strimzi_operator_source must lead to the release's folder install/cluster-operator, to its one-file form, "
            "or to both the folder of CRDs and the one of the operator."
        )
    for document in documents:
        if document["kind"] not in CLUSTER_KINDS:
            document["metadata"]["namespace"] = namespace
        if document["kind"] in BINDINGS:
            for subject in document.get("subjects", []):
                subject["namespace"] = namespace
    set_container(deployments[0], env, image)
    documents = [document for document in documents if document["kind"] != "Namespace"]
    names = {document["metadata"]["name"] for document in documents if document["kind"] == "ClusterRoleBinding"}
    documents += [binding(name, role, namespace) for name, role in CLUSTER_WIDE.items() if name not in names]
    return sorted(documents, key=rank)


def is_operator(document: dict[str, Any]) -> bool:
    return document["kind"] == "Deployment" and document["metadata"]["name"] == OPERATOR


def set_container(deployment: dict[str, Any], env: dict[str, str], image: str) -> None:
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    kept = [entry for entry in container.get("env", []) if entry["name"] not in env]
    container["env"] = kept + [{"name": name, "value": str(value)} for name, value in env.items()]
    if image:
        container["image"] = image


def binding(name: str, role: str, namespace: str) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name, "labels": {"app": "strimzi"}},
        "subjects": [{"kind": "ServiceAccount", "name": OPERATOR, "namespace": namespace}],
        "roleRef": {"kind": "ClusterRole", "name": role, "apiGroup": "rbac.authorization.k8s.io"},
    }


def rank(document: dict[str, Any]) -> int:
    """CRDs before all else, the Deployment that needs the rest last."""
    return {"CustomResourceDefinition": 0, "Deployment": 2}.get(document["kind"], 1)


def manifest_identities(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is needed to take each document's object back: a manifest with its kind, name and namespace only."""
    return [
        {
            "apiVersion": document["apiVersion"],
            "kind": document["kind"],
            "metadata": {key: value for key, value in document["metadata"].items() if key in ("name", "namespace")},
        }
        for document in documents
    ]


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"strimzi_manifests": strimzi_manifests, "manifest_identities": manifest_identities}
