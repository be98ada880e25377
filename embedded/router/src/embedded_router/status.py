"""What Routes and Ingresses are told: admitted under which host, or refused and why."""

import datetime
import ipaddress

from .admission.checks import check_host
from .model import Object, RefusalError

CANONICAL = "router-{name}.{domain}"


def now() -> str:
    """The time as conditions have it, to the second."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def route_status(route: Object, host: str, name: str, domain: str, refusal: RefusalError | None) -> Object | None:
    """The status that a Route is to have, None where it has it. Entries of other routers stay.

    `name` and `domain` are this router's, `host` the one that the Route has or gets.
    """
    condition = {"type": "Admitted", "status": "False" if refusal else "True"}
    if refusal:
        condition |= {"reason": refusal.reason, "message": str(refusal)}
    entries = (route.get("status") or {}).get("ingress") or []
    old = next((entry for entry in entries if entry.get("routerName") == name), {})
    was = next((entry for entry in old.get("conditions") or [] if entry["type"] == "Admitted"), {})
    since = was.get("lastTransitionTime")
    unchanged = since and {key: value for key, value in was.items() if key != "lastTransitionTime"} == condition
    entry = {
        "host": host,
        "routerName": name,
        "routerCanonicalHostname": CANONICAL.format(name=name, domain=domain),
        "wildcardPolicy": "None",
        "conditions": [{**condition, "lastTransitionTime": since if unchanged else now()}],
    }
    if old == entry:
        return None
    # One place of the list is ours: it keeps it, since clients look at the first one.
    if old:
        return {"ingress": [entry if each is old else each for each in entries]}
    return {"ingress": [*entries, entry]}


def ingress_status(ingress: Object, external_host: str, refusal: RefusalError | None) -> Object | None:
    """The status that an Ingress is to have, None where it has it: where it is reached, or nothing."""
    try:
        ipaddress.ip_address(external_host)
        where = {"ip": external_host}
    except ValueError:
        where = {"hostname": external_host}
    entries = [] if refusal else [where]
    present = ((ingress.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return None if present == entries else {"loadBalancer": {"ingress": entries}}


def generated_host(route: Object, host: str) -> Object | None:
    """What is merged into a Route without a host, as OpenShift's API server does it; None where it has one."""
    if route["spec"].get("host"):
        return None
    try:
        check_host(host)
    except RefusalError:
        return None  # its status says so
    annotations = {"openshift.io/host.generated": "true"}
    return {"metadata": {"annotations": annotations}, "spec": {"host": host}}


def refusal_event(kind: str, resource: Object, refusal: RefusalError, router: str) -> Object:
    """An Event that tells why an Ingress is not served: its status has no place for that."""
    metadata, time = resource["metadata"], now()
    api_version = {"Ingress": "networking.k8s.io/v1"}[kind]
    about = {"apiVersion": api_version, "kind": kind, "namespace": metadata["namespace"], "name": metadata["name"]}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": f"{metadata['name']}-", "namespace": metadata["namespace"]},
        "involvedObject": {**about, "uid": metadata["uid"], "resourceVersion": metadata["resourceVersion"]},
        "type": "Warning",
        "reason": refusal.reason,
        "message": str(refusal),
        "source": {"component": f"router-{router}"},
        "firstTimestamp": time,
        "lastTimestamp": time,
        "count": 1,
    }
