"""Filters: make a Strimzi operator's manifests fit a lab, whichever release or stand-in they come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.catdog.lab.plugins.module_utils.operator_images import (
    operator_container,
    operator_deployment,
)

# Roles that an operator for all namespaces needs cluster-wide. Source, of the names too: Strimzi's documentation
# of a Cluster Operator that watches all namespaces. They do not change with the Deployment's name.
CLUSTER_WIDE = {
    "strimzi-cluster-operator-namespaced": "strimzi-cluster-operator-namespaced",
    "strimzi-cluster-operator-watched": "strimzi-cluster-operator-watched",
    "strimzi-cluster-operator-entity-operator-delegation": "strimzi-entity-operator",
}
CRD = "CustomResourceDefinition"
CLUSTER_KINDS = {"ClusterRole", "ClusterRoleBinding", CRD, "Namespace", "PriorityClass"}
BINDINGS = {"RoleBinding", "ClusterRoleBinding"}


def strimzi_manifests(
    documents: list[dict[str, Any]],
    namespace: str,
    env: dict[str, str],
    image: str = "",
    deployment: str = "strimzi-cluster-operator",
    watched: list[str] | None = None,
) -> list[dict[str, Any]]:
    """The manifests for an operator in `namespace`, in the order in which to apply them.

    It watches all namespaces, by three more ClusterRoleBindings; or those of `watched`, by RoleBindings in each, and
    then nothing of the whole cluster is among the manifests (that is `administrator_manifests`). The operator is the
    Deployment of the name `deployment`. `env` is set on its container over what the manifests set; `image` replaces its
    image, if given. Raises AnsibleFilterError if the documents hold no operator.
    """
    documents = [document for document in documents if document]
    for document in documents:
        if not isinstance(document, dict) or not document.get("kind") or not document.get("metadata", {}).get("name"):
            raise AnsibleFilterError(f"The operator's manifests hold what is no Kubernetes object: {document!r:.200}")
    # CRDs stay as they are: a copy of Kafka's takes seconds, as Ansible makes its parts one by one.
    documents = [document if document["kind"] == CRD else plain_copy(document) for document in documents]
    try:
        operator = operator_deployment(documents, deployment)
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from None  # Ansible would print the cause again
    for document in documents:
        if document["kind"] not in CLUSTER_KINDS:
            document["metadata"]["namespace"] = namespace
        if document["kind"] in BINDINGS:
            for subject in document.get("subjects", []):
                subject["namespace"] = namespace
    set_container(operator_container(operator), env, image)
    documents = [document for document in documents if document["kind"] != "Namespace"]
    names = {document["metadata"]["name"] for document in documents if document["kind"] == "ClusterRoleBinding"}
    account = operator["spec"]["template"]["spec"].get("serviceAccountName", "default")
    if watched is not None:
        documents = [part for document in documents for part in in_namespaces(document, watched)]
    else:
        more = {name: role for name, role in CLUSTER_WIDE.items() if name not in names}
        documents += [binding(name, role, account, namespace) for name, role in more.items()]
    return sorted(documents, key=rank)


def in_namespaces(document: dict[str, Any], watched: list[str]) -> list[dict[str, Any]]:
    """What becomes of an object where the operator watches some namespaces: its rights are bound in each of them."""
    if document["kind"] in CLUSTER_KINDS:
        return []
    if document["kind"] == "RoleBinding" and document["roleRef"]["name"] in CLUSTER_WIDE.values():
        return [document | {"metadata": document["metadata"] | {"namespace": name}} for name in watched]
    return [document]


def administrator_manifests(
    documents: list[dict[str, Any]], namespace: str, deployment: str = "strimzi-cluster-operator"
) -> list[dict[str, Any]]:
    """What of an operator's manifests is the whole cluster's, for an operator that watches some namespaces.

    CRDs, ClusterRoles, and those ClusterRoleBindings that every operator needs. Raises AnsibleFilterError, as above.
    """
    made = strimzi_manifests(documents, namespace, {}, deployment=deployment)
    wide = {("ClusterRoleBinding", name) for name in CLUSTER_WIDE}
    return [d for d in made if d["kind"] in CLUSTER_KINDS and (d["kind"], d["metadata"]["name"]) not in wide]


def plain_copy(value: Any) -> Any:
    """A copy of mappings and lists: `deepcopy` of what Ansible hands over copies all of the play's variables, too."""
    if isinstance(value, Mapping):
        return {key: plain_copy(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain_copy(entry) for entry in value]
    return value


def set_container(container: dict[str, Any], env: dict[str, str], image: str) -> None:
    kept = [entry for entry in container.get("env", []) if entry["name"] not in env]
    container["env"] = kept + [{"name": name, "value": str(value)} for name, value in env.items()]
    if image:
        container["image"] = image


def binding(name: str, role: str, account: str, namespace: str) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name, "labels": {"app": "strimzi"}},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": namespace}],
        "roleRef": {"kind": "ClusterRole", "name": role, "apiGroup": "rbac.authorization.k8s.io"},
    }


def rank(document: dict[str, Any]) -> int:
    """CRDs before all else, the Deployment that needs the rest last."""
    return {CRD: 0, "Deployment": 2}.get(document["kind"], 1)


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
        return {
            "strimzi_manifests": strimzi_manifests,
            "administrator_manifests": administrator_manifests,
            "manifest_identities": manifest_identities,
        }
