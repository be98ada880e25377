"""An API server in the place of an OpenShift's: projects by request, for a user who may not make namespaces."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from support.api_server import JsonAnswers

GROUP, STRIMZI = "project.openshift.io", "kafka.strimzi.io"
DESCRIPTION = "openshift.io/description"


def resource(name: str, kind: str, namespaced: bool, *verbs: str) -> dict[str, Any]:
    return {"name": name, "kind": kind, "namespaced": namespaced, "verbs": list(verbs), "singularName": ""}


PROJECTS = [
    resource("projects", "Project", False, "get", "list", "delete"),
    resource("projectrequests", "ProjectRequest", False, "create", "list"),
]
KAFKA = [resource(f"{kind.lower()}s", kind, True, "get", "list") for kind in ("Kafka", "KafkaTopic", "KafkaUser")]
DISCOVERY = {
    "/version": {"major": "1", "minor": "31", "gitVersion": "v1.31"},
    "/api": {"kind": "APIVersions", "versions": []},
    "/apis": {
        "kind": "APIGroupList",
        "groups": [
            {"name": group, "versions": [version], "preferredVersion": version}
            for group in (GROUP, STRIMZI)
            for version in [{"groupVersion": f"{group}/v1", "version": "v1"}]
        ],
    },
    f"/apis/{GROUP}/v1": {"kind": "APIResourceList", "groupVersion": f"{GROUP}/v1", "resources": PROJECTS},
    f"/apis/{STRIMZI}/v1": {"kind": "APIResourceList", "groupVersion": f"{STRIMZI}/v1", "resources": KAFKA},
}


class Projects(JsonAnswers, BaseHTTPRequestHandler):
    """What is asked for by its name and is not there is forbidden, as OpenShift answers those who may not know."""

    may_request = True
    projects: ClassVar[dict[str, dict[str, Any]]] = {}

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        path = url.path.rstrip("/")
        if path in DISCOVERY:
            return self.answer(200, DISCOVERY[path])
        if path == f"/apis/{GROUP}/v1/projects":
            (selector,) = parse_qs(url.query).get("fieldSelector", [""])
            wanted = selector.removeprefix("metadata.name=")
            found = [project for name, project in self.projects.items() if not wanted or name == wanted]
            return self.answer(200, {"kind": "ProjectList", "apiVersion": f"{GROUP}/v1", "items": found})
        name = path.rpartition("/")[2]
        if path.startswith(f"/apis/{GROUP}/v1/projects/") and name in self.projects:
            return self.answer(200, self.projects[name])
        if path.startswith(f"/apis/{STRIMZI}/v1/namespaces/"):
            return self.answer(200, {"kind": "List", "apiVersion": f"{STRIMZI}/v1", "items": []})
        return self.answer(403, {"kind": "Status", "status": "Failure", "reason": "Forbidden", "code": 403})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert (self.path.partition("?")[0], asked["kind"]) == (f"/apis/{GROUP}/v1/projectrequests", "ProjectRequest")
        if asked["metadata"]["name"] in self.projects:
            return self.answer(409, {"kind": "Status", "reason": "AlreadyExists", "code": 409})
        if not self.may_request:
            return self.answer(403, {"kind": "Status", "reason": "Forbidden", "code": 403})
        self.make(asked["metadata"]["name"], asked["description"])
        return self.answer(201, self.projects[asked["metadata"]["name"]])

    def do_DELETE(self) -> None:
        name = self.path.partition("?")[0].rpartition("/")[2]
        self.answer(200, self.projects.pop(name))

    @classmethod
    def make(cls, name: str, description: str) -> None:
        """A project, as somebody requested it."""
        cls.projects[name] = {
            "apiVersion": f"{GROUP}/v1",
            "kind": "Project",
            "metadata": {"name": name, "annotations": {DESCRIPTION: description}, "resourceVersion": "1"},
            "status": {"phase": "Active"},
        }
