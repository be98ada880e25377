"""What an inventory asks of the platform, and whether it is there: found by the API groups that a cluster serves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.attendees import names
from ansible_collections.catdog.lab.plugins.module_utils.check_lines import FAILURE, OK, Line, line, unseen_line

ROUTES, PROJECTS, GATEWAYS = "route.openshift.io", "project.openshift.io", "gateway.networking.k8s.io"
BUILDS = "build.openshift.io"  # an OpenShift can be installed without
OPENSHIFT = "security.openshift.io"  # served by OpenShift alone: Routes and projects may have come to another cluster
OTHER_WAYS = "Use another kind (ingress, nodeport, none), or another cluster."
# What a kind of exposure takes, in words, with the API group that serves it.
NEEDS = {
    "route": (ROUTES, "Routes"),
    "tlsroute": (GATEWAYS, "Gateway API"),
}


def asked_kinds(attendees: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The kinds of exposure that labs ask for, each with the variables that do."""
    asked: dict[str, list[str]] = {}
    for attendee in attendees:
        for variable, kind in attendee["exposures"].items():
            if variable not in asked.setdefault(kind, []):
                asked[kind].append(variable)
    return asked


def wanted_features(
    attendees: Iterable[Mapping[str, Any]],
    namespace_kind: str,
    isolation: bool,
    router: bool = False,
    object_store: str = "none",
    image_project: str = "",
) -> list[str]:
    """What the lab is made of on this platform, for the rights that it takes and the questions that are put.

    `router`: whether the run brings up a router of the lab's own; `object_store`: how its object store is exposed;
    `image_project`: where the cluster builds images.
    """
    parts = {
        "isolation": isolation,
        "router": router,
        "builds": bool(image_project),
        object_store: object_store != "none",
    }
    return sorted({*asked_kinds(attendees), namespace_kind, *(name for name, wanted in parts.items() if wanted)})


def with_router(seen: Mapping[str, Any], router_class: str) -> tuple[list[str], list[str]]:
    """API groups and IngressClasses that the cluster shows, and those of a router that the run brings up.

    `router_class`: the class of that router; empty: there is none.
    """
    groups, classes = (list(seen.get(name) or []) for name in ("groups", "ingress_classes"))
    return ([*groups, ROUTES], [*classes, router_class]) if router_class else (groups, classes)


def platform_lines(
    groups: Collection[str],
    attendees: Iterable[Mapping[str, Any]],
    namespace_kind: str,
    unseen: Mapping[str, str],
    image_project: str = "",
) -> list[Line]:
    """`groups`: API groups that the cluster serves; `namespace_kind`: namespace or project (lab_namespace_kind).

    `image_project`: where the cluster is to build images (lab_image_project); empty: nowhere.
    """
    if why := unseen.get("groups"):
        return [unseen_line("platform", why)]
    lines = []
    for kind, variables in asked_kinds(attendees).items():
        group, what = NEEDS.get(kind, ("", ""))
        if group and group not in groups:
            asking = f"{names(variables)} {'ask' if len(variables) > 1 else 'asks'} for {kind}"
            found = f"{asking}, and the cluster has no {what} (API group {group}){_told(groups)}."
            lines.append(line("platform", FAILURE, found, OTHER_WAYS))
    if namespace_kind == "project" and PROJECTS not in groups:
        found = f"lab_namespace_kind asks for projects, and the cluster has none (API group {PROJECTS}){_told(groups)}."
        lines.append(line("platform", FAILURE, found, "Set it to namespace."))
    if image_project and BUILDS not in groups:
        found = f"lab_image_project asks for builds, and the cluster has none (API group {BUILDS}){_told(groups)}."
        lines.append(line("platform", FAILURE, found, "Leave it out, and set lab_registry or lab_notebook_image."))
    return lines or [line("platform", OK, "OpenShift" if OPENSHIFT in groups else "Kubernetes")]


def _told(groups: Collection[str]) -> str:
    return "" if OPENSHIFT in groups else ": it is no OpenShift"


def ingress_class_lines(
    classes: Sequence[str], attendees: Iterable[Mapping[str, Any]], wanted: str, unseen: Mapping[str, str]
) -> list[Line]:
    """`classes`: names of the cluster's IngressClasses; `wanted`: lab_ingress_class, which has to be one of them."""
    variables = asked_kinds(attendees).get("ingress")
    if not variables:
        return []
    if why := unseen.get("ingress_classes"):
        return [unseen_line("ingress class", why)]
    if wanted in classes:
        return [line("ingress class", OK, wanted)]
    found = (
        f"{names(variables)} {'ask' if len(variables) > 1 else 'asks'} for ingress with the class "
        f"'{wanted}' (lab_ingress_class), and the cluster has {names(classes) or 'no IngressClass'}."
    )
    fix = "Name one that it has." if classes else "Have a controller installed, or use another kind (nodeport, none)."
    return [line("ingress class", FAILURE, found, fix)]
