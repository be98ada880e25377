"""Every right on the cluster that the lab's roles use, and what for: the one list of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

LOOK = ("get", "list")
KEEP = (*LOOK, "create", "patch", "delete")
# Where a right is needed: for the whole cluster, in the operator's namespace, in each attendee's; the first two only
# where the lab applies the operator itself.
CLUSTER, OPERATOR_WIDE, OPERATOR, ATTENDEE = "cluster", "operator-wide", "operator", "attendee"
RBAC, STRIMZI, NETWORKING = "rbac.authorization.k8s.io", "kafka.strimzi.io", "networking.k8s.io"
ROUTE, PROJECT = "route.openshift.io", "project.openshift.io"
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
    Permission(*CRD, ("create", "patch", "delete"), OPERATOR_WIDE, "Strimzi's API"),
    Permission(RBAC, "clusterroles", KEEP, OPERATOR_WIDE, "the operator's rights"),
    Permission(RBAC, "clusterrolebindings", KEEP, OPERATOR_WIDE, "the operator's rights"),
    Permission(RBAC, "rolebindings", KEEP, OPERATOR, "the operator's rights"),
    Permission("", "serviceaccounts", KEEP, OPERATOR, "the operator"),
    Permission("", "configmaps", KEEP, OPERATOR, "the operator and the record of what was applied"),
    Permission("apps", "deployments", KEEP, OPERATOR, "the operator"),
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
)


class Question(NamedTuple):
    """One access review; an empty namespace stands for all of them, or for what has none."""

    permission: Permission
    verb: str
    namespace: str


def needed(install: str, features: Collection[str]) -> list[Permission]:
    """The permissions of a lab of these `features` whose operator comes by `install`: manifests, or existing.

    An existing operator is only looked at. Of a project that is not there yet nothing can be asked: who requests it is
    its admin.
    """
    return [
        entry
        for entry in PERMISSIONS
        if entry.feature in ("", *features)
        and (install == "manifests" or entry.where in (CLUSTER, ATTENDEE))
        and not ("project" in features and entry.where == ATTENDEE and entry.resource not in BEYOND_PROJECT)
    ]


def questions(
    permission: Permission, operator_namespace: str, attendee_namespaces: Iterable[str]
) -> list[list[Question]]:
    """What to ask about each verb: for all namespaces, and if that is denied, for each one that matters."""
    narrow = {OPERATOR: [operator_namespace], ATTENDEE: list(attendee_namespaces)}.get(permission.where, [])
    return [[Question(permission, verb, namespace) for namespace in ("", *narrow)] for verb in permission.verbs]
