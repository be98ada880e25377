"""Services and their EndpointSlices: which pods answer for a Service's port."""

import re
from collections.abc import Mapping
from typing import Any

from .model import Key, Object, Server

SERVICE_LABEL = "kubernetes.io/service-name"
PORT_NUMBER = re.compile(r"[0-9]{1,5}")


class Backends:
    """Looks up ready pods in Services and EndpointSlices as they were observed."""

    def __init__(self, services: Mapping[Key, Object], slices: Mapping[Key, Object]) -> None:
        self._services = services
        self._slices: dict[Key, list[Object]] = {}
        for (namespace, _), item in sorted(slices.items()):
            service = item["metadata"].get("labels", {}).get(SERVICE_LABEL)
            if service:
                self._slices.setdefault((namespace, service), []).append(item)

    def of_route(self, namespace: str, service: str, target: int | str | None) -> tuple[Server, ...]:
        """Pods behind a Route's `port.targetPort`: a pod's port, or a port's name; None: the Service's first port."""
        if target is None:
            ports = self._ports(namespace, service)
            return self._servers(namespace, service, "name", ports[0].get("name", "")) if ports else ()
        # OpenShift's clients write numbers as text, too.
        if isinstance(target, int) or PORT_NUMBER.fullmatch(target):
            return self._servers(namespace, service, "port", int(target))
        return self._servers(namespace, service, "name", target)

    def of_ingress(self, namespace: str, backend: Object) -> tuple[Server, ...]:
        """Pods behind an Ingress's backend, whose port is one of the Service's, by number or name."""
        service, port = backend["name"], backend.get("port", {})
        wanted = ("port", port["number"]) if "number" in port else ("name", port.get("name", ""))
        found = [entry for entry in self._ports(namespace, service) if entry.get(wanted[0], "") == wanted[1]]
        return self._servers(namespace, service, "name", found[0].get("name", "")) if found else ()

    def _ports(self, namespace: str, service: str) -> list[Object]:
        return self._services.get((namespace, service), {}).get("spec", {}).get("ports", [])

    def _servers(self, namespace: str, service: str, field: str, value: Any) -> tuple[Server, ...]:
        """Ready addresses of the slices' port whose `field` (port or name, which are the Service's) has this value."""
        found = set()
        for item in self._slices.get((namespace, service), []):
            if item.get("addressType") not in ("IPv4", "IPv6"):
                continue
            # Fields without a value are null here, not left out.
            numbers = [port["port"] for port in item.get("ports") or [] if (port.get(field) or "") == value]
            for endpoint in item.get("endpoints") or []:
                if (endpoint.get("conditions") or {}).get("ready") is not False:
                    found.update(Server(address, number) for address in endpoint["addresses"][:1] for number in numbers)
        return tuple(sorted(found))
