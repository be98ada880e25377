"""What keeps a cluster from carrying the lab, in lines of preflight's table.

Each function judges one thing that module cluster_capacity_info saw. `unseen` has what the cluster did not show to this
user, by its name, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.attendees import names
from ansible_collections.catdog.lab.plugins.module_utils.capacity import node_lines, quota_lines
from ansible_collections.catdog.lab.plugins.module_utils.check_lines import (
    FAILURE,
    OK,
    WARNING,
    Line,
    line,
    unseen_line,
)
from ansible_collections.catdog.lab.plugins.module_utils.olm_checks import NO_OLM, NO_OLM_FIX, catalog_failures
from ansible_collections.catdog.lab.plugins.module_utils.platform_checks import (
    ingress_class_lines,
    platform_lines,
    with_router,
)

API = "v1"  # the version of Strimzi's API that the lab speaks


def seen_lines(seen: Mapping[str, Any], lab: Mapping[str, Any]) -> list[Line]:
    """All that module cluster_capacity_info saw, judged, save the seats.

    `lab`: what it asks for, by the names of the functions' parameters below.
    """
    if "version" not in seen:
        found = f"the cluster does not answer: {seen.get('msg') or 'no reason given'}."
        return [line("cluster", WARNING, found, "`make lab` starts it, or says what is wrong with it.")]
    unseen, attendees = seen["unseen"], lab["attendees"]
    granted = seen.get("permissions") or {"denied": [], "asked": 0}
    groups, classes = with_router(seen, lab["router_class"])
    return [
        *version_lines(seen["version"], lab["least"]),
        *platform_lines(groups, attendees, lab["namespace_kind"], unseen, lab["image_project"]),
        *ingress_class_lines(classes, attendees, lab["ingress_class"], unseen),
        *permission_lines(granted["denied"], granted["asked"], unseen),
        *crd_lines(seen.get("crds") or [], lab["own"]["install"], unseen),
        *(olm_lines(seen.get("olm"), lab["wanted"], unseen) if lab["own"]["install"] == "olm" else []),
        *operator_lines(seen.get("operators") or [], lab["records"], lab["own"], attendees, unseen),
        *node_lines(seen.get("nodes") or [], unseen),
        *storage_class_lines(seen.get("storage_classes") or [], lab["storages"], unseen),
        *quota_lines(seen.get("quotas") or [], attendees, lab["profiles"], lab["requests"], unseen),
    ]


def version_lines(version: Mapping[str, str], least: str) -> list[Line]:
    """`version`: what the API server says of itself; `least`: the oldest one that Strimzi runs on, e.g. 1.30."""
    found = version.get("gitVersion", "")
    numbers = tuple(int("".join(filter(str.isdigit, version.get(key, ""))) or 0) for key in ("major", "minor"))
    if numbers >= tuple(map(int, least.split("."))):
        return [line("Kubernetes", OK, found)]
    fix = f"Upgrade the cluster to {least} or newer, or take another one."
    return [line("Kubernetes", FAILURE, f"the cluster is Kubernetes {found}, too old for Strimzi's release.", fix)]


def permission_lines(denied: Iterable[Mapping[str, Any]], asked: int, unseen: Mapping[str, str]) -> list[Line]:
    """`denied`: the questions that the access review answered with no; `asked`: how many were put."""
    if why := unseen.get("permissions"):
        return [unseen_line("permissions", why)]
    denied = list(denied)
    if not denied:
        return [line("permissions", OK, f"all {asked} that were asked for" if asked > 1 else "all there are")]
    # What only the installation of an operator needs can be done without.
    ways = {
        ", or have the operator installed (lab_operator_install=existing), or what is the whole cluster's prepared "
        "(playbooks/administrator.yml, lab_operator_watch=attendees)": [x for x in denied if x["operator"]],
        "": [x for x in denied if not x["operator"]],
    }
    return [
        line(
            "permissions",
            FAILURE,
            f"this user may not {'; '.join(_lacks(lacking))}.",
            f"Have a cluster administrator grant it{way}.",
        )
        for way, lacking in ways.items()
        if lacking
    ]


def _lacks(denied: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is denied, in words: all verbs of a resource together, and all namespaces of the same verbs."""
    verbs: dict[tuple[str, str, str], list[str]] = {}
    for entry in denied:
        verbs.setdefault((entry["resource"], entry["purpose"], entry["namespace"]), []).append(entry["verb"])
    where: dict[tuple[str, str, str], list[str]] = {}
    for (resource, purpose, namespace), missing in verbs.items():
        where.setdefault((", ".join(missing), resource, purpose), []).extend([namespace] if namespace else [])
    return [
        f"{missing} {resource}{f' in {names(namespaces)}' if namespaces else ''} ({purpose})"
        for (missing, resource, purpose), namespaces in where.items()
    ]


def crd_lines(crds: Sequence[Mapping[str, Any]], install: str, unseen: Mapping[str, str]) -> list[Line]:
    """Strimzi's CRDs: what another version stored stops the ones of today, and v1 must be served where it is used."""
    if why := unseen.get("crds"):
        return [unseen_line("Strimzi's CRDs", why)]
    lines, applied = [], install != "existing"
    for crd in crds:
        old = [version for version in crd["stored"] if version != API]
        if API not in crd["served"] and not applied:
            found = f"{crd['name']} serves {', '.join(crd['served'])} and not {API}, which the lab speaks."
            fix = "Have the operator upgraded to Strimzi 0.49 or newer."
            lines.append(line("Strimzi's CRDs", FAILURE, found, fix))
        elif old:
            found = (
                f"{crd['name']} has stored {' and '.join(old)} (status.storedVersions), which the CRD of today has no "
                f"more{', and the cluster will refuse it' if applied else ''}."
            )
            fix = (
                "Convert what is there and the CRD with Strimzi's API conversion tool (convert-resource, crd-upgrade), "
                f"or, if no one needs it, kubectl delete crd {crd['name']}, which deletes all objects of that kind."
            )
            lines.append(line("Strimzi's CRDs", FAILURE if applied else WARNING, found, fix))
    known = f"{len(crds)}, all stored as {API}" if crds else "none yet"
    return lines or [line("Strimzi's CRDs", OK, known)]


def olm_lines(olm: Mapping[str, Any] | None, wanted: Mapping[str, str], unseen: Mapping[str, str]) -> list[Line]:
    """`olm`: catalogs and packages that the cluster shows, None where it has no OLM; `wanted`: that of olm_checks."""
    if why := unseen.get("olm"):
        return [unseen_line("OLM", why)]
    if olm is None:
        return [line("OLM", FAILURE, NO_OLM, NO_OLM_FIX)]
    failures = catalog_failures(olm["catalogs"], olm["packages"], wanted)
    return [line("OLM", FAILURE, failure) for failure in failures] or [line("OLM", OK, f"has {wanted['csv']}")]


def operator_lines(
    operators: Iterable[Mapping[str, Any]],
    records: Sequence[Any],
    own: Mapping[str, str],
    attendees: Iterable[Mapping[str, Any]],
    unseen: Mapping[str, str],
) -> list[Line]:
    """Strimzi operators that are not the lab's own: two that watch one namespace undo each other's work.

    `records`: the ConfigMaps that tell what the lab applied; `own`: `install`, `namespace` and `deployment` of its own.
    """
    if why := unseen.get("operators"):
        return [unseen_line("other operators", why)]
    applied = own["install"] != "existing"
    wanted = {entry["namespace"] for entry in attendees}
    lines = []
    for entry in operators:
        is_named = (entry["namespace"], entry["name"]) == (own["namespace"], own["deployment"])
        if is_named and (records or not applied):
            continue
        meets = wanted if "*" in entry["watches"] else wanted & set(entry["watches"])
        title = f"{entry['kind']} {entry['namespace']}/{entry['name']}"
        watched = "all namespaces" if "*" in entry["watches"] else names(entry["watches"])
        fix = (
            f"Use it: lab_operator_install=existing, lab_operator_namespace={entry['namespace']}, "
            f"lab_operator_deployment={entry['name']}; or have it removed."
        )
        if meets:
            found = f"a Strimzi operator that is not this lab's ({title}) watches {watched}, and so the attendees'."
            lines.append(line("other operators", FAILURE, found, fix))
        elif applied and own.get("watch") != "attendees":
            found = f"a Strimzi operator that is not this lab's ({title}) watches {watched}; the lab's own would watch "
            lines.append(line("other operators", FAILURE, f"{found}all namespaces, and so these, too.", fix))
    return lines or [line("other operators", OK, "none that would meddle")]


def storage_class_lines(
    classes: Sequence[Mapping[str, Any]], storages: Mapping[str, Any], unseen: Mapping[str, str]
) -> list[Line]:
    """`storages`: what is asked for, by the variable that says it; persistent claims alone need a StorageClass."""
    claims = {
        variable: storage
        for variable, storage in storages.items()
        if isinstance(storage, Mapping) and storage.get("type") == "persistent-claim"
    }
    if not claims:
        return [line("storage class", OK, "not needed, all storage is ephemeral")]
    if why := unseen.get("storage_classes"):
        return [unseen_line("storage class", why)]
    known = names([entry["name"] for entry in classes]) or "none"
    default = next((entry["name"] for entry in classes if entry["default"]), "")
    lines, found = [], []
    for variable, storage in claims.items():
        wanted = storage.get("class")
        if wanted and not any(entry["name"] == wanted for entry in classes):
            said = f"{variable} names the StorageClass {wanted}, and the cluster has {known}."
            lines.append(line("storage class", FAILURE, said, "Name one that it has, or none for its default."))
        elif not wanted and not default:
            said = f"{variable} asks for volumes, and no StorageClass is the cluster's default (it has {known})."
            fix = f"Name one as class in {variable}, or make one the default."
            lines.append(line("storage class", FAILURE, said, fix))
        else:
            found.append(wanted or f"{default} (default)")
    return lines or [line("storage class", OK, names(set(found)))]


def pull_lines(images: Iterable[str], answers: Mapping[str, str]) -> list[Line]:
    """Images that the cluster pulls itself: `answers` has what is wrong with a registry, asked from this machine."""
    images = list(images)
    fix = "Check network and proxy, or go on if the cluster reaches what this machine does not."
    return [
        line(
            "images",
            WARNING,
            f"the registry {host} does not answer this machine ({error}), and the cluster has to pull "
            f"{' and '.join(image for image in images if image.partition('/')[0] == host)} from it.",
            fix,
        )
        for host, error in answers.items()
        if error
    ] or [line("images", OK, f"registry {names(answers)} answers" if answers else "no registry is named")]
