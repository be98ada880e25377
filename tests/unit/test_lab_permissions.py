"""The table of rights has what the roles ask a cluster for, by verb and place, and no more than a lab is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
# Kinds that tasks and templates only refer to.
REFERRED = {"nodes", "groups", "imagestreamtags"}
WRITING = {"create", "patch", "delete"}
# A lab that has all places of an instructor's.
EVERYWHERE = {"operator": ["op"], "attendee": ["ada"], "kafka": ["shared"], "object-store": ["catdog"]}
# What the namespaces of these roles are called in their tasks and templates.
NAMESPACES = {
    "object_store": {
        "object_store_namespace": "object-store",
        "__object_store_metadata": "object-store",
        "object_store_attendee_namespace": "attendee",
    },
    # The service of a class is beside its Kafka (class.yml, remove_class.yml).
    "classifier": {"classifier_namespace": "lab", "classifier_kafka_namespace": "kafka"},
    "kafka_client": {
        "kafka_client_namespace": "attendee",
        "__kafka_client_metadata": "attendee",
        "kafka_client_kafka_namespace": "kafka",
    },
    "reset": {
        "reset_namespace": "attendee",
        "reset_kafka_namespace": "kafka",
        "reset_object_store_namespace": "object-store",
    },
    "router": {"router_namespace": "router", "__router_metadata": "router"},
}
PARTS = {"lab": ("attendee", "kafka")}
EXEC = {("pods", "list"), ("pods/exec", "get"), ("pods/exec", "create")}
SAID = {("pods", "list"), ("pods/log", "get"), ("events", "list")}
# What modules ask for, beside the object of their `kind`.
MODULES = {
    "kubernetes.core.k8s_exec": EXEC | {("pods", "get")},
    "catdog.lab.deployment_wait": SAID | {("deployments", "get"), ("deployments", "watch")},
    "catdog.lab.strimzi_resource_wait": SAID,
    "catdog.lab.object_store_user": EXEC,
    "catdog.lab.object_store_probe": EXEC,
    "catdog.lab.object_store_bucket_info": EXEC,
    "catdog.lab.kafka_tool": EXEC | {("kafkas", "get"), ("secrets", "get")},
    "catdog.lab.job_wait": SAID | {("jobs", "get"), ("jobs", "watch")},
}
WAITS = {
    "catdog.lab.strimzi_resource_wait": ("get", "watch"),
    "catdog.lab.resource_gone_wait": ("list", "watch"),
}
# Those that ask nothing, or only what stands in their `parts`.
OTHERS = {
    "catdog.lab.report_files",
    "catdog.lab.config_map_pictures",
    "catdog.lab.lab_status",
    "catdog.lab.page_info",
}
MADE = ("get", "create", "patch")


def plural(kind: str) -> str:
    return re.sub("sss$", "sses", re.sub("ys$", "ies", f"{kind.lower()}s"))


def role_files(role: str, pattern: str) -> Iterator[Path]:
    return ROOT.glob(f"roles/{role}/{pattern}")


def tasks_of(listed: Any) -> Iterator[dict[str, Any]]:
    for task in listed or []:
        yield task
        for part in ("block", "rescue", "always"):
            yield from tasks_of(task.get(part))


def place_of(role: str, text: str) -> str:
    """Where an object is: by the first of the role's namespaces that its text names; else it is the cluster's."""
    found = re.search(rf"\b({'|'.join(NAMESPACES[role])})\b", text)
    return NAMESPACES[role][found[1]] if found else "cluster"


def asked_by_task(role: str, name: str, given: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(place, resource, verb) of one call of a module."""
    place = place_of(role, str(given.get("namespace", "")))
    if name == "kubernetes.core.k8s_info":
        verb = "get" if "name" in given else "list"
        # A loop has its namespaces in its items: the role's Secrets, each in another place.
        places = NAMESPACES[role].values() if "item.namespace" in str(given.get("namespace")) else [place]
        yield from ((where, plural(given["kind"]), verb) for where in places)
    elif name == "kubernetes.core.k8s":
        verbs = ("get", "delete") if given.get("state") == "absent" else MADE
        objects = given.get("definition", given)
        for entry in objects if isinstance(objects, list) else [objects]:
            if isinstance(entry, dict):  # a template's are asked_by_template
                where = place_of(role, str(entry.get("metadata", "")))
                for verb in verbs:
                    yield (where if where != "cluster" else place, plural(entry["kind"]), verb)
    elif name in MODULES or name in WAITS:
        yield from ((place, resource, verb) for resource, verb in MODULES.get(name, ()))
        yield from ((place, plural(given["kind"]), verb) for verb in WAITS.get(name, ()))


def asked_by_template(role: str, text: str) -> Iterator[tuple[str, str, str]]:
    for document in re.split(r"(?m)^---$", text):
        kinds = re.findall(r"(?m)^kind: (\w+)$", document)
        metadata = re.search(r"(?ms)^metadata:.*?(?=^[a-z]|\Z)", document)
        for kind in kinds:
            assert metadata, document
            yield from ((place_of(role, metadata[0]), plural(kind), verb) for verb in MADE)


def asked(role: str) -> dict[tuple[str, str, str], str]:
    """What a role asks for, by its place, resource and verb, and one file that does."""
    found: dict[tuple[str, str, str], str] = {}
    for path in role_files(role, "tasks/**/*.yml"):
        for task in tasks_of(yaml.safe_load(path.read_text())):
            for name, given in task.items():
                assert not name.startswith("catdog.lab.") or name in {*MODULES, *WAITS, *OTHERS}, (
                    f"{name} of {path} is not known"
                )
                if isinstance(given, dict):
                    found |= dict.fromkeys(asked_by_task(role, name, given), path.name)
    for path in role_files(role, "templates/**/*.yml.j2"):
        found |= dict.fromkeys(asked_by_template(role, path.read_text()), path.name)
    return {
        (part, resource, verb): name
        for (place, resource, verb), name in found.items()
        for part in PARTS.get(place, (place,))
    }


@pytest.fixture(scope="module")
def permissions(load_plugin):
    return load_plugin("module_utils/lab_permissions")


@pytest.mark.parametrize("role", list(NAMESPACES))
def test_every_verb_that_a_role_uses_is_in_the_table(permissions, role):
    granted = {
        (place, entry.resource, verb)
        for entry in permissions.PERMISSIONS
        for verb in entry.verbs
        for place in permissions.PARTS.get(entry.where, (entry.where,))
    }
    lacking = {f"{verb} {resource} ({place}): {file}" for (place, resource, verb), file in asked(role).items()
               if (place, resource, verb) not in granted}  # fmt: skip
    assert lacking == set()


def test_what_roles_ask_for_is_found_in_tasks_templates_and_modules():
    """So that the test before this one cannot pass by finding nothing."""
    assert {
        ("object-store", "networkpolicies", "create"),
        ("object-store", "persistentvolumeclaims", "delete"),
        ("object-store", "secrets", "patch"),
        ("object-store", "secrets", "get"),
        ("object-store", "pods/exec", "create"),
        ("object-store", "deployments", "watch"),
        ("attendee", "secrets", "delete"),
        ("cluster", "services", "list"),
        ("cluster", "namespaces", "get"),
    } <= set(asked("object_store"))
    assert {
        ("kafka", "kafkatopics", "patch"),
        ("kafka", "kafkas", "get"),
        ("kafka", "kafkatopics", "watch"),
        ("attendee", "horizontalpodautoscalers", "delete"),
        ("attendee", "configmaps", "create"),
        ("attendee", "events", "list"),
        ("kafka", "deployments", "watch"),
        ("kafka", "kafkausers", "create"),
        ("kafka", "networkpolicies", "delete"),
    } <= set(asked("classifier"))
    assert {("attendee", "jobs", "watch"), ("attendee", "jobs", "create")} <= set(asked("kafka_client"))
    assert {("kafka", "pods/exec", "get"), ("object-store", "pods/exec", "create")} <= set(asked("reset"))
    assert {
        ("cluster", "ingressclasses", "patch"),
        ("cluster", "clusterrolebindings", "create"),
        ("cluster", "ingresses", "list"),
        ("router", "ingresses", "delete"),
        ("router", "routes", "create"),
        ("router", "deployments", "watch"),
        ("router", "serviceaccounts", "patch"),
    } <= set(asked("router"))


def test_every_kind_that_roles_ask_for_is_among_the_permissions(permissions):
    """By the `kind` of the tasks and templates of those roles that work on a cluster."""
    texts = [
        path.read_text()
        for pattern in ("tasks/**/*.yml", "templates/**/*.yml.j2")
        for path in role_files("*", pattern)
        if path.parts[len(ROOT.parts) + 1] != "embedded_cluster"
    ]
    kinds = {kind for text in texts for kind in re.findall(r"kind: ([A-Z][A-Za-z]+)\b", text)}
    assert "KafkaTopic" in kinds
    assert {plural(kind) for kind in kinds} - {entry.resource for entry in permissions.PERMISSIONS} - REFERRED == set()


def test_nothing_of_the_whole_cluster_is_written_where_only_attendees_are_watched(permissions):
    def written(watch: str) -> set[str]:
        return {
            e.resource
            for e in permissions.needed("manifests", EVERYWHERE, permissions.OF_INSTRUCTOR, watch)
            if WRITING & set(e.verbs)
        }

    wide = {"clusterroles", "clusterrolebindings", "customresourcedefinitions"}
    assert written("all") - written("attendees") == wide
    assert written("attendees") <= written("all")


def test_the_instructors_role_has_the_rights_that_preflight_asks_for_and_may_bind_the_operators(permissions):
    role = permissions.instructor_role(["b", "a"])
    given = {
        (group, resource, verb)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
        if "resourceNames" not in rule
    }
    asked = {
        (e.group, e.resource, verb)
        for e in permissions.needed("manifests", EVERYWHERE, permissions.OF_INSTRUCTOR, "attendees")
        for verb in e.verbs
    }
    assert given == asked
    assert [rule for rule in role["rules"] if "resourceNames" in rule] == [
        {
            "apiGroups": ["rbac.authorization.k8s.io"],
            "resources": ["clusterroles"],
            "resourceNames": ["a", "b"],
            "verbs": ["bind"],
        }
    ]


def test_each_right_is_told_with_its_place_and_purpose(permissions):
    rows = permissions.permission_rows("attendees")
    assert ("pods/exec", "get, create", "the namespaces of attendees and Kafkas") in {
        (row["resource"], row["verbs"], row["where"]) for row in rows
    }
    assert {row["where"] for row in rows if row["resource"] == "resourcequotas"} == {"each attendee's namespace"}
    assert {row["where"] for row in rows if row["resource"] == "namespaces"} == {"cluster"}
    assert all(row["for"] for row in rows)


def test_who_makes_an_attendees_role_holds_its_rights(permissions):
    template = (ROOT / "roles/attendee_isolation/templates/access.yml.j2").read_text()
    rules = [yaml.safe_load(line) for line in re.findall(r"^  - (\{apiGroups: .*\})$", template, re.MULTILINE)]
    given = {
        (rule["apiGroups"][0], name, verb) for rule in rules for name in rule["resources"] for verb in rule["verbs"]
    }
    needed = permissions.needed("existing", {"attendee": ["ada"]}, ["isolation"])
    held = {(e.group, e.resource, verb) for e in needed if e.where in ("attendee", "lab") for verb in e.verbs}
    assert given
    assert given - held == set()
