"""Every right on the cluster that the lab's roles use, and what for: the one list of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

LOOK = ("get", "list")
KEEP = (*LOOK, "create", "patch", "delete")
WATCH = (*LOOK, "watch")
# Where a right is needed: for the whole cluster; in each attendee's namespace; in the operator's, if the lab brings it.
CLUSTER, ATTENDEE, OPERATOR = "cluster", "attendee", "operator"
# Where it applies the operator's manifests: in the operator's namespace, and for the whole cluster, if the operator
# watches all of it; if it watches the attendees' namespaces, an administrator has made that part, which is looked at.
APPLIED, APPLIED_WIDE, PREPARED = "applied", "applied-wide", "prepared"
# Where OLM installs it: for the whole cluster, in the operator's namespace, and in the one of the catalog.
OLM_WIDE, OLM, CATALOG = "olm-wide", "olm", "catalog"
# Rights that only who brings an operator needs, by how it comes (lab_operator_install) and what it watches.
OF_INSTALL = {
    ("manifests", "all"): (OPERATOR, APPLIED, APPLIED_WIDE),
    ("manifests", "attendees"): (OPERATOR, APPLIED, PREPARED),
    ("olm", "all"): (OPERATOR, OLM_WIDE, OLM, CATALOG),
}
INSTRUCTOR = "catdog-lab-instructor"
# What the labs of an instructor without rights on the whole cluster may be made of.
OF_INSTRUCTOR = ("namespace", "nodeport", "route", "ingress", "isolation")
RBAC, STRIMZI, OPERATORS = "rbac.authorization.k8s.io", "kafka.strimzi.io", "operators.coreos.com"
NETWORKING, ROUTE, PROJECT = "networking.k8s.io", "route.openshift.io", "project.openshift.io"
CRD = ("apiextensions.k8s.io", "customresourcedefinitions")


# What a project's admin may not do: a platform that hands out projects gives their bounds itself.
BEYOND_PROJECT = {"resourcequotas", "limitranges"}


class Permission(NamedTuple):
    """Verbs on a resource (`pods/exec`: a part of one), where, and what they are for.

    `feature`: what a lab is made of that needs them (a kind of exposure, namespace, project, isolation, router);
    empty: any.
    """

    group: str
    resource: str
    verbs: tuple[str, ...]
    where: str
    purpose: str
    feature: str = ""


PERMISSIONS = (
    Permission("", "namespaces", KEEP, CLUSTER, "each attendee's namespace", "namespace"),
    Permission(PROJECT, "projectrequests", ("create",), CLUSTER, "each attendee's project", "project"),
    Permission(PROJECT, "projects", ("list",), CLUSTER, "each attendee's project", "project"),
    Permission("", "services", ("list",), CLUSTER, "NodePorts that others have", "nodeport"),
    Permission(NETWORKING, "ingressclasses", LOOK, CLUSTER, "the class of Ingresses", "ingress"),
    Permission(*CRD, LOOK, CLUSTER, "Strimzi's API"),
    Permission(*CRD, ("create", "patch", "delete"), APPLIED_WIDE, "Strimzi's API"),
    Permission(RBAC, "clusterroles", KEEP, APPLIED_WIDE, "the operator's rights"),
    Permission(RBAC, "clusterrolebindings", KEEP, APPLIED_WIDE, "the operator's rights"),
    Permission(RBAC, "clusterroles", LOOK, PREPARED, "what an administrator has prepared"),
    Permission(RBAC, "clusterrolebindings", LOOK, PREPARED, "what an administrator has prepared"),
    Permission(RBAC, "rolebindings", KEEP, APPLIED, "the operator's rights"),
    Permission("", "serviceaccounts", KEEP, APPLIED, "the operator"),
    Permission("apps", "deployments", ("create", "patch", "delete"), APPLIED, "the operator"),
    Permission(*CRD, ("delete",), OLM_WIDE, "removal of what OLM leaves"),
    Permission(OPERATORS, "operators", (*LOOK, "delete"), OLM_WIDE, "removal of what OLM leaves"),
    Permission(OPERATORS, "subscriptions", KEEP, OLM, "the operator's installation"),
    Permission(OPERATORS, "operatorgroups", KEEP, OLM, "the operator's installation"),
    Permission(OPERATORS, "installplans", (*LOOK, "patch"), OLM, "approval of the operator's version"),
    Permission(OPERATORS, "clusterserviceversions", (*LOOK, "delete"), OLM, "the operator's version"),
    Permission(OPERATORS, "catalogsources", LOOK, CATALOG, "the operator's catalog"),
    Permission("packages.operators.coreos.com", "packagemanifests", LOOK, CATALOG, "the operator's catalog"),
    Permission("", "configmaps", KEEP, OPERATOR, "the operator and the record of what was applied"),
    Permission("apps", "deployments", WATCH, OPERATOR, "the operator's state"),
    Permission("", "pods", LOOK, OPERATOR, "the operator's state"),
    Permission("", "pods/log", ("get",), OPERATOR, "what the operator says of a failure"),
    Permission(STRIMZI, "kafkas", KEEP, ATTENDEE, "Kafka"),
    Permission(STRIMZI, "kafkanodepools", KEEP, ATTENDEE, "Kafka"),
    Permission(STRIMZI, "kafkatopics", KEEP, ATTENDEE, "topics"),
    Permission(STRIMZI, "kafkausers", KEEP, ATTENDEE, "users"),
    *(
        Permission(group, resource, KEEP, ATTENDEE, "keeping attendees apart", "isolation")
        for group, resource in (
            ("", "resourcequotas"),
            ("", "limitranges"),
            ("", "serviceaccounts"),
            (RBAC, "roles"),
            (RBAC, "rolebindings"),
            (NETWORKING, "networkpolicies"),
        )
    ),
    Permission("", "secrets", KEEP, ATTENDEE, "the notebook's token and Kafka's certificates"),
    Permission("", "configmaps", KEEP, ATTENDEE, "the notebook's settings"),
    Permission("", "services", KEEP, ATTENDEE, "the notebook's address"),
    Permission(ROUTE, "routes", KEEP, ATTENDEE, "the notebook's address", "route"),
    Permission(ROUTE, "routes/custom-host", ("create",), ATTENDEE, "TLS up to the notebook", "route"),
    Permission(NETWORKING, "ingresses", KEEP, ATTENDEE, "the notebook's address", "ingress"),
    Permission("apps", "deployments", KEEP, ATTENDEE, "the notebook"),
    Permission("autoscaling", "horizontalpodautoscalers", KEEP, ATTENDEE, "the streaming service"),
    Permission("batch", "jobs", KEEP, ATTENDEE, "pictures that the instructor sends"),
    Permission("", "persistentvolumeclaims", KEEP, ATTENDEE, "Kafka's storage and the notebook's home folder"),
    Permission("", "pods", (*LOOK, "create", "delete"), ATTENDEE, "state of Kafka and notebook, attempts to break out"),
    Permission("", "pods/exec", ("create",), ATTENDEE, "verification and topics"),
    Permission("", "pods/log", ("get",), ATTENDEE, "what is said of a failure"),
    Permission("", "events", ("list",), ATTENDEE, "what is said of a failure"),
    Permission("apiregistration.k8s.io", "apiservices", ("get",), CLUSTER, "who serves Routes", "router"),
    Permission(*CRD, ("create", "patch", "delete"), CLUSTER, "Routes' API", "router"),
    Permission(ROUTE, "routes", (*LOOK, "create", "patch"), CLUSTER, "the router's own page", "router"),
    Permission(NETWORKING, "ingresses", KEEP, CLUSTER, "the router's own page", "router"),
    Permission(NETWORKING, "ingressclasses", KEEP, CLUSTER, "the router's class", "router"),
    Permission(RBAC, "clusterroles", KEEP, CLUSTER, "the router's rights", "router"),
    Permission(RBAC, "clusterrolebindings", KEEP, CLUSTER, "the router's rights", "router"),
    # Nobody can give what he lacks: what an attendee's Role has (role attendee_isolation).
    *(
        Permission(group, resource, WATCH, ATTENDEE, "the attendee's own rights", "isolation")
        for group, resource in (
            *(("", resource) for resource in ("pods", "pods/log", "services", "events", "configmaps")),
            *(("", resource) for resource in ("resourcequotas", "limitranges")),
            *(("apps", resource) for resource in ("deployments", "replicasets")),
            (NETWORKING, "networkpolicies"),
            *((STRIMZI, resource) for resource in ("kafkas", "kafkanodepools", "kafkausers", "kafkatopics")),
        )
    ),
    Permission(STRIMZI, "kafkatopics", ("update",), ATTENDEE, "the attendee's own rights", "isolation"),
)


class Question(NamedTuple):
    """One access review; an empty namespace stands for all of them, or for what has none."""

    permission: Permission
    verb: str
    namespace: str


def needed(install: str, features: Collection[str], watch: str = "all") -> list[Permission]:
    """The permissions of a lab of these `features` whose operator comes by `install`: manifests, olm, or existing.

    An existing operator is only looked at. `watch`: which namespaces an operator from manifests watches, all or
    attendees. Of a project that is not there yet nothing can be asked: who requests it is its admin.
    """
    places = (CLUSTER, ATTENDEE, *OF_INSTALL.get((install, watch), ()))
    return [
        entry
        for entry in PERMISSIONS
        if entry.feature in ("", *features)
        and entry.where in places
        and not ("project" in features and entry.where == ATTENDEE and entry.resource not in BEYOND_PROJECT)
    ]


def instructor_role(bound: Iterable[str]) -> dict[str, Any]:
    """A ClusterRole for who provisions labs and watches attendees' namespaces: the needed permissions, and to bind.

    `bound`: ClusterRoles of the operator, which may be bound to it in a namespace without holding their rights.
    """
    verbs: dict[tuple[str, str], list[str]] = {}
    for entry in needed("manifests", OF_INSTRUCTOR, "attendees"):
        verbs.setdefault((entry.group, entry.resource), []).extend(entry.verbs)
    rules = [
        {"apiGroups": [group], "resources": [resource], "verbs": list(dict.fromkeys(given))}
        for (group, resource), given in verbs.items()
    ]
    rules.append(
        {"apiGroups": [RBAC], "resources": ["clusterroles"], "resourceNames": sorted(bound), "verbs": ["bind"]}
    )
    api = {"apiVersion": f"{RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": INSTRUCTOR}}
    return {**api, "rules": rules}


def permission_rows(watch: str) -> list[dict[str, str]]:
    """Permissions as rows of a table, where manifests are applied: verbs on which resource, where, and what for."""
    places = dict.fromkeys((CLUSTER, PREPARED, APPLIED_WIDE), "cluster") | {ATTENDEE: "each attendee's namespace"}
    return [
        {
            "resource": f"{entry.resource}.{entry.group}".rstrip("."),
            "verbs": ", ".join(entry.verbs),
            "where": places.get(entry.where, "the operator's namespace"),
            "for": entry.purpose,
        }
        for entry in needed("manifests", OF_INSTRUCTOR, watch)
    ]


def is_of_installation(permission: Permission) -> bool:
    """Whether only who brings an operator needs it."""
    return permission.where not in (CLUSTER, ATTENDEE)


def questions(permission: Permission, operator: str, catalog: str, attendees: Iterable[str]) -> list[list[Question]]:
    """What to ask about each verb: for all namespaces, and if that is denied, for each one that matters.

    `operator`, `catalog`, `attendees`: the namespaces of each; no catalog where OLM installs nothing.
    """
    places = {key: [operator] for key in (OPERATOR, APPLIED, OLM)} | {CATALOG: [catalog], ATTENDEE: list(attendees)}
    narrow = places.get(permission.where, [])
    return [[Question(permission, verb, namespace) for namespace in ("", *narrow)] for verb in permission.verbs]
