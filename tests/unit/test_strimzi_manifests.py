"""An operator's manifests, a release's or the stand-in's, are made to fit without losing anything."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

ENV = {"STRIMZI_NAMESPACE": "*", "EXTRA": "1"}


@pytest.fixture(scope="module")
def plugin(load_plugin: Callable[[str], ModuleType]) -> ModuleType:
    return load_plugin("filter/strimzi_manifests")


def manifest(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **more}


def release() -> list[dict[str, Any] | None]:
    subjects = [{"kind": "ServiceAccount", "name": "strimzi-cluster-operator", "namespace": "myproject"}]
    field = {"fieldRef": {"fieldPath": "metadata.namespace"}}
    container = {"name": "strimzi-cluster-operator", "image": "release:1"}
    container["env"] = [{"name": "STRIMZI_NAMESPACE", "valueFrom": field}, {"name": "KEPT", "value": "a"}]
    pod = {"serviceAccountName": "strimzi-cluster-operator", "containers": [container]}
    return [
        manifest("Deployment", "strimzi-cluster-operator", spec={"template": {"spec": pod}}),
        None,
        manifest("RoleBinding", "strimzi-cluster-operator", subjects=subjects),
        manifest("ClusterRoleBinding", "strimzi-cluster-operator", subjects=subjects),
        manifest("ServiceAccount", "strimzi-cluster-operator"),
        manifest("CustomResourceDefinition", "kafkas.kafka.strimzi.io"),
    ]


def by_name(documents: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    [found] = [d for d in documents if d["kind"] == kind and d["metadata"]["name"] == name]
    return found


def test_namespaces_of_objects_and_subjects_are_rewritten(plugin: ModuleType) -> None:
    made = plugin.strimzi_manifests(release(), "amq-streams", ENV)
    assert by_name(made, "ServiceAccount", "strimzi-cluster-operator")["metadata"]["namespace"] == "amq-streams"
    assert "namespace" not in by_name(made, "CustomResourceDefinition", "kafkas.kafka.strimzi.io")["metadata"]
    subjects = [subject["namespace"] for document in made for subject in document.get("subjects", [])]
    assert subjects == ["amq-streams"] * 5


def test_three_cluster_wide_bindings_are_added_once(plugin: ModuleType) -> None:
    made = plugin.strimzi_manifests(release(), "amq-streams", ENV)
    roles = {d["roleRef"]["name"] for d in made if "roleRef" in d}
    assert roles == {
        "strimzi-cluster-operator-namespaced",
        "strimzi-cluster-operator-watched",
        "strimzi-entity-operator",
    }
    assert plugin.strimzi_manifests(made, "amq-streams", ENV) == made


def test_environment_is_set_over_the_manifests(plugin: ModuleType) -> None:
    made = plugin.strimzi_manifests(release(), "amq-streams", ENV, image="ours:2")
    container = made[-1]["spec"]["template"]["spec"]["containers"][0]
    assert container["env"] == [
        {"name": "KEPT", "value": "a"},
        {"name": "STRIMZI_NAMESPACE", "value": "*"},
        {"name": "EXTRA", "value": "1"},
    ]
    assert container["image"] == "ours:2"


def test_the_operator_is_the_deployment_of_the_name_and_account_that_the_manifests_give_it(plugin: ModuleType) -> None:
    documents = release()
    documents[0]["metadata"]["name"] = "amq-streams-operator"
    documents[0]["spec"]["template"]["spec"]["serviceAccountName"] = "amq"
    with pytest.raises(AnsibleFilterError, match="0 Deployments named strimzi-cluster-operator"):
        plugin.strimzi_manifests(documents, "amq-streams", ENV)
    made = plugin.strimzi_manifests(documents, "amq-streams", ENV, deployment="amq-streams-operator")
    added = by_name(made, "ClusterRoleBinding", "strimzi-cluster-operator-watched")
    assert [subject["name"] for subject in added["subjects"]] == ["amq"]
    assert made[-1]["spec"]["template"]["spec"]["containers"][0]["env"][-1] == {"name": "EXTRA", "value": "1"}


def test_crds_come_first_and_the_deployment_last(plugin: ModuleType) -> None:
    kinds = [document["kind"] for document in plugin.strimzi_manifests(release(), "amq-streams", ENV)]
    assert (kinds[0], kinds[-1]) == ("CustomResourceDefinition", "Deployment")


@pytest.mark.parametrize(
    ("documents", "said"),
    [([], "hold 0 Deployments"), (["text"], "no Kubernetes object"), ([{"kind": "X"}], "no Kubernetes object")],
)
def test_what_is_no_operator_is_refused(plugin: ModuleType, documents: list[Any], said: str) -> None:
    with pytest.raises(AnsibleFilterError, match=said):
        plugin.strimzi_manifests(documents, "amq-streams", ENV)


def test_identities_suffice_to_take_objects_back(plugin: ModuleType) -> None:
    made = plugin.manifest_identities(plugin.strimzi_manifests(release(), "amq-streams", ENV))
    assert made[0] == manifest("CustomResourceDefinition", "kafkas.kafka.strimzi.io")
    assert made[-1]["metadata"] == {"name": "strimzi-cluster-operator", "namespace": "amq-streams"}
    assert len(made) == 8


def roles_and_bindings() -> list[dict[str, Any]]:
    """A release's rights: for the watched namespaces, for its own, for the cluster."""
    subjects = [{"kind": "ServiceAccount", "name": "strimzi-cluster-operator", "namespace": "myproject"}]
    names = ("namespaced", "watched", "leader-election", "global")
    roles = [manifest("ClusterRole", f"strimzi-cluster-operator-{name}") for name in names]
    bindings = [
        manifest(
            kind, name, subjects=subjects, roleRef={"kind": "ClusterRole", "name": f"strimzi-cluster-operator-{role}"}
        )
        for kind, name, role in (
            ("RoleBinding", "a", "namespaced"),
            ("RoleBinding", "b", "watched"),
            ("RoleBinding", "c", "leader-election"),
            ("ClusterRoleBinding", "d", "global"),
        )
    ]
    return [*roles, *bindings, *[d for d in release() if d and d["kind"] in ("Deployment", "CustomResourceDefinition")]]


def places(documents: list[dict[str, Any]]) -> list[str]:
    return sorted(f"{d['kind']} {d['metadata'].get('namespace', '-')}/{d['metadata']['name']}" for d in documents)


def test_an_operator_for_some_namespaces_is_bound_in_each_and_nowhere_else(plugin: ModuleType) -> None:
    made = plugin.strimzi_manifests(roles_and_bindings(), "amq-streams", ENV, watched=["ada", "bob"])
    assert places(made) == [
        "Deployment amq-streams/strimzi-cluster-operator",
        "RoleBinding ada/a",
        "RoleBinding ada/b",
        "RoleBinding amq-streams/c",
        "RoleBinding bob/a",
        "RoleBinding bob/b",
    ]
    assert {subject["namespace"] for d in made for subject in d.get("subjects", [])} == {"amq-streams"}


def test_what_is_the_clusters_is_for_an_administrator(plugin: ModuleType) -> None:
    made = plugin.administrator_manifests(roles_and_bindings(), "amq-streams")
    assert places(made) == [
        "ClusterRole -/strimzi-cluster-operator-global",
        "ClusterRole -/strimzi-cluster-operator-leader-election",
        "ClusterRole -/strimzi-cluster-operator-namespaced",
        "ClusterRole -/strimzi-cluster-operator-watched",
        "ClusterRoleBinding -/d",
        "CustomResourceDefinition -/kafkas.kafka.strimzi.io",
    ]
