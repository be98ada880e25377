"""A Kubernetes API in memory: objects of any kind, discovery, CRDs, owners. Enough for kubernetes.core and modules."""

from __future__ import annotations

import copy
import itertools
import json
import re
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from support.api_server import JsonAnswers

Object = dict[str, Any]
PATH = re.compile(
    r"/(?P<root>api/v1|apis/[^/]+/[^/]+)(/namespaces/(?P<namespace>[^/]+)(?=/[^/]))?"
    r"/(?P<plural>[a-z]+)(/(?P<name>[^/]+))?(/(?P<part>[a-z]+))?"
)


class Kind(NamedTuple):
    """A kind that is served; `root`: the first part of its paths."""

    root: str
    kind: str
    plural: str
    namespaced: bool = True


CORE = "api/v1"
RBAC = "apis/rbac.authorization.k8s.io/v1"
BUILT_IN = (
    Kind(CORE, "Namespace", "namespaces", False),
    *(Kind(CORE, kind, f"{kind.lower()}s") for kind in ("ConfigMap", "Secret", "ServiceAccount", "Pod", "Event")),
    Kind("apis/apps/v1", "Deployment", "deployments"),
    Kind("apis/apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", False),
    Kind(RBAC, "ClusterRole", "clusterroles", False),
    Kind(RBAC, "ClusterRoleBinding", "clusterrolebindings", False),
    Kind(RBAC, "RoleBinding", "rolebindings"),
)


class MemoryCluster:
    """`objects` by path; what is forbidden (`verb plural`) is answered with 403."""

    def __init__(self, *kinds: Kind, forbidden: tuple[str, ...] = ()) -> None:
        self.kinds = list(BUILT_IN + kinds)
        self.objects: dict[str, Object] = {}
        self.forbidden = set(forbidden)
        self._numbers = itertools.count(1)

    def of(self, kind: str) -> list[Object]:
        """Objects of a kind."""
        return [item for item in self.objects.values() if item["kind"] == kind]

    def put(self, item: Object) -> Object:
        """Have an object, as if somebody had created it."""
        item = copy.deepcopy(item)
        metadata = item["metadata"]
        [kind] = [entry for entry in self.kinds if entry.kind == item["kind"] and _root(item) == entry.root]
        number = next(self._numbers)
        if "name" not in metadata:
            metadata["name"] = f"{metadata['generateName']}{number}"
        metadata |= {"uid": f"uid-{number}", "resourceVersion": str(number), "generation": 1}
        metadata.setdefault("creationTimestamp", f"2026-01-01T00:{number // 60 % 60:02}:{number % 60:02}Z")
        self.objects[_path(kind, metadata.get("namespace", ""), metadata["name"])] = item
        if item["kind"] == "CustomResourceDefinition":
            spec, version = item["spec"], item["spec"]["versions"][0]["name"]
            root, names = f"apis/{spec['group']}/{version}", spec["names"]
            self.kinds.append(Kind(root, names["kind"], names["plural"], spec["scope"] == "Namespaced"))
            item["status"] = {"conditions": [{"type": "Established", "status": "True"}]}
        if item["kind"] == "Deployment":
            count = item["spec"].setdefault("replicas", 1)
            replicas = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), count)
            item["status"] = {"observedGeneration": 1, **replicas}
        return item

    def delete(self, path: str) -> None:
        """Delete an object, what it owns, and what is in it."""
        item = self.objects.pop(path)
        metadata = item["metadata"]
        for other, entry in list(self.objects.items()):
            owners = {owner["uid"] for owner in entry["metadata"].get("ownerReferences", [])}
            inside = item["kind"] == "Namespace" and entry["metadata"].get("namespace") == metadata["name"]
            if (metadata["uid"] in owners or inside) and other in self.objects:
                self.delete(other)
        if item["kind"] == "CustomResourceDefinition":
            self.kinds = [entry for entry in self.kinds if entry.kind != item["spec"]["names"]["kind"]]

    def request(self, method: str, url: str, body: Any) -> tuple[int, Object]:
        """Status and content of an answer."""
        parts = urlsplit(url)
        if (found := self.discovery(parts.path.strip("/"))) is not None:
            return 200, found
        match = PATH.fullmatch(parts.path)
        kind = match and next((k for k in self.kinds if (k.root, k.plural) == (match["root"], match["plural"])), None)
        if not match or not kind:
            return 404, {"kind": "Status", "code": 404, "message": "the server could not find the requested resource"}
        if f"{method.lower()} {kind.plural}" in self.forbidden:
            return 403, {"kind": "Status", "code": 403, "message": f"{kind.plural} is forbidden"}
        path = _path(kind, match["namespace"] or "", match["name"] or "")
        if method == "POST":
            place = {"namespace": match["namespace"]} if match["namespace"] else {}
            return 201, self.put(body | {"metadata": body["metadata"] | place})
        if not match["name"]:
            return 200, self.listed(kind, match["namespace"], parse_qs(parts.query))
        item = self.objects.get(path)
        if item is None:
            return 404, {"kind": "Status", "code": 404, "reason": "NotFound", "message": f"{path} not found"}
        if method == "DELETE":
            self.delete(path)
        elif method in ("PATCH", "PUT"):
            if isinstance(body, list):
                return 400, {"kind": "Status", "code": 400, "message": "error decoding patch: no JSON merge patch"}
            version = item["metadata"]["resourceVersion"]
            if body.get("metadata", {}).get("resourceVersion", version) != version:
                return 409, {"kind": "Status", "code": 409, "message": "the object has been modified"}
            changed = body if method == "PUT" else merged(item, body)
            if changed != item:
                changed["metadata"]["resourceVersion"] = str(next(self._numbers))
            self.objects[path] = item = changed
        return 200, item

    def listed(self, kind: Kind, namespace: str | None, query: dict[str, list[str]]) -> Object:
        """A list, of one namespace or all, with the selectors of the query."""
        selectors = [entry.partition("=") for entry in query.get("labelSelector", [""])[0].split(",") if entry]
        name = query.get("fieldSelector", [""])[0].partition("metadata.name=")[2]
        items = [
            item
            for item in self.of(kind.kind)
            if (not namespace or item["metadata"].get("namespace") == namespace)
            and all(_is_selected(item, key, value if given else None) for key, given, value in selectors)
            and (not name or item["metadata"]["name"] == name)
        ]
        version = kind.root.split("/", 1)[1]
        return {"kind": f"{kind.kind}List", "apiVersion": version, "metadata": {}, "items": items}

    def discovery(self, path: str) -> Object | None:
        """What there is to ask for; None where the path asks for objects."""
        roots = dict.fromkeys(kind.root for kind in self.kinds)
        if path == "version":
            return {"major": "1", "minor": "35", "gitVersion": "v1.35.4"}
        if path == "api":
            return {"kind": "APIVersions", "versions": ["v1"]}
        if path == "apis":
            groups: dict[str, list[Object]] = {}
            for root in roots:
                if root != CORE:
                    _, group, version = root.split("/")
                    groups.setdefault(group, []).append({"groupVersion": f"{group}/{version}", "version": version})
            listed = [{"name": name, "versions": v, "preferredVersion": v[0]} for name, v in groups.items()]
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": listed}
        if path not in roots:
            return None
        verbs = ["get", "list", "create", "update", "patch", "delete", "watch"]
        resources = [
            {"name": name, "singularName": "", "kind": k.kind, "namespaced": k.namespaced, "verbs": verbs}
            for k in self.kinds
            if k.root == path
            for name in (k.plural, f"{k.plural}/status")
        ]
        return {"kind": "APIResourceList", "groupVersion": path.split("/", 1)[1], "resources": resources}

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """For `support.api_server.served`."""
        cluster = self

        class Handler(JsonAnswers, BaseHTTPRequestHandler):
            def respond(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.answer(*cluster.request(self.command, self.path, json.loads(body) if body else None))

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = respond  # noqa: N815

        return Handler


def merged(old: Any, change: Any) -> Any:
    """A JSON merge patch."""
    if not isinstance(old, dict) or not isinstance(change, dict):
        return change
    kept = {key: value for key, value in old.items() if key not in change}
    return kept | {key: merged(old.get(key), value) for key, value in change.items() if value is not None}


def _is_selected(item: Object, key: str, value: str | None) -> bool:
    """Whether an object has a label, of this value if there is one."""
    labels = item["metadata"].get("labels") or {}
    return key in labels and value in (None, labels[key])


def _root(item: Object) -> str:
    return f"apis/{item['apiVersion']}" if "/" in item["apiVersion"] else CORE


def _path(kind: Kind, namespace: str, name: str) -> str:
    place = f"namespaces/{namespace}/" if kind.namespaced else ""
    return f"{kind.root}/{place}{kind.plural}/{name}"
