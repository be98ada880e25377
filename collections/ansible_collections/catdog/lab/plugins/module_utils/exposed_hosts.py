"""By which hosts attendees' labs are reached where something is exposed by name, and which of them are too long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

LABEL_LENGTH, NAME_LENGTH = 63, 253  # of a part of a host's name, and of all of it (RFC 1035)
BY_NAME = ("route", "ingress", "tlsroute")
# Variables that say how something is exposed, where an inventory has none of them: nodeport.
DEFAULT = "nodeport"


def exposures(variables: Mapping[str, Any]) -> dict[str, str]:
    """The kind of exposure of each part of a lab, by the variable that asks for it."""
    kinds = {name: str(variables.get(name, DEFAULT)) for name in ("lab_kafka_exposure", "lab_notebook_exposure")}
    if variables.get("lab_object_store") == "gateway":
        kinds["lab_object_store_exposure"] = str(variables.get("lab_object_store_exposure", "none"))
    return kinds


def hosts(variables: Mapping[str, Any], namespace: str, kafka_namespace: str) -> list[dict[str, str]]:
    """The longest host of each part that is exposed by name, {label, domain, variables: those that it is made of}.

    A label is made as OpenShift's router does it, and the roles where a domain is named: `<name>-<namespace>`. Of
    Kafka the host of the first contact is the longest: a broker has `<cluster>-<pool>-<id>`.
    """
    kinds, domain = exposures(variables), str(variables.get("lab_ingress_domain", ""))
    found = []
    if kinds["lab_notebook_exposure"] in BY_NAME:
        label = f"{variables['lab_notebook']}-{namespace}"
        found.append({"label": label, "domain": domain, "variables": "lab_notebook or lab_namespace"})
    if kinds["lab_kafka_exposure"] in BY_NAME:
        label, shared = f"{variables['lab_kafka_cluster']}-kafka-bootstrap-{kafka_namespace}", "lab_kafka_namespace"
        of = shared if shared in variables else "lab_namespace"
        found.append({"label": label, "domain": domain, "variables": f"lab_kafka_cluster or {of}"})
    return found


def host_failures(attendees: Iterable[Mapping[str, Any]]) -> list[str]:
    """Hosts that no router and no name server takes: what is too long, by how much, and what to shorten."""
    failures: dict[str, str] = {}
    for attendee in attendees:
        for host in attendee["hosts"]:
            label, name = host["label"], ".".join(filter(None, (host["label"], host["domain"])))
            if len(label) > LABEL_LENGTH:
                what, text, most = "the first part of a host's name", label, LABEL_LENGTH
            elif len(name) > NAME_LENGTH:
                what, text, most = "a host's name", name, NAME_LENGTH
            else:
                continue
            failures.setdefault(
                text,
                f"{attendee['name']} would be reached by {text}, which has {len(text)} characters: {len(text) - most} "
                f"more than {what} may have ({most}). Shorten {host['variables']}.",
            )
    return list(failures.values())
