"""Every right on the cluster that the lab's roles use, and what for: the one list of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

LOOK = ("get", "list")
MAKE = ("create", "patch", "delete")
KEEP = (*LOOK, *MAKE)
WATCH = ("watch",)  # whoever waits for a change or an end
# Where a right is needed: for the whole cluster; in each attendee's namespace; in those of Kafkas (attendees' own, or
# the class's); in both of these; in the namespaces of the object store's gateway and of the lab's own router.
CLUSTER, ATTENDEE, KAFKA, LAB = "cluster", "attendee", "kafka", "lab"
OBJECT_STORE, ROUTER = "object-store", "router"
# In the project in which OpenShift builds images.
IMAGES = "images"
# In the operator's namespace, if the lab brings it.
OPERATOR = "operator"
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
# Places that have their namespaces from others.
PARTS = {LAB: (ATTENDEE, KAFKA), APPLIED: (OPERATOR,), OLM: (OPERATOR,)}
# Places whose namespaces the lab makes itself, in words.
MADE = {
    ATTENDEE: "each attendee's namespace",
    KAFKA: "the namespaces of Kafkas",
    LAB: "the namespaces of attendees and Kafkas",
    OBJECT_STORE: "the object store's namespace",
    ROUTER: "the router's namespace",
    IMAGES: "the project of the images",
}
INSTRUCTOR = "catdog-lab-instructor"
# What the labs of an instructor without rights on the whole cluster may be made of, and where.
OF_INSTRUCTOR = ("namespace", "nodeport", "route", "ingress", "isolation")
PLACES_OF_INSTRUCTOR = {place: (place,) for place in (OPERATOR, ATTENDEE, KAFKA, OBJECT_STORE)}
RBAC, STRIMZI, OPERATORS = "rbac.authorization.k8s.io", "kafka.strimzi.io", "operators.coreos.com"
NETWORKING, ROUTE, PROJECT = "networking.k8s.io", "route.openshift.io", "project.openshift.io"
BUILD, IMAGE = "build.openshift.io", "image.openshift.io"
CRD = ("apiextensions.k8s.io", "customresourcedefinitions")
POLICIES = (NETWORKING, "networkpolicies")
KAFKAS = {"kafkas": "Kafka", "kafkanodepools": "Kafka", "kafkatopics": "topics", "kafkausers": "users"}


# What a project's admin may not do: a platform that hands out projects gives their bounds itself.
BEYOND_PROJECT = {"resourcequotas", "limitranges"}


class Permission(NamedTuple):
    """Verbs on a resource (`pods/exec`: a part of one), where, and what they are for.

    `feature`: what a lab is made of that needs them (a kind of exposure, namespace, project, isolation, router,
    builds); empty: any.
    """

    group: str
    resource: str
    verbs: tuple[str, ...]
    where: str
    purpose: str
    feature: str = ""


PERMISSIONS = (
    Permission("", "namespaces", (*KEEP, *WATCH), CLUSTER, "each attendee's namespace", "namespace"),
    Permission(PROJECT, "projectrequests", ("create",), CLUSTER, "each attendee's project", "project"),
    Permission(PROJECT, "projects", ("list",), CLUSTER, "each attendee's project", "project"),
    Permission("", "services", ("list",), CLUSTER, "NodePorts that others have", "nodeport"),
    Permission(NETWORKING, "ingressclasses", LOOK, CLUSTER, "the class of Ingresses", "ingress"),
    Permission(*CRD, LOOK, CLUSTER, "Strimzi's API"),
    Permission(*CRD, MAKE, APPLIED_WIDE, "Strimzi's API"),
    Permission(RBAC, "clusterroles", KEEP, APPLIED_WIDE, "the operator's rights"),
    Permission(RBAC, "clusterrolebindings", KEEP, APPLIED_WIDE, "the operator's rights"),
    Permission(RBAC, "clusterroles", LOOK, PREPARED, "what an administrator has prepared"),
    Permission(RBAC, "clusterrolebindings", LOOK, PREPARED, "what an administrator has prepared"),
    Permission(RBAC, "rolebindings", KEEP, APPLIED, "the operator's rights"),
    Permission("", "serviceaccounts", KEEP, APPLIED, "the operator"),
    Permission("apps", "deployments", MAKE, APPLIED, "the operator"),
    Permission(*CRD, ("delete",), OLM_WIDE, "removal of what OLM leaves"),
    Permission(OPERATORS, "operators", (*LOOK, "delete"), OLM_WIDE, "removal of what OLM leaves"),
    Permission(OPERATORS, "subscriptions", KEEP, OLM, "the operator's installation"),
    Permission(OPERATORS, "operatorgroups", KEEP, OLM, "the operator's installation"),
    Permission(OPERATORS, "installplans", (*LOOK, "patch"), OLM, "approval of the operator's version"),
    Permission(OPERATORS, "clusterserviceversions", (*LOOK, "delete"), OLM, "the operator's version"),
    Permission(OPERATORS, "catalogsources", LOOK, CATALOG, "the operator's catalog"),
    Permission("packages.operators.coreos.com", "packagemanifests", LOOK, CATALOG, "the operator's catalog"),
    Permission("", "configmaps", KEEP, OPERATOR, "the operator and the record of what was applied"),
    Permission("apps", "deployments", (*LOOK, *WATCH), OPERATOR, "the operator's state"),
    Permission("", "pods", LOOK, OPERATOR, "the operator's state"),
    Permission("", "pods/log", ("get",), OPERATOR, "what the operator says of a failure"),
    *(Permission(STRIMZI, resource, (*KEEP, *WATCH), KAFKA, purpose) for resource, purpose in KAFKAS.items()),
    *(
        Permission(group, resource, KEEP, ATTENDEE, "keeping attendees apart", "isolation")
        for group, resource in (
            ("", "resourcequotas"),
            ("", "limitranges"),
            ("", "serviceaccounts"),
            (RBAC, "roles"),
            (RBAC, "rolebindings"),
        )
    ),
    Permission(*POLICIES, KEEP, LAB, "keeping attendees apart, and the streaming service to Kafka", "isolation"),
    Permission("", "secrets", LOOK, LAB, "Kafka's certificates"),
    Permission("", "secrets", (*MAKE, *WATCH), ATTENDEE, "the notebook's token, certificates, the bucket's keys"),
    Permission("", "configmaps", KEEP, LAB, "settings of the notebook and the streaming service"),
    Permission("", "services", (*LOOK, *WATCH), LAB, "Kafka's removal"),
    Permission("", "services", MAKE, ATTENDEE, "the notebook's address"),
    Permission(ROUTE, "routes", (*KEEP, *WATCH), ATTENDEE, "the notebook's address", "route"),
    Permission(ROUTE, "routes/custom-host", ("create",), ATTENDEE, "TLS up to the notebook", "route"),
    Permission(NETWORKING, "ingresses", KEEP, ATTENDEE, "the notebook's address", "ingress"),
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
    Permission("apiregistration.k8s.io", "apiservices", ("get",), CLUSTER, "who serves Routes", "router"),
    Permission(*CRD, MAKE, CLUSTER, "Routes' API", "router"),
    Permission("", "services", ("list",), CLUSTER, "NodePorts that others have", "router"),
    Permission(ROUTE, "routes", ("list",), CLUSTER, "the hosts that the router serves", "router"),
    Permission(NETWORKING, "ingresses", ("list",), CLUSTER, "the hosts that the router serves", "router"),
    Permission(NETWORKING, "ingressclasses", KEEP, CLUSTER, "the router's class", "router"),
    Permission(RBAC, "clusterroles", KEEP, CLUSTER, "the router's rights", "router"),
    Permission(RBAC, "clusterrolebindings", KEEP, CLUSTER, "the router's rights", "router"),
    Permission("", "serviceaccounts", KEEP, ROUTER, "the router", "router"),
    Permission("", "services", KEEP, ROUTER, "the router", "router"),
    Permission("", "secrets", KEEP, ROUTER, "the router's certificate", "router"),
    Permission("apps", "deployments", (*KEEP, *WATCH), ROUTER, "the router", "router"),
    Permission(ROUTE, "routes", (*LOOK, "create", "patch"), ROUTER, "the router's own page", "router"),
    Permission(NETWORKING, "ingresses", KEEP, ROUTER, "the router's own page", "router"),
    Permission("", "pods", LOOK, ROUTER, "the router's state", "router"),
    Permission("", "pods/log", ("get",), ROUTER, "what is said of a failure", "router"),
    Permission("", "events", ("list",), ROUTER, "what is said of a failure", "router"),
    Permission(IMAGE, "imagestreams", (*LOOK, "create", "patch"), IMAGES, "the lab's images", "builds"),
    Permission(BUILD, "buildconfigs", (*LOOK, "create", "patch"), IMAGES, "the lab's images", "builds"),
    Permission(BUILD, "buildconfigs/instantiatebinary", ("create",), IMAGES, "the lab's images", "builds"),
    Permission(BUILD, "builds", ("get", "delete"), IMAGES, "the lab's images", "builds"),
    Permission(BUILD, "builds/log", ("get",), IMAGES, "what is said of a failure", "builds"),
    Permission(RBAC, "rolebindings", (*LOOK, "create", "patch"), IMAGES, "pulling the lab's images", "builds"),
    # Nobody can give what he lacks: what an attendee's Role has (role attendee_isolation).
    *(
        Permission(group, resource, (*LOOK, *WATCH), ATTENDEE, "the attendee's own rights", "isolation")
        for group, resource in (
            *(("", resource) for resource in ("pods", "pods/log", "services", "events", "configmaps")),
            *(("", resource) for resource in ("resourcequotas", "limitranges")),
            *(("apps", resource) for resource in ("deployments", "replicasets")),
            POLICIES,
            *((STRIMZI, resource) for resource in KAFKAS),
        )
    ),
    Permission(STRIMZI, "kafkatopics", ("update", *MAKE), ATTENDEE, "the attendee's own rights", "isolation"),
)


class Question(NamedTuple):
    """One access review; an empty namespace stands for all of them, or for what has none."""

    permission: Permission
    verb: str
    namespace: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Group, resource, verb and namespace: the same for every purpose."""
        return (self.permission.group, self.permission.resource, self.verb, self.namespace)


def needed(
    install: str, places: Mapping[str, Sequence[str]], features: Collection[str], watch: str = "all"
) -> list[Permission]:
    """The permissions of a lab of these `features` whose operator comes by `install`: manifests, olm, or existing.

    An existing operator is only looked at. `watch`: which namespaces an operator from manifests watches, all or
    attendees. `places`: the namespaces of each place; one that the lab does not have needs nothing. Of a project that
    is not there yet nothing can be asked: who requests it is its admin.
    """

    def is_needed(entry: Permission) -> bool:
        if is_of_installation(entry):
            return entry.where in OF_INSTALL.get((install, watch), ())
        if entry.where == CLUSTER:
            return True
        if "project" in features and entry.resource not in BEYOND_PROJECT:
            return False
        return bool(namespaces(entry.where, places))

    return [entry for entry in PERMISSIONS if entry.feature in ("", *features) and is_needed(entry)]


def instructor_role(bound: Iterable[str]) -> dict[str, Any]:
    """A ClusterRole for who provisions labs and watches attendees' namespaces: the needed permissions, and to bind.

    `bound`: ClusterRoles of the operator, which may be bound to it in a namespace without holding their rights.
    """
    verbs: dict[tuple[str, str], list[str]] = {}
    for entry in needed("manifests", PLACES_OF_INSTRUCTOR, OF_INSTRUCTOR, "attendees"):
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
    places = dict.fromkeys((CLUSTER, PREPARED, APPLIED_WIDE), "cluster") | MADE
    return [
        {
            "resource": f"{entry.resource}.{entry.group}".rstrip("."),
            "verbs": ", ".join(entry.verbs),
            "where": places.get(entry.where, "the operator's namespace"),
            "for": entry.purpose,
        }
        for entry in needed("manifests", PLACES_OF_INSTRUCTOR, OF_INSTRUCTOR, watch)
    ]


def is_of_installation(permission: Permission) -> bool:
    """Whether only who brings an operator needs it."""
    return permission.where in chain.from_iterable(OF_INSTALL.values())


def namespaces(where: str, places: Mapping[str, Sequence[str]]) -> list[str]:
    """The namespaces in which a right of this place is needed; none where it is needed for the whole cluster."""
    return list(dict.fromkeys(name for part in PARTS.get(where, (where,)) for name in places.get(part, ())))


def made_namespaces(places: Mapping[str, Sequence[str]]) -> set[str]:
    """The namespaces that the lab makes: all of its places save the operator's and the catalog's."""
    return {name for place in MADE for name in namespaces(place, places)}


def questions(permission: Permission, places: Mapping[str, Sequence[str]]) -> list[list[Question]]:
    """What to ask about each verb: for all namespaces, and if that is denied, for each one that matters."""
    narrow = namespaces(permission.where, places)
    return [[Question(permission, verb, namespace) for namespace in ("", *narrow)] for verb in permission.verbs]
