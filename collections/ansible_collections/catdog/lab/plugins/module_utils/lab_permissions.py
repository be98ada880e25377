"""Every right on the cluster that the lab's roles use, and what for: the one list of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

LOOK = ("get", "list")
MAKE = ("create", "patch", "delete")
KEEP = (*LOOK, *MAKE)
WATCH = ("watch",)  # whoever waits for a change or an end
# Where a right is needed: for the whole cluster; the same, and in the operator's namespace, where the lab applies the
# operator; in each attendee's namespace; in those of Kafkas (attendees' own, or the class's); in both of these; in the
# namespace of the object store's gateway.
CLUSTER, OPERATOR_WIDE, OPERATOR = "cluster", "operator-wide", "operator"
ATTENDEE, KAFKA, LAB, OBJECT_STORE = "attendee", "kafka", "lab", "object-store"
PARTS = {LAB: (ATTENDEE, KAFKA)}
RBAC, STRIMZI = "rbac.authorization.k8s.io", "kafka.strimzi.io"
CRD = ("apiextensions.k8s.io", "customresourcedefinitions")
POLICIES = ("networking.k8s.io", "networkpolicies")


class Permission(NamedTuple):
    """Verbs on a resource (`pods/exec`: a part of one), where, and what they are for."""

    group: str
    resource: str
    verbs: tuple[str, ...]
    where: str
    purpose: str


PERMISSIONS = (
    Permission("", "namespaces", (*KEEP, *WATCH), CLUSTER, "each attendee's namespace"),
    Permission("", "services", ("list",), CLUSTER, "NodePorts that others have"),
    Permission(*CRD, LOOK, CLUSTER, "Strimzi's API"),
    Permission(*CRD, MAKE, OPERATOR_WIDE, "Strimzi's API"),
    Permission(RBAC, "clusterroles", KEEP, OPERATOR_WIDE, "the operator's rights"),
    Permission(RBAC, "clusterrolebindings", KEEP, OPERATOR_WIDE, "the operator's rights"),
    Permission(RBAC, "rolebindings", KEEP, OPERATOR, "the operator's rights"),
    Permission("", "serviceaccounts", KEEP, OPERATOR, "the operator"),
    Permission("", "configmaps", KEEP, OPERATOR, "the operator and the record of what was applied"),
    Permission("apps", "deployments", (*KEEP, *WATCH), OPERATOR, "the operator"),
    Permission("", "pods", LOOK, OPERATOR, "the operator's state"),
    Permission("", "pods/log", ("get",), OPERATOR, "what the operator says of a failure"),
    *(
        Permission(STRIMZI, resource, (*KEEP, *WATCH), KAFKA, purpose)
        for resource, purpose in (
            ("kafkas", "Kafka"),
            ("kafkanodepools", "Kafka"),
            ("kafkatopics", "topics"),
            ("kafkausers", "users"),
        )
    ),
    *(
        Permission(group, resource, KEEP, ATTENDEE, "keeping attendees apart")
        for group, resource in (
            ("", "resourcequotas"),
            ("", "limitranges"),
            ("", "serviceaccounts"),
            (RBAC, "roles"),
            (RBAC, "rolebindings"),
        )
    ),
    Permission(*POLICIES, KEEP, LAB, "keeping attendees apart, and the streaming service to Kafka"),
    Permission("", "secrets", LOOK, LAB, "Kafka's certificates"),
    Permission("", "secrets", (*MAKE, *WATCH), ATTENDEE, "the notebook's token, certificates, the bucket's keys"),
    Permission("", "configmaps", KEEP, LAB, "settings of the notebook and the streaming service"),
    Permission("", "services", (*LOOK, *WATCH), LAB, "Kafka's removal"),
    Permission("", "services", MAKE, ATTENDEE, "the notebook's address"),
    Permission("apps", "deployments", (*KEEP, *WATCH), LAB, "the notebook and the streaming service"),
    Permission("apps", "deployments/scale", ("patch",), ATTENDEE, "verification without the notebook"),
    Permission("autoscaling", "horizontalpodautoscalers", KEEP, LAB, "the streaming service"),
    Permission("batch", "jobs", (*KEEP, *WATCH), ATTENDEE, "pictures that the instructor sends"),
    Permission("", "persistentvolumeclaims", LOOK, LAB, "Kafka's storage"),
    Permission("", "persistentvolumeclaims", MAKE, ATTENDEE, "the notebook's home folder"),
    Permission("", "pods", (*LOOK, *WATCH), LAB, "state of Kafka and notebook"),
    Permission("", "pods", ("create", "delete"), ATTENDEE, "attempts to break out"),
    # A stream is opened by GET, for which newer API servers want `create`, too.
    Permission("", "pods/exec", ("get", "create"), LAB, "verification and topics"),
    Permission("", "pods/log", ("get",), LAB, "what is said of a failure"),
    Permission("", "events", ("list",), LAB, "what is said of a failure"),
    Permission("apps", "deployments", (*KEEP, *WATCH), OBJECT_STORE, "the object store's gateway"),
    Permission("", "services", KEEP, OBJECT_STORE, "the object store's address"),
    Permission("", "secrets", KEEP, OBJECT_STORE, "the object store's certificate"),
    Permission("", "persistentvolumeclaims", KEEP, OBJECT_STORE, "the object store's volume"),
    Permission(*POLICIES, KEEP, OBJECT_STORE, "keeping others from the object store"),
    Permission("", "pods", LOOK, OBJECT_STORE, "the object store's gateway"),
    Permission("", "pods/exec", ("get", "create"), OBJECT_STORE, "users and buckets of the object store"),
    Permission("", "pods/log", ("get",), OBJECT_STORE, "what is said of a failure"),
    Permission("", "events", ("list",), OBJECT_STORE, "what is said of a failure"),
)


class Question(NamedTuple):
    """One access review; an empty namespace stands for all of them, or for what has none."""

    permission: Permission
    verb: str
    namespace: str


def needed(install: str, places: Mapping[str, Sequence[str]]) -> list[Permission]:
    """The permissions of a lab whose operator comes by `install`: manifests, or existing, which is only looked at.

    `places`: the namespaces of each place; one that the lab does not have needs nothing.
    """

    def is_needed(where: str) -> bool:
        if where in (OPERATOR, OPERATOR_WIDE):
            return install == "manifests"
        return where == CLUSTER or bool(namespaces(where, places))

    return [entry for entry in PERMISSIONS if is_needed(entry.where)]


def namespaces(where: str, places: Mapping[str, Sequence[str]]) -> list[str]:
    """The namespaces in which a right of this place is needed; none where it is needed for the whole cluster."""
    return list(dict.fromkeys(name for part in PARTS.get(where, (where,)) for name in places.get(part, ())))


def questions(permission: Permission, places: Mapping[str, Sequence[str]]) -> list[list[Question]]:
    """What to ask about each verb: for all namespaces, and if that is denied, for each one that matters."""
    narrow = namespaces(permission.where, places)
    return [[Question(permission, verb, namespace) for namespace in ("", *narrow)] for verb in permission.verbs]
