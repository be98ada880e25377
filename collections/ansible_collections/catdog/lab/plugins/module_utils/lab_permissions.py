"""Every right on the cluster that the lab's roles use, and what for: the one list of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

LOOK = ("get", "list")
KEEP = (*LOOK, "create", "patch", "delete")
# Where a right is needed: for the whole cluster, in the operator's namespace, in each attendee's; the first two only
# where the lab applies the operator itself. ROUTER: for the whole cluster, where it gets a router.
CLUSTER, OPERATOR_WIDE, OPERATOR, ATTENDEE, ROUTER = "cluster", "operator-wide", "operator", "attendee", "router"
RBAC, STRIMZI, NETWORKING = "rbac.authorization.k8s.io", "kafka.strimzi.io", "networking.k8s.io"
CRD = ("apiextensions.k8s.io", "customresourcedefinitions")


class Permission(NamedTuple):
    """Verbs on a resource (`pods/exec`: a part of one), where, and what they are for."""

    group: str
    resource: str
    verbs: tuple[str, ...]
    where: str
    purpose: str


PERMISSIONS = (
    Permission("", "namespaces", KEEP, CLUSTER, "each attendee's namespace"),
    Permission("", "services", ("list",), CLUSTER, "NodePorts that others have"),
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
        Permission(group, resource, KEEP, ATTENDEE, "keeping attendees apart")
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
    Permission("apps", "deployments", KEEP, ATTENDEE, "the notebook"),
    Permission("autoscaling", "horizontalpodautoscalers", KEEP, ATTENDEE, "the streaming service"),
    Permission("batch", "jobs", KEEP, ATTENDEE, "pictures that the instructor sends"),
    Permission("", "persistentvolumeclaims", KEEP, ATTENDEE, "Kafka's storage and the notebook's home folder"),
    Permission("", "pods", (*LOOK, "create", "delete"), ATTENDEE, "state of Kafka and notebook, attempts to break out"),
    Permission("", "pods/exec", ("create",), ATTENDEE, "verification and topics"),
    Permission("", "pods/log", ("get",), ATTENDEE, "what is said of a failure"),
    Permission("", "events", ("list",), ATTENDEE, "what is said of a failure"),
    Permission("apiregistration.k8s.io", "apiservices", ("get",), ROUTER, "who serves Routes"),
    Permission(*CRD, ("create", "patch", "delete"), ROUTER, "Routes' API"),
    Permission("route.openshift.io", "routes", (*LOOK, "create", "patch"), ROUTER, "the router's own page"),
    Permission(NETWORKING, "ingresses", KEEP, ROUTER, "the router's own page"),
    Permission(NETWORKING, "ingressclasses", KEEP, ROUTER, "the router's class"),
    Permission(RBAC, "clusterroles", KEEP, ROUTER, "the router's rights"),
    Permission(RBAC, "clusterrolebindings", KEEP, ROUTER, "the router's rights"),
)


class Question(NamedTuple):
    """One access review; an empty namespace stands for all of them, or for what has none."""

    permission: Permission
    verb: str
    namespace: str


def needed(install: str, router: bool = False) -> list[Permission]:
    """The permissions of a lab whose operator comes by `install`: manifests, or existing, which is only looked at.

    `router`: whether the lab brings up a router.
    """
    parts = {CLUSTER, ATTENDEE} | ({OPERATOR, OPERATOR_WIDE} if install == "manifests" else set())
    return [entry for entry in PERMISSIONS if entry.where in parts | ({ROUTER} if router else set())]


def questions(
    permission: Permission, operator_namespace: str, attendee_namespaces: Iterable[str]
) -> list[list[Question]]:
    """What to ask about each verb: for all namespaces, and if that is denied, for each one that matters."""
    narrow = {OPERATOR: [operator_namespace], ATTENDEE: list(attendee_namespaces)}.get(permission.where, [])
    return [[Question(permission, verb, namespace) for namespace in ("", *narrow)] for verb in permission.verbs]
