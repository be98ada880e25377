"""The aggregated API: which request is whose, in OpenShift's paths."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from builds import Builds
from objects import Collection, Object, RefusedError
from projects import Projects
from restricted_v2 import admit

VERBS = ["get", "list", "create", "patch", "delete"]
# Of each group what it says it serves: resource, kind, whether it is in namespaces, verbs.
GROUPS: dict[str, list[tuple[str, str, bool, list[str]]]] = {
    "project.openshift.io": [
        ("projects", "Project", False, ["get", "list", "delete"]),
        ("projectrequests", "ProjectRequest", False, ["create"]),
    ],
    "build.openshift.io": [
        ("buildconfigs", "BuildConfig", True, VERBS),
        ("buildconfigs/instantiatebinary", "BinaryBuildRequestOptions", True, ["create"]),
        ("builds", "Build", True, VERBS),
        ("builds/log", "BuildLog", True, ["get"]),
    ],
    "image.openshift.io": [("imagestreams", "ImageStream", True, VERBS)],
    "user.openshift.io": [("users", "User", False, ["get"])],
    "security.openshift.io": [("securitycontextconstraints", "SecurityContextConstraints", False, ["list"])],
}
ADMISSION = "/admit"
USER_PREFIX = "system:serviceaccount:openshift-simulation:"  # of the service accounts that play users


class Platform:
    """What answers: projects and builds."""

    def __init__(self, projects: Projects, builds: Builds) -> None:
        self.projects, self.builds = projects, builds
        self.collections: dict[str, Collection] = {
            "buildconfigs": builds.configs,
            "builds": builds.builds,
            "imagestreams": builds.streams,
        }

    def answer(
        self, method: str, path: str, user: str, groups: list[str], body: bytes, is_dry: bool = False
    ) -> tuple[int, Any]:
        """Status code and content; an iterator is a log. `is_dry`: nothing is to be changed. Raises RefusedError."""
        if path == ADMISSION:
            return 200, self._review(json.loads(body))
        if is_dry and method in ("POST", "PATCH", "DELETE"):
            return 200, json.loads(body or "{}")
        parts = path.strip("/").split("/")
        if parts[0] != "apis" or len(parts) < 3 or parts[1] not in GROUPS:
            raise RefusedError(404, "NotFound", f"nothing at {path}")
        if len(parts) == 3:
            return 200, _resources(parts[1])
        if parts[1] == "project.openshift.io":
            return self._project(method, parts[3:], user, "system:masters" in groups, body)
        if parts[1] == "user.openshift.io":
            own = {"name": user.removeprefix(USER_PREFIX)}
            return 200, {"apiVersion": "user.openshift.io/v1", "kind": "User", "metadata": own, "groups": groups}
        if parts[1] == "security.openshift.io":
            return 200, {"apiVersion": "security.openshift.io/v1", "kind": "List", "metadata": {}, "items": []}
        return self._namespaced(method, parts[3:], body)

    def _project(self, method: str, rest: list[str], user: str, is_admin: bool, body: bytes) -> tuple[int, Any]:
        if rest == ["projectrequests"] and method == "POST":
            return 201, self.projects.request(json.loads(body), user)
        if rest == ["projects"]:
            return 200, self.projects.list(user, is_admin)
        return 200, (self.projects.delete if method == "DELETE" else self.projects.get)(rest[1])

    def _namespaced(self, method: str, rest: list[str], body: bytes) -> tuple[int, Any]:
        namespace, rest = (rest[1], rest[2:]) if rest[0] == "namespaces" else ("", rest)
        collection, name, part = self.collections[rest[0]], *[*rest[1:], "", ""][:2]
        match method, part:
            case "POST", "instantiatebinary":
                return 201, self.builds.start(namespace, name, body)
            case "GET", "log":
                return 200, self.builds.log(namespace, name)
            case "POST", _:
                self.projects.check(namespace)
                return 201, collection.create(namespace, json.loads(body))
            case "PATCH", _:
                return 200, collection.patch(namespace, name, json.loads(body))
            case "DELETE", _:
                return 200, collection.delete(namespace, name)
        return 200, collection.get(namespace, name) if name else collection.list(namespace)

    def _review(self, review: Object) -> Object:
        request = review["request"]
        patch, refused = admit(request["object"], self.projects.annotations(request["namespace"]))
        response: Object = {"uid": request["uid"], "allowed": not refused}
        if refused:
            why = f'unable to validate against any security context constraint: [provider "restricted-v2": {refused}]'
            response["status"] = {"code": 403, "reason": "Forbidden", "message": why}
        else:
            response |= {"patchType": "JSONPatch", "patch": base64.b64encode(json.dumps(patch).encode()).decode()}
        return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}


def _resources(group: str) -> Object:
    listed = [
        {"name": name, "singularName": "", "kind": kind, "namespaced": namespaced, "verbs": verbs}
        for name, kind, namespaced, verbs in GROUPS[group]
    ]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": f"{group}/v1", "resources": listed}


def handler(platform: Platform) -> type[BaseHTTPRequestHandler]:
    """For an HTTPServer. The API server in front of it says who asks, and has judged whether he may."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            asked = urlsplit(self.path)
            media = self.headers.get("Content-Type", "")
            body = self._body()
            try:
                if self.command == "PATCH" and "merge-patch" not in media.replace("strategic-merge-patch", ""):
                    raise RefusedError(415, "UnsupportedMediaType", f"no patch of the form {media}")
                user, groups = self.headers.get("X-Remote-User", ""), self.headers.get_all("X-Remote-Group") or []
                is_dry = "dryRun" in parse_qs(asked.query)
                code, content = platform.answer(self.command, asked.path, user, groups, body, is_dry)
            except RefusedError as error:
                code = error.code
                told = {"status": "Failure", "reason": error.reason, "message": str(error), "code": code}
                content = {"apiVersion": "v1", "kind": "Status", "metadata": {}, **told}
            if isinstance(content, Iterator):
                self._log(content)
                return
            if wanted := parse_qs(asked.query).get("fieldSelector"):
                name = wanted[0].partition("metadata.name=")[2]
                content["items"] = [item for item in content["items"] if item["metadata"]["name"] == name]
            self._send(code, json.dumps(content).encode())

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self._any
            raise AttributeError(name)

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def _send(self, code: int, body: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _log(self, lines: Iterator[str]) -> None:
            self.close_connection = True
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Connection", "close")
            self.end_headers()
            for line in lines:
                self.wfile.write(f"{line}\n".encode())
                self.wfile.flush()

        def log_message(self, *arguments: object) -> None:
            """Silent."""

    return Handler
