"""Projects: namespaces by request, with a range of user ids each, of which whoever asked is the admin."""

from __future__ import annotations

import itertools
from typing import Any

from objects import Object, RefusedError, missing

API = "project.openshift.io/v1"
DESCRIPTION, REQUESTER = "openshift.io/description", "openshift.io/requester"
UIDS, GROUPS, LEVEL = (f"openshift.io/sa.scc.{name}" for name in ("uid-range", "supplemental-groups", "mcs"))
# By this label the webhook finds the namespaces whose pods the platform judges.
LABEL = {"simulation.openshift.io/project": "true"}
RANGE = 10000  # user ids of a project


class Projects:
    """`client`: a kubernetes CoreV1Api and RbacAuthorizationV1Api of an administrator of the real cluster."""

    def __init__(self, core: Any, rbac: Any) -> None:
        self._core, self._rbac = core, rbac
        self._ranges = itertools.count(1000650000, RANGE)

    def request(self, body: Object, user: str) -> Object:
        """A ProjectRequest. Raises RefusedError where the name is taken."""
        name, ids = body["metadata"]["name"], f"{next(self._ranges)}/{RANGE}"
        annotations = {
            DESCRIPTION: body.get("description", ""),
            REQUESTER: user,
            UIDS: ids,
            GROUPS: ids,
            LEVEL: "s0:c26,c5",
        }
        metadata = {"name": name, "annotations": annotations, "labels": LABEL}
        self._ask(self._core.create_namespace, {"metadata": metadata}, resource="projects", name=name)
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"}
        subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}
        binding = {"metadata": {"name": "admin"}, "roleRef": role, "subjects": [subject]}
        self._ask(self._rbac.create_namespaced_role_binding, name, binding, resource="rolebindings", name=name)
        return self.get(name)

    def list(self, user: str, is_admin: bool) -> Object:
        """What this user sees: the own projects; an administrator all namespaces."""
        found = [self._project(item) for item in self._core.list_namespace().items]
        items = [item for item in found if is_admin or item["metadata"]["annotations"].get(REQUESTER) == user]
        return {"apiVersion": API, "kind": "ProjectList", "metadata": {}, "items": items}

    def get(self, name: str) -> Object:
        """Raises RefusedError where there is none."""
        return self._project(self._ask(self._core.read_namespace, name, resource="projects", name=name))

    def delete(self, name: str) -> Object:
        """The namespace with all that is in it; it is gone later."""
        self._ask(self._core.delete_namespace, name, resource="projects", name=name)
        return {"apiVersion": "v1", "kind": "Status", "status": "Success"}

    def check(self, name: str) -> None:
        """Raises RefusedError where there is no namespace."""
        self._ask(self._core.read_namespace, name, resource="namespaces", name=name)

    def annotations(self, name: str) -> dict[str, str]:
        """Those of the namespace."""
        return self._core.read_namespace(name).metadata.annotations or {}

    @staticmethod
    def _ask(call: Any, *arguments: Any, resource: str, name: str) -> Any:
        from kubernetes.client import ApiException

        try:
            return call(*arguments)
        except ApiException as error:
            if error.status == 404:
                raise missing(resource, name) from error
            raise RefusedError(error.status, error.reason, f'{resource} "{name}": {error.reason}') from error

    @staticmethod
    def _project(namespace: Any) -> Object:
        metadata = namespace.metadata
        return {
            "apiVersion": API,
            "kind": "Project",
            "metadata": {
                "name": metadata.name,
                "uid": metadata.uid,
                "resourceVersion": metadata.resource_version,
                "creationTimestamp": metadata.creation_timestamp.isoformat(),
                "annotations": metadata.annotations or {},
                "labels": metadata.labels or {},
            },
            "spec": {"finalizers": namespace.spec.finalizers or []},
            "status": {"phase": namespace.status.phase},
        }
