"""What keeps the Operator Lifecycle Manager (OLM) from an operator, seen before it is asked for one, in words.

Objects are as the API server gives them. `wanted` says what is asked for: `package`, `channel`, `csv` (the
ClusterServiceVersion, which is the version), `catalog` and `catalog_namespace`, and the operator's own `namespace`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.attendees import names

Object = Mapping[str, Any]

GROUP_VERSION = "operators.coreos.com/v1alpha1"
PACKAGES = "packages.operators.coreos.com/v1"
NO_OLM = f"the cluster has no Operator Lifecycle Manager (no API {GROUP_VERSION}), and lab_operator_install is olm."
NO_OLM_FIX = (
    "Set lab_operator_install=manifests, which applies a release of Strimzi itself, or have OLM installed; OpenShift "
    "has it from the start."
)
OWNER = ("app.kubernetes.io/managed-by", "catdog-lab")
ALL_NAMESPACES = "AllNamespaces"


def is_ours(entry: Object) -> bool:
    """Whether this bundle made an object, by its label."""
    return (entry["metadata"].get("labels") or {}).get(OWNER[0]) == OWNER[1]


def absent_failures(is_served: bool) -> list[str]:
    """`is_served`: whether the cluster serves OLM's API."""
    return [] if is_served else [f"{NO_OLM} {NO_OLM_FIX}"]


def catalog_failures(catalogs: Sequence[Object], packages: Iterable[Object], wanted: Mapping[str, str]) -> list[str]:
    """`catalogs`: CatalogSources of the catalog's namespace; `packages`: PackageManifests that are seen there."""
    catalog, where = wanted["catalog"], wanted["catalog_namespace"]
    found = [entry for entry in catalogs if entry["metadata"]["name"] == catalog]
    if not found:
        known = names([entry["metadata"]["name"] for entry in catalogs]) or "none"
        return [
            f"namespace {where} (lab_operator_catalog_namespace) has no CatalogSource {catalog} (lab_operator_catalog) "
            f"but {known}. Name one that the cluster has: kubectl get catalogsources --all-namespaces."
        ]
    package = next((entry for entry in packages if _is_wanted(entry, wanted)), None)
    if package:
        return package_failures(package, wanted)
    state = ((found[0].get("status") or {}).get("connectionState") or {}).get("lastObservedState")
    if state != "READY":
        return [
            f"CatalogSource {where}/{catalog} does not answer (its connection is {state or 'not there yet'}) and shows "
            f"no package {wanted['package']}. Its pod says why: "
            f"kubectl -n {where} get pods -l olm.catalogSource={catalog}; then try again."
        ]
    return [
        f"CatalogSource {where}/{catalog} has no package {wanted['package']} (lab_operator_package). What it has: "
        f"kubectl -n {where} get packagemanifests -l catalog={catalog}."
    ]


def _is_wanted(package: Object, wanted: Mapping[str, str]) -> bool:
    status = package.get("status") or {}
    keys = {"package": "packageName", "catalog": "catalogSource", "catalog_namespace": "catalogSourceNamespace"}
    return all(status.get(key) == wanted[name] for name, key in keys.items())


def package_failures(package: Object, wanted: Mapping[str, str]) -> list[str]:
    """Channel and version, and whether the operator may watch what it is asked to. `package`: a PackageManifest."""
    channels = {entry["name"]: entry for entry in package["status"].get("channels") or []}
    name, channel = wanted["package"], channels.get(wanted["channel"])
    if channel is None:
        return [
            f"package {name} has no channel {wanted['channel']} (lab_operator_channel), but {names(list(channels))}. "
            "Name one of them."
        ]
    versions = list(dict.fromkeys(entry["name"] for entry in channel.get("entries") or []))  # none: an older OLM
    versions = versions or [channel.get("currentCSV", "")]
    if wanted["csv"] not in versions and (channel.get("entries") or not wanted["csv"]):
        asked = f"no {wanted['csv']} (lab_operator_csv)" if wanted["csv"] else "versions; lab_operator_csv names none"
        return [f"channel {wanted['channel']} of package {name} has {asked}. Name one that it has: {names(versions)}."]
    modes = (channel.get("currentCSVDesc") or {}).get("installModes") or []
    if any(mode["type"] == ALL_NAMESPACES and not mode["supported"] for mode in modes):
        return [
            f"the operator of package {name} does not watch all namespaces ({ALL_NAMESPACES} of its installModes). "
            "Take another channel (lab_operator_channel)."
        ]
    return []


def group_failures(groups: Sequence[Object], namespace: str) -> list[str]:
    """OLM gives an operator the one OperatorGroup of its namespace, and none where there are two."""
    others = [entry["metadata"]["name"] for entry in groups if not is_ours(entry)]
    if len(groups) > 1:
        all_names = names([entry["metadata"]["name"] for entry in groups])
        return [
            f"namespace {namespace} has the OperatorGroups {all_names}, and "
            "OLM installs nothing beside two. Have one removed, or choose another namespace (lab_operator_namespace)."
        ]
    if not others:
        return []
    watched = _watched(groups[0])
    if watched == [""]:
        return []
    return [
        f"namespace {namespace} has an OperatorGroup {others[0]} of others for {names(watched) or 'no namespace'}, and "
        "an operator there would not see the attendees'. Choose another namespace (lab_operator_namespace), or have it "
        "changed to all namespaces."
    ]


def _watched(group: Object) -> list[str]:
    """The namespaces of an OperatorGroup; one empty name stands for all."""
    spec = group.get("spec") or {}
    if named := spec.get("targetNamespaces"):
        return list(named)
    return (group.get("status") or {}).get("namespaces") or ([] if spec.get("selector") else [""])


def subscription_failures(subscriptions: Iterable[Object], wanted: Mapping[str, str]) -> list[str]:
    """Others' Subscriptions in the operator's namespace: OLM resolves all of a namespace together."""
    others = [entry for entry in subscriptions if not is_ours(entry)]
    same = [entry["metadata"]["name"] for entry in others if entry["spec"]["name"] == wanted["package"]]
    where = f"namespace {wanted['namespace']}"
    if same:
        return [
            f"{where} has a Subscription {same[0]} of others for {wanted['package']}. Use that operator "
            "(lab_operator_install=existing), or choose another namespace for the lab's own (lab_operator_namespace)."
        ]
    return [
        f"{where} has a Subscription {entry['metadata']['name']} of others. OLM would install both in one plan: "
        "choose another namespace (lab_operator_namespace)."
        for entry in others
    ]
