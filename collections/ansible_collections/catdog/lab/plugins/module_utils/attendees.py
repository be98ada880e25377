"""What each attendee's lab asks the cluster for, and what keeps two attendees apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.exposed_hosts import exposures, host_failures, hosts

NODE_PORTS = range(30000, 32768)
# Namespaces that belong to the cluster itself; kind's own node image keeps its volumes' provisioner in the last one.
SYSTEM_NAMESPACE = re.compile(r"(kube|openshift)-.+|default|openshift|local-path-storage")
MOST_NAMES = 6  # of a class of many, a message names no more

SHARED = "shared"  # profile of a lab whose Kafka is the class's
OWN, OF_CLASS = "attendee", "class"  # whose streaming service classifies an attendee's pictures
CLASSIFIERS = ("none", OWN, OF_CLASS)

WHERE = "beside its name in the inventory's hosts.yml"


def attendee(variables: Mapping[str, Any]) -> dict[str, Any]:
    """What the host with these inventory variables asks for.

    `name`, `namespace`, `kafka_namespace`, `kafka_cluster`, `topic`, `user`, `instructor`, `authentication`,
    `notebook`, `exposures` (kinds, by the variable that asks for each), `hosts` (exposed_hosts.hosts), `classifier`
    (one of CLASSIFIERS, if it is right), `classifier_name`, `predictions` (a topic), `quota` (None where the default
    holds), `profile` (SHARED where the Kafka is the class's), `memory` (MiB; 0 where the profile is unknown), `ports`,
    each {variable, port, namespace} with the namespace of what it leads to, and `no_ports`, what is given for a port
    and is none, each {variable, value, first, last} with the bounds. Kafka has as many ports as its largest profile
    needs, so that the profile can be changed.
    """
    profiles, namespace = variables["lab_kafka_profiles"], str(variables["lab_namespace"])
    kafka_namespace = str(variables.get("lab_kafka_namespace", namespace))
    shared = "lab_kafka_namespace" in variables
    profile = SHARED if shared else variables["lab_kafka_profile"]
    classifier = str(variables["lab_classifier"])
    memory = (variables["lab_shared_seat"] if shared else profiles.get(profile, {"memory": 0}))["memory"]
    if memory and classifier == OWN:
        memory += variables["lab_classifier_seat"]["memory"]
    wanted: dict[str, int] = {}
    kinds = exposures(variables)
    if kinds["lab_notebook_exposure"] == "nodeport":
        wanted["lab_notebook_node_port"] = 1
    if kinds["lab_kafka_exposure"] == "nodeport":
        wanted["lab_kafka_bootstrap_node_port"] = 1
        wanted["lab_kafka_broker_node_port_base"] = max(shape["brokers"] for shape in profiles.values())
    asked = [
        asked_ports(
            variable, variables[variable], namespace if variable == "lab_notebook_node_port" else kafka_namespace, count
        )
        for variable, count in wanted.items()
    ]
    return {
        "name": str(variables["inventory_hostname"]),
        "namespace": namespace,
        "kafka_namespace": kafka_namespace,
        "kafka_cluster": str(variables["lab_kafka_cluster"]),
        "topic": str(variables["lab_topic"]),
        "user": str(variables["lab_kafka_user"]),
        "instructor": str(variables["lab_kafka_instructor"]),
        "authentication": str(variables["lab_kafka_authentication"]),
        "notebook": str(variables["lab_notebook"]),
        "classifier": classifier,
        "classifier_name": str(variables["lab_classifier_name"]),
        "predictions": str(variables["lab_predictions_topic"]),
        "exposures": kinds,
        "hosts": hosts(variables, namespace, kafka_namespace),
        "quota": variables.get("lab_quota"),
        "profile": profile,
        "memory": memory,
        "ports": [entry for each in asked for entry in each["ports"]],
        "no_ports": [entry for each in asked for entry in each["no_ports"]],
    }


def asked_ports(variable: str, value: Any, namespace: str, count: int = 1) -> dict[str, Any]:
    """`ports` and `no_ports`, as attendee has them, of a variable that gives the first of so many ports."""
    first, last = NODE_PORTS[0], NODE_PORTS[-count]
    if not str(value).isdecimal() or not first <= int(value) <= last:
        return {"ports": [], "no_ports": [{"variable": variable, "value": value, "first": first, "last": last}]}
    names = [f"{variable} + {step}" if step else variable for step in range(count)]
    return {
        "ports": [
            {"variable": name, "port": int(value) + step, "namespace": namespace} for step, name in enumerate(names)
        ],
        "no_ports": [],
    }


def names(hosts: Collection[str]) -> str:
    """Names as a sentence has them: `a`, `a and b`, `a, b and 3 more`."""
    listed = sorted(hosts)
    if len(listed) > MOST_NAMES:
        listed = [*listed[: MOST_NAMES - 1], f"{len(listed) - MOST_NAMES + 1} more"]
    return " and ".join(part for part in (", ".join(listed[:-1]), *listed[-1:]) if part)


def attendee_failures(
    attendees: Sequence[Mapping[str, Any]],
    operator_namespace: str,
    profiles: Collection[str],
    other_ports: Mapping[str, int] | None = None,
) -> list[str]:
    """Everything in which the attendees' labs cannot be told apart, or ask for what cannot be.

    `other_ports`: ports that are no attendee's, by the variable that sets each.
    """
    return [
        *profile_failures(attendees, profiles),
        *namespace_failures(attendees, operator_namespace),
        *shared_kafka_failures(attendees, operator_namespace),
        *classifier_failures(attendees),
        *host_failures(attendees),
        *port_range_failures(attendees),
        *same_port_failures(attendees, other_ports or {}),
    ]


def profile_failures(attendees: Iterable[Mapping[str, Any]], profiles: Collection[str]) -> list[str]:
    """Profiles that do not exist."""
    unknown = {entry["profile"]: entry["name"] for entry in attendees if entry["profile"] not in profiles}
    return [
        f"{host} asks for the unknown profile '{profile}' (lab_kafka_profile). Choose one of: {', '.join(profiles)}."
        for profile, host in unknown.items()
    ]


def namespace_failures(attendees: Iterable[Mapping[str, Any]], operator_namespace: str) -> list[str]:
    """Namespaces that are shared, the operator's, or the cluster's own."""
    hosts: dict[str, list[str]] = {}
    for entry in attendees:
        hosts.setdefault(entry["namespace"], []).append(entry["name"])
    failures = []
    for namespace, sharing in hosts.items():
        if len(sharing) > 1:
            failures.append(
                f"{names(sharing)} share the namespace {namespace}, and so one lab. "
                f"Give each a lab_namespace of its own, {WHERE}."
            )
        if namespace == operator_namespace or SYSTEM_NAMESPACE.fullmatch(namespace):
            owner = "the operator (lab_operator_namespace)" if namespace == operator_namespace else "the cluster itself"
            failures.append(
                f"the namespace {namespace} of {names(sharing)} belongs to {owner}. Set lab_namespace to another one."
            )
    return failures


def shared_kafka_failures(attendees: Sequence[Mapping[str, Any]], operator_namespace: str) -> list[str]:
    """What keeps attendees from sharing one Kafka: each needs a topic and a user of their own, Kafka a namespace."""
    failures = []
    for variable, key in (("lab_topic", "topic"), ("lab_kafka_user", "user")):
        sharing: dict[tuple[str, str, str], list[str]] = {}
        for entry in attendees:
            if entry["profile"] == SHARED:
                sharing.setdefault((entry["kafka_namespace"], entry["kafka_cluster"], entry[key]), []).append(
                    entry["name"]
                )
        failures += [
            f"{names(hosts)} share the Kafka of namespace {namespace} and in it the {key} {value}. "
            f"Give each a {variable} of its own, {WHERE}."
            for (namespace, _, value), hosts in sharing.items()
            if len(hosts) > 1
        ]
    failures += [
        f"{entry['name']} has the user {entry['user']}, who may do everything in the Kafka that the class shares. "
        f"Give another lab_kafka_user, {WHERE}, or set lab_kafka_instructor to another one."
        for entry in attendees
        if entry["profile"] == SHARED and entry["user"] == entry["instructor"]
    ]
    own = {entry["namespace"] for entry in attendees}
    for namespace in dict.fromkeys(entry["kafka_namespace"] for entry in attendees if entry["profile"] == SHARED):
        if namespace in own or namespace == operator_namespace or SYSTEM_NAMESPACE.fullmatch(namespace):
            whose = "an attendee" if namespace in own else "the operator or the cluster itself"
            failures.append(
                f"the namespace {namespace} of the Kafka that the class shares belongs to {whose}. "
                "Set lab_kafka_namespace to another one."
            )
    if open_ones := [
        entry["name"] for entry in attendees if entry["profile"] == SHARED and entry["authentication"] == "none"
    ]:
        failures.append(
            f"{names(open_ones)} would share a Kafka that lets in everybody. Set lab_kafka_authentication to tls."
        )
    return failures


def classifier_failures(attendees: Sequence[Mapping[str, Any]]) -> list[str]:
    """Whose streaming service classifies: no such word, none that could serve the class, or one with a user's name."""
    failures = []
    asking: dict[str, list[str]] = {}
    for entry in attendees:
        asking.setdefault(entry["classifier"], []).append(entry["name"])
    failures += [
        f"{names(hosts)} {_have(hosts)} lab_classifier '{classifier}'. Choose one of: {', '.join(CLASSIFIERS)}."
        for classifier, hosts in asking.items()
        if classifier not in CLASSIFIERS
    ]
    served = [entry for entry in attendees if entry["classifier"] == OF_CLASS]
    if apart := [entry["name"] for entry in served if entry["profile"] != SHARED]:
        failures.append(
            f"{names(apart)} {_have(apart)} lab_classifier 'class' and no Kafka that the class shares, so that one "
            "service for all could not read the pictures. Set lab_classifier to attendee, or have one Kafka for the "
            "class (mode: shared in the list of attendees, lab_kafka_namespace elsewhere)."
        )
    failures += [
        f"{entry['name']} has the user {entry['user']}, as whom the streaming service of the class comes to Kafka. "
        f"Give another lab_kafka_user, {WHERE}, or set lab_classifier_name to another one."
        for entry in served
        if entry["profile"] == SHARED and entry["user"] == entry["classifier_name"]
    ]
    return failures


def _have(hosts: Collection[str]) -> str:
    return "have" if len(hosts) > 1 else "has"


def with_classifier(
    profiles: Mapping[str, Mapping[str, Any]], service: Mapping[str, int]
) -> dict[str, Mapping[str, Any]]:
    """The profiles of labs that each have a streaming service, which takes `memory` at work; empty: none has."""
    if not service:
        return dict(profiles)
    return {
        name: {**shape, "classifiers": 1, "memory": shape["memory"] + service["memory"]}
        for name, shape in profiles.items()
    }


def operator_namespace_failures(namespace: str, install: str) -> list[str]:
    """An operator that would be put into a namespace of the cluster; one that exists already may live in it."""
    if install == "existing" or not SYSTEM_NAMESPACE.fullmatch(namespace):
        return []
    return [
        f"the operator's namespace {namespace} (lab_operator_namespace) belongs to the cluster itself. "
        "Set it to another one."
    ]


def port_range_failures(attendees: Iterable[Mapping[str, Any]]) -> list[str]:
    """Ports that are no NodePorts."""
    return [
        f"{entry['variable']} of {host['name']} is '{entry['value']}'. "
        f"Set it to a NodePort, {entry['first']} to {entry['last']}."
        for host in attendees
        for entry in host["no_ports"]
    ]


def same_port_failures(attendees: Iterable[Mapping[str, Any]], other_ports: Mapping[str, int]) -> list[str]:
    """Ports that are asked for more than once: one message for all that the same hosts share."""
    askers: dict[int, list[tuple[str, str]]] = {port: [("", variable)] for variable, port in other_ports.items()}
    known: set[tuple[int, str, str]] = set()
    for host in attendees:
        for entry in host["ports"]:
            # Attendees who share a Kafka mean the same port by it.
            if host["profile"] == SHARED and entry["variable"].startswith("lab_kafka_"):
                if (same := (entry["port"], entry["variable"], entry["namespace"])) in known:
                    continue
                known.add(same)
            askers.setdefault(entry["port"], []).append((host["name"], entry["variable"]))
    shared: dict[tuple[str, ...], list[str]] = {}
    for port, asking in askers.items():
        if len(asking) > 1:
            hosts = tuple(sorted({host for host, _ in asking if host}))
            variables = dict.fromkeys(variable for _, variable in asking)
            shared.setdefault(hosts, []).append(f"{port} ({', '.join(variables)})")
    return [
        f"{names(hosts)} {'ask' if len(hosts) > 1 else 'asks'} for the same ports: {'; '.join(ports)}. "
        + (f"Give each ports of its own, {WHERE}." if len(hosts) > 1 else f"Set them to different ones, {WHERE}.")
        for hosts, ports in shared.items()
    ]


def node_port_holders(
    services: Iterable[Mapping[str, Any]], ports: Collection[int], namespace: str, owner: str = ""
) -> list[dict[str, Any]]:
    """The ports that a Service of somebody else has as NodePort, each {port, namespace, service}.

    The owner's are those in `namespace` that have the name `owner` or belong to the Kafka cluster `owner`; without an
    `owner` all in the namespace.
    """
    return [
        {"port": entry["nodePort"], "namespace": metadata["namespace"], "service": metadata["name"]}
        for service in services
        for metadata in [service["metadata"]]
        for entry in service["spec"].get("ports") or []
        if entry.get("nodePort") in ports and not _belongs(metadata, namespace, owner)
    ]


def _belongs(metadata: Mapping[str, Any], namespace: str, owner: str) -> bool:
    cluster = (metadata.get("labels") or {}).get("strimzi.io/cluster")
    return metadata["namespace"] == namespace and (not owner or owner in (metadata["name"], cluster))


def node_port_failures(
    services: Iterable[Mapping[str, Any]], ports: Mapping[int, str], namespace: str, owner: str
) -> list[str]:
    """Ports of one part of a lab that somebody else's Service has; `ports`: the input that sets each."""
    return [
        f"NodePort {held['port']} ({ports[held['port']]}) belongs to Service {held['service']} in namespace "
        f"{held['namespace']}. Choose another one, or remove what has it."
        for held in node_port_holders(services, ports, namespace, owner)
    ]


def service_failures(
    attendees: Iterable[Mapping[str, Any]],
    services: Sequence[Mapping[str, Any]],
    others: Iterable[Mapping[str, Any]] = (),
) -> list[str]:
    """Ports that a Service in another namespace has: one message an asker and namespace.

    `others`: what asks for ports beside the attendees, each with `name` and `ports` as an attendee has them.
    """
    failures = []
    for host in [*attendees, *others]:
        held: dict[str, list[str]] = {}
        for namespace in dict.fromkeys(entry["namespace"] for entry in host["ports"]):
            variables = {entry["port"]: entry["variable"] for entry in host["ports"] if entry["namespace"] == namespace}
            for entry in node_port_holders(services, variables, namespace):
                text = f"{entry['port']} ({variables[entry['port']]}) of {entry['service']}"
                held.setdefault(entry["namespace"], []).append(text)
        failures += [
            f"{host['name']} asks for NodePorts that Services in namespace {namespace} have: "
            f"{'; '.join(sorted(ports))}. Choose others, or remove what has them."
            for namespace, ports in held.items()
        ]
    return failures
