"""One look at a cluster before a lab comes onto it: questions to its API server, each answer in few words.

What the API server refuses to show is kept with its reason, under the answer's name in `unseen`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client
from ansible_collections.catdog.lab.plugins.module_utils.lab_permissions import (
    ATTENDEE,
    CATALOG,
    Permission,
    Question,
    is_of_installation,
    made_namespaces,
    namespaces,
    needed,
    questions,
)
from ansible_collections.catdog.lab.plugins.module_utils.olm_checks import GROUP_VERSION, PACKAGES

Object = dict[str, Any]
# Asks the API server: method, path, body. Raises RefusedError for an answer of refusal.
Ask = Callable[..., Object]

REQUEST_TIMEOUT = 30  # seconds for one question: a large cluster's pods are a long answer
MIB = 1024 * 1024
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
# Nodes that a lab's pods, which tolerate nothing, are kept off by.
KEEPS_OFF = ("NoSchedule", "NoExecute")
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
NAMESPACES_WATCHED = "STRIMZI_NAMESPACE"
PACKAGE_KEYS = ("packageName", "catalogSource", "catalogSourceNamespace")


class RefusedError(Exception):
    """The API server answered, but not what was asked. `status`: that of HTTP."""

    def __init__(self, message: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.status = status


def asker(kubeconfig: str) -> Ask:
    """Questions to the cluster of a kubeconfig, without repetition.

    Raises: what api_client raises; the questions raise urllib3's errors where nobody answers.
    """
    from kubernetes import client

    api = api_client(kubeconfig, retries=False)

    def ask(path: str, method: str = "GET", body: Object | None = None) -> Object:
        try:
            return api.call_api(
                path,
                method,
                body=body,
                header_params={"Accept": "application/json", "Content-Type": "application/json"},
                auth_settings=["BearerToken"],
                response_type="object",
                _return_http_data_only=True,
                _request_timeout=REQUEST_TIMEOUT,
            )
        except client.ApiException as error:
            raise RefusedError(f"{error.status} {error.reason}", error.status) from error

    return ask


def look(
    ask: Ask,
    install: str,
    places: Mapping[str, Sequence[str]],
    features: Collection[str] = ("namespace",),
    package: str = "",
    watch: str = "all",
) -> Object:
    """All answers by name, beside `version` and `unseen`; catalog and package matter where OLM installs.

    `places`: the namespaces of each place of lab_permissions. What runs in those that the lab makes does not count as
    requested. `features`: what the lab is made of (lab_permissions); `watch`: which namespaces an operator from
    manifests watches, all or attendees.

    Raises: RefusedError where even the version is refused, and what `ask` raises where nobody answers.
    """
    answers: Object = {"version": ask("/version"), "unseen": {}}
    parts: dict[str, Callable[[], Any]] = {
        "permissions": lambda: permissions(ask, install, places, features, watch),
        "groups": lambda: [group["name"] for group in ask("/apis")["groups"]],
        "crds": lambda: crds(ask),
        "operators": lambda: operators(ask),
        "nodes": lambda: nodes(ask, made_namespaces(places)),
        "storage_classes": lambda: storage_classes(ask),
        "quotas": lambda: quotas(ask, places[ATTENDEE]),
        **({"olm": lambda: olm(ask, next(iter(namespaces(CATALOG, places)), ""), package)} if install == "olm" else {}),
    }
    if "ingress" in features:
        parts["ingress_classes"] = lambda: ingress_classes(ask)
    for name, part in parts.items():
        try:
            answers[name] = part()
        except RefusedError as error:
            answers["unseen"][name] = str(error)
    return answers


def permissions(
    ask: Ask, install: str, places: Mapping[str, Sequence[str]], features: Collection[str], watch: str = "all"
) -> Object:
    """How many rights were `asked` for, and which were `denied`. Who may do everything is asked once."""
    everything = Permission("*", "*", (), "", "")
    if is_allowed(ask, Question(everything, "*", "")):
        return {"asked": 1, "denied": []}
    denied: dict[tuple[str, ...], Object] = {}
    answers: dict[tuple[str, ...], bool] = {}

    def allowed(question: Question) -> bool:
        if question.key not in answers:
            answers[question.key] = is_allowed(ask, question)
        return answers[question.key]

    for permission in needed(install, places, features, watch):
        for wide, *narrow in questions(permission, places):
            if not allowed(wide):
                lacking = [question for question in narrow or [wide] if not allowed(question)]
                for question in lacking:
                    denied.setdefault(question.key, told(question))
    return {"asked": len({key[:3] for key in answers}), "denied": list(denied.values())}


def is_allowed(ask: Ask, question: Question) -> bool:
    """Whether this user may do what is asked (SelfSubjectAccessReview)."""
    resource, _, part = question.permission.resource.partition("/")
    asked = {
        "group": question.permission.group,
        "resource": resource,
        "subresource": part,
        "verb": question.verb,
        "namespace": question.namespace,
    }
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {key: value for key, value in asked.items() if value}},
    }
    return bool((ask(REVIEWS, "POST", body).get("status") or {}).get("allowed"))


def told(question: Question) -> Object:
    """A question that was denied, as it is judged; `operator`: whether only who brings an operator needs it."""
    permission = question.permission
    return {
        "verb": question.verb,
        "resource": permission.resource,
        "namespace": question.namespace,
        "purpose": permission.purpose,
        "operator": is_of_installation(permission),
    }


def crds(ask: Ask) -> list[Object]:
    """Strimzi's CRDs, each with its `stored` and `served` versions."""
    return [
        {
            "name": crd["metadata"]["name"],
            "stored": (crd.get("status") or {}).get("storedVersions") or [],
            "served": [version["name"] for version in crd["spec"]["versions"] if version.get("served")],
        }
        for crd in ask("/apis/apiextensions.k8s.io/v1/customresourcedefinitions?labelSelector=app%3Dstrimzi")["items"]
    ]


def operators(ask: Ask) -> list[Object]:
    """Strimzi's cluster operators that run: what they are, and the namespaces that each watches (`*`: all)."""
    found = []
    for kind, plural in {"Deployment": "deployments", "StatefulSet": "statefulsets"}.items():
        for entry in ask(f"/apis/apps/v1/{plural}")["items"]:
            watches = watched(entry)
            if watches is not None and entry["spec"].get("replicas", 1) > 0:
                where = {key: entry["metadata"][key] for key in ("namespace", "name")}
                found.append({"kind": kind, **where, "watches": watches})
    return found


def watched(entry: Object) -> list[str] | None:
    """The namespaces that a workload's operator watches; None where it is no cluster operator.

    A topic or user operator names one namespace in the same variable, but belongs to a Kafka (strimzi.io/cluster).
    """
    namespace = entry["metadata"]["namespace"]
    template = entry["spec"]["template"]
    labels = (entry["metadata"].get("labels") or {}) | ((template.get("metadata") or {}).get("labels") or {})
    if "strimzi.io/cluster" in labels:
        return None
    for container in template["spec"].get("containers") or []:
        variables = {variable["name"]: variable for variable in container.get("env") or []}
        if given := variables.get(NAMESPACES_WATCHED):
            value = given.get("value") or _of_field(given, namespace, template)
            return [name.strip() for name in value.split(",") if name.strip()] or ["*"]
        if labels.get("strimzi.io/kind") == "cluster-operator":
            return ["*"]
    return None


def _of_field(variable: Object, namespace: str, template: Object) -> str:
    """Value of a variable that comes from the pod: its namespace, or an annotation, which OLM sets to its targets."""
    path = ((variable.get("valueFrom") or {}).get("fieldRef") or {}).get("fieldPath", "")
    if path == "metadata.namespace":
        return namespace
    annotations = (template.get("metadata") or {}).get("annotations") or {}
    return annotations.get(path.removeprefix("metadata.annotations['").removesuffix("']"), "")


def olm(ask: Ask, namespace: str, package: str) -> Object | None:
    """CatalogSources of a namespace and the packages of this name that are seen there; None where there is no OLM."""
    try:
        ask(f"/apis/{GROUP_VERSION}")
    except RefusedError as error:
        if error.status == 404:
            return None
        raise
    catalogs = ask(f"/apis/{GROUP_VERSION}/namespaces/{namespace}/catalogsources")["items"]
    selector = f"fieldSelector=metadata.name%3D{package}"
    packages = ask(f"/apis/{PACKAGES}/namespaces/{namespace}/packagemanifests?{selector}")["items"]
    return {"catalogs": list(map(plain, catalogs)), "packages": list(map(plain, packages))}


def plain(entry: Object) -> Object:
    """A catalog or package without what is long: a package carries its icon and descriptions."""
    status = entry.get("status") or {}
    kept = {key: status[key] for key in ("connectionState", *PACKAGE_KEYS) if key in status}
    kept["channels"] = [
        {key: channel[key] for key in ("name", "currentCSV", "entries") if key in channel}
        | {"currentCSVDesc": {"installModes": (channel.get("currentCSVDesc") or {}).get("installModes") or []}}
        for channel in status.get("channels") or []
    ]
    return {"metadata": {"name": entry["metadata"]["name"]}, "status": kept}


def nodes(ask: Ask, without: Collection[str]) -> list[Object]:
    """Nodes with what they have for pods and what theirs request, those in the namespaces `without` left out.

    `closed`: why a lab's pod does not come there, empty where it may.
    """
    requested: dict[str, dict[str, int]] = {}
    for pod in ask("/api/v1/pods?fieldSelector=status.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed")["items"]:
        node = pod["spec"].get("nodeName")
        if node and pod["metadata"]["namespace"] not in without:
            sums = requested.setdefault(node, {"cpu": 0, "memory": 0, "pods": 0})
            for resource, amount in pod_requests(pod["spec"]).items():
                sums[resource] += amount
    return [
        {
            "name": node["metadata"]["name"],
            "ready": any(
                condition["type"] == "Ready" and condition["status"] == "True"
                for condition in node["status"].get("conditions") or []
            ),
            "closed": closed(node["spec"]),
            "allocatable": amounts(node["status"]["allocatable"]),
            "requested": requested.get(node["metadata"]["name"], {"cpu": 0, "memory": 0, "pods": 0}),
        }
        for node in ask("/api/v1/nodes")["items"]
    ]


def closed(spec: Object) -> str:
    """Why a node takes no pods of a lab; empty where it does."""
    if spec.get("unschedulable"):
        return "cordoned"
    taints = [taint["key"] for taint in spec.get("taints") or [] if taint.get("effect") in KEEPS_OFF]
    return f"tainted {', '.join(taints)}" if taints else ""


def pod_requests(spec: Object) -> dict[str, int]:
    """What the scheduler counts for a pod: its containers together, or an init container that asks for more."""
    inits = spec.get("initContainers") or []
    lasting = [entry for entry in inits if entry.get("restartPolicy") == "Always"]
    together = _sum((entry.get("resources") or {}).get("requests") for entry in [*spec["containers"], *lasting])
    alone = [amounts((entry.get("resources") or {}).get("requests")) for entry in inits if entry not in lasting]
    overhead = amounts(spec.get("overhead"))
    return {
        key: max([together[key], *(entry[key] for entry in alone)]) + overhead[key] for key in ("cpu", "memory")
    } | {"pods": 1}


def _sum(several: Iterable[Mapping[str, str] | None]) -> dict[str, int]:
    found = list(map(amounts, several))
    return {key: sum(entry[key] for entry in found) for key in ("cpu", "memory", "pods")}


def amounts(quantities: Mapping[str, str] | None) -> dict[str, int]:
    """Kubernetes' quantities as thousandths of a processor, MiB of memory, and pods; 0 for what is not there."""
    if not quantities:
        return {"cpu": 0, "memory": 0, "pods": 0}  # without the client, which takes a second to be loaded
    from kubernetes.utils.quantity import parse_quantity

    return {
        "cpu": int(1000 * parse_quantity(quantities.get("cpu", 0))),
        "memory": int(parse_quantity(quantities.get("memory", 0)) / MIB),
        "pods": int(parse_quantity(quantities.get("pods", 0))),
    }


def storage_classes(ask: Ask) -> list[Object]:
    """StorageClasses, and whether each is the `default`."""
    return [
        {
            "name": entry["metadata"]["name"],
            "default": (entry["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true",
        }
        for entry in ask("/apis/storage.k8s.io/v1/storageclasses")["items"]
    ]


def ingress_classes(ask: Ask) -> list[str]:
    """Names of the IngressClasses."""
    return [entry["metadata"]["name"] for entry in ask("/apis/networking.k8s.io/v1/ingressclasses")["items"]]


def quotas(ask: Ask, within: Collection[str]) -> list[Object]:
    """What ResourceQuotas of these namespaces bound, `hard`, of pods and of the requests of processors and memory."""
    try:
        found = ask("/api/v1/resourcequotas")["items"]
    except RefusedError:
        found = [item for name in within for item in ask(f"/api/v1/namespaces/{name}/resourcequotas")["items"]]
    return [
        {"namespace": entry["metadata"]["namespace"], "name": entry["metadata"]["name"], "hard": bounds(entry)}
        for entry in found
        if entry["metadata"]["namespace"] in within and bounds(entry)
    ]


def bounds(quota: Object) -> dict[str, int]:
    """The bounds of a ResourceQuota that a lab's requests have to meet."""
    hard = (quota.get("spec") or {}).get("hard") or {}
    given = {key.removeprefix("requests.").removeprefix("count/"): value for key, value in hard.items()}
    return {key: amount for key, amount in amounts(given).items() if key in given}
