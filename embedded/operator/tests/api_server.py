"""An API server in memory, as far as the operators use one: it keeps objects and notes which rights were used."""

import copy
import itertools
import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from embedded_operator.kubernetes.api import ApiError, KubernetesApi
from embedded_operator.kubernetes.kinds import PATHS

Object = dict[str, Any]
Permission = tuple[str, str, str]  # API group, resource, verb

PATH = re.compile(
    r"(?P<root>api/v1|apis/[^/]+/[^/]+)/(namespaces/(?P<namespace>[^/]+)/)?"
    r"(?P<plural>[a-z]+)(/(?P<name>[^/]+))?(/(?P<sub>[a-z]+))?"
)
KINDS = {plural: kind for kind, (_, plural) in PATHS.items()}
PLURALS = {kind: plural for plural, kind in KINDS.items()}
METADATA_MAPS = ("labels", "annotations")


def merged(old: Any, change: Any) -> Any:
    """A JSON merge patch."""
    if not isinstance(old, dict) or not isinstance(change, dict):
        return change
    result = {key: merged(old.get(key), value) for key, value in change.items() if value is not None}
    return {**{key: value for key, value in old.items() if key not in change}, **result}


def ports_of(service: Object) -> list[Object]:
    """Ports of a Service, none where there is no such Service."""
    return service.get("spec", {}).get("ports", [])


def port_key(port: Object) -> str:
    """What server-side apply knows a Service's port by: its name does not count."""
    return f'k:{{"port":{port["port"]},"protocol":"{port.get("protocol", "TCP")}"}}'


def fields_of(body: Object) -> Object:
    """The API server's note of the labels, annotations and ports that are the applier's."""
    metadata = {f"f:{which}": {f"f:{name}": {} for name in body["metadata"].get(which, {})} for which in METADATA_MAPS}
    ports = {port_key(port): {} for port in ports_of(body)} if body["kind"] == "Service" else {}
    return {"f:metadata": metadata, "f:spec": {"f:ports": ports}}


class ApiServer(KubernetesApi):
    """Takes the requests of KubernetesApi; `objects` by kind and name, `written` and `used` since they were cleared."""

    def __init__(self, *objects: Object) -> None:
        super().__init__("", None, None)
        self.objects: dict[tuple[str, str], Object] = {}
        self.written: list[str] = []
        self.used: set[Permission] = set()
        self.graces: dict[tuple[str, str], int | None] = {}  # seconds that what was deleted was given to end
        self.has_routes = True
        self.router = "apps.example"  # domain of the hosts that Routes get; empty: there is no router
        self._uids, self._ports = itertools.count(), itertools.count(31000)
        for item in objects:
            self.put(item)

    def put(self, item: Object) -> None:
        """Have an object, as if somebody else had made it."""
        self.objects[item["kind"], item["metadata"]["name"]] = copy.deepcopy(item)

    def change(self, kind: str, name: str, change: Object) -> None:
        """Merge a change into an object, as somebody else."""
        self.objects[kind, name] = merged(self.objects[kind, name], change)

    def of(self, kind: str) -> dict[str, Object]:
        """Objects of a kind by name."""
        return {name: item for (of, name), item in self.objects.items() if of == kind}

    async def _request(self, method: str, path: str, body: Any = None, content_type: str = "") -> Object:
        if path == PATHS["Route"][0]:
            if not self.has_routes:
                raise ApiError(404, "the server could not find the requested resource")
            return {}
        url = urlsplit(path)
        found, query = PATH.fullmatch(url.path), parse_qs(url.query)
        plural, name = found["plural"], found["name"]
        kind = KINDS[plural]
        resource = f"{plural}/{found['sub']}" if found["sub"] else plural
        group = "" if found["root"] == "api/v1" else found["root"].split("/")[1]
        present = self.objects.get((kind, name))

        def use(*verbs: str) -> None:
            self.used.update((group, resource, verb) for verb in verbs)

        if method == "GET" and not name:
            use("list")
            wanted = dict(
                entry.split("=") for entry in unquote(query.get("labelSelector", [""])[0]).split(",") if entry
            )
            items = [i for i in self.of(kind).values() if wanted.items() <= i["metadata"].get("labels", {}).items()]
            return {"apiVersion": found["root"].split("/", 1)[1], "items": copy.deepcopy(items)}
        if method == "PATCH" and "apply" in content_type:
            use("patch", *([] if present else ["create"]))
            self._note_owners(body)
            self.objects[kind, name] = self._applied(kind, present, body, query["fieldManager"][0])
            self.written.append(f"{kind} {name}")
            return copy.deepcopy(self.objects[kind, name])
        use({"GET": "get", "PATCH": "patch", "DELETE": "delete"}[method])
        if present is None:
            raise ApiError(404, f"{plural} {name} not found")
        if method == "DELETE":
            self.written.append(f"delete {kind} {name}")
            self.graces[kind, name] = body.get("gracePeriodSeconds")
            del self.objects[kind, name]
        elif method == "PATCH":
            self.written.append(f"{kind} {name}{'/' + found['sub'] if found['sub'] else ''}")
            self.objects[kind, name] = merged(present, copy.deepcopy(body))
            if kind == "Service":
                self._number_ports(self.objects[kind, name], present)
            return copy.deepcopy(self.objects[kind, name])
        return copy.deepcopy(present)

    def _note_owners(self, body: Object) -> None:
        """Where owners are protected, an owner that waits for what it owns takes a right of its own."""
        for owner in body["metadata"].get("ownerReferences", []):
            if owner["blockOwnerDeletion"]:
                group = owner["apiVersion"].split("/")[0]
                self.used.add((group, f"{PLURALS[owner['kind']]}/finalizers", "update"))

    def _applied(self, kind: str, present: Object | None, body: Object, manager: str) -> Object:
        """What server-side apply and the controllers make of an object."""
        item, old = copy.deepcopy(body), present or {"metadata": {}}
        metadata = item["metadata"]
        metadata["uid"] = old["metadata"]["uid"] if present else f"uid-{next(self._uids)}"
        ours = next((entry["fieldsV1"] for entry in old["metadata"].get("managedFields", [])), {})
        for which in METADATA_MAPS:
            given = ours.get("f:metadata", {}).get(f"f:{which}", {})
            others = {k: v for k, v in old["metadata"].get(which, {}).items() if f"f:{k}" not in given}
            metadata[which] = {**others, **metadata.get(which, {})}
        if kind == "Service":
            known = {*ours.get("f:spec", {}).get("f:ports", {}), *map(port_key, body["spec"]["ports"])}
            item["spec"]["ports"] += [port for port in ports_of(old) if port_key(port) not in known]
            self._number_ports(item, old)
        metadata["managedFields"] = [
            {"manager": manager, "operation": "Apply", "fieldsV1": fields_of(body)},
            {"manager": "somebody", "operation": "Update", "fieldsV1": {"f:status": {}}},
        ]
        metadata["generation"] = 1
        ready = [{"type": "Ready", "status": "True"}]
        match kind:
            case "Pod":
                item["status"] = {"phase": "Running", "hostIP": "10.0.0.5", "conditions": ready}
            case "Deployment":
                item["status"] = {"observedGeneration": 1, "readyReplicas": 1}
            case "PersistentVolumeClaim":
                item["spec"].setdefault("storageClassName", "standard")
                item["status"] = {"phase": "Bound"}
            case "Route":
                if "host" in item["spec"]:
                    self.used.add(("route.openshift.io", "routes/custom-host", "create"))
                host = item["spec"].setdefault("host", f"{metadata['name']}-{metadata['namespace']}.{self.router}")
                item["status"] = {"ingress": [{"host": host}] if self.router else []}
        return item

    def _number_ports(self, service: Object, old: Object) -> None:
        """Give node ports to those of a Service that had none; refuse two ports of one name, as the API server does."""
        names = [port["name"] for port in ports_of(service)]
        if len(set(names)) < len(names):
            raise ApiError(422, f"Service {service['metadata']['name']} is invalid: spec.ports: Duplicate value")
        numbers = {port_key(port): port.get("nodePort") for port in ports_of(old)}
        for port in ports_of(service) if service["spec"]["type"] == "NodePort" else []:
            port.setdefault("nodePort", numbers.get(port_key(port)) or next(self._ports))
