"""What is told of a cluster that cannot carry the lab: every line with what was found and what to do."""

from __future__ import annotations

import pytest

ADA = {"name": "attendee1", "namespace": "ada", "profile": "compact", "memory": 1, "exposures": {}}
OWN = {"install": "manifests", "namespace": "amq-streams", "deployment": "strimzi-cluster-operator"}
REFUSED = "403 Forbidden"


@pytest.fixture(scope="module")
def checks(load_plugin):
    return load_plugin("module_utils/cluster_checks")


def only(lines, state, *words):
    """The one line, which has the state and says the words."""
    [line] = lines
    said = f"{line['found']} {line['fix']}"
    assert line["state"] == state
    assert [word for word in words if word not in said] == []
    assert state == "ok" or line["fix"]


@pytest.mark.parametrize(
    ("major", "minor", "state"), [("1", "30", "ok"), ("1", "41+", "ok"), ("2", "0", "ok"), ("1", "29", "failure")]
)
def test_strimzi_runs_on_what_it_supports(checks, major, minor, state):
    version = {"major": major, "minor": minor, "gitVersion": f"v{major}.{minor}.0"}
    only(checks.version_lines(version, "1.30"), state, version["gitVersion"])


def denied(verb: str, resource: str, namespace: str = "", operator: bool = False):
    return {"verb": verb, "resource": resource, "namespace": namespace, "purpose": "x", "operator": operator}


def test_what_this_user_may_not_is_told_by_resource_with_what_it_is_for(checks):
    only(checks.permission_lines([], 1, {}), "ok", "all there are")
    only(checks.permission_lines([], 80, {}), "ok", "all 80")
    only(checks.permission_lines([], 0, {"permissions": REFUSED}), "warning", REFUSED)
    missing = [denied(verb, "kafkas", namespace) for namespace in ("ada", "bob") for verb in ("create", "patch")]
    told = "this user may not create, patch kafkas in ada and bob (x); list nodes (x)."
    [line] = checks.permission_lines([*missing, denied("list", "nodes")], 9, {})
    assert (line["state"], line["found"], line["fix"]) == (
        "failure",
        told,
        "Have a cluster administrator grant it.",
    )


def test_rights_that_only_the_operators_installation_needs_have_another_way(checks):
    missing = [denied("create", "clusterroles", operator=True), denied("create", "kafkas", "ada")]
    operators, labs = checks.permission_lines(missing, 9, {})
    assert operators["found"] == "this user may not create clusterroles (x)."
    assert "lab_operator_install=existing" in operators["fix"]
    assert labs["found"] == "this user may not create kafkas in ada (x)."
    assert "existing" not in labs["fix"]


def crd(stored: list[str], served: list[str]):
    return {"name": "kafkas.kafka.strimzi.io", "stored": stored, "served": served}


@pytest.mark.parametrize(
    ("found", "install", "state", "word"),
    [
        ([], "manifests", "ok", "none yet"),
        ([crd(["v1"], ["v1"])], "manifests", "ok", "1, all stored as v1"),
        ([crd(["v1beta2"], ["v1beta2"])], "manifests", "failure", "has stored v1beta2 (status.storedVersions)"),
        ([crd(["v1beta2", "v1"], ["v1beta2", "v1"])], "manifests", "failure", "the cluster will refuse it"),
        ([crd(["v1beta2", "v1"], ["v1beta2", "v1"])], "existing", "warning", "crd-upgrade"),
        ([crd(["v1beta2"], ["v1beta2"])], "existing", "failure", "serves v1beta2 and not v1"),
    ],
)
def test_what_another_version_stored_stops_the_crds_of_today(checks, found, install, state, word):
    only(checks.crd_lines(found, install, {}), state, word)


def test_crds_that_cannot_be_seen_are_no_proof(checks):
    only(checks.crd_lines([], "manifests", {"crds": REFUSED}), "warning", REFUSED)


def operator(namespace: str, name: str, *watches: str):
    return {"kind": "Deployment", "namespace": namespace, "name": name, "watches": list(watches)}


LABS = operator("amq-streams", "strimzi-cluster-operator", "*")


@pytest.mark.parametrize(
    ("operators", "records", "install", "state", "word"),
    [
        ([], [], "manifests", "ok", "none"),
        ([LABS], [{}], "manifests", "ok", "none"),
        ([LABS], [], "existing", "ok", "none"),
        ([LABS], [], "manifests", "failure", "lab_operator_namespace=amq-streams"),
        ([operator("kafka", "op", "*")], [], "manifests", "failure", "(Deployment kafka/op) watches all namespaces"),
        ([operator("kafka", "op", "*")], [], "existing", "failure", "watches all namespaces, and so the attendees'"),
        ([operator("kafka", "op", "x", "ada")], [], "existing", "failure", "watches ada and x, and so the attendees'"),
        ([operator("kafka", "op", "x")], [], "manifests", "failure", "would watch all namespaces, and so these, too"),
        ([operator("kafka", "op", "x")], [], "existing", "ok", "none"),
    ],
)
def test_two_operators_of_one_namespace_are_one_too_many(checks, operators, records, install, state, word):
    only(checks.operator_lines(operators, records, OWN | {"install": install}, [ADA], {}), state, word)


def test_operators_that_cannot_be_seen_may_be_there(checks):
    only(checks.operator_lines([], [], OWN, [ADA], {"operators": REFUSED}), "warning", REFUSED)


CLAIM = {"type": "persistent-claim", "size": "2Gi"}
FAST = {"name": "fast", "default": False}


@pytest.mark.parametrize(
    ("classes", "storage", "state", "word"),
    [
        ([], {}, "ok", "not needed"),
        ([], "ephemeral", "ok", "not needed"),
        ([], {"type": "ephemeral"}, "ok", "not needed"),
        ([FAST, {"name": "standard", "default": True}], CLAIM, "ok", "standard (default)"),
        ([FAST], CLAIM | {"class": "fast"}, "ok", "fast"),
        ([FAST], CLAIM, "failure", "no StorageClass is the cluster's default (it has fast)"),
        ([], CLAIM, "failure", "it has none"),
        ([FAST], CLAIM | {"class": "slow"}, "failure", "names the StorageClass slow, and the cluster has fast"),
    ],
)
def test_volumes_need_a_storage_class(checks, classes, storage, state, word):
    only(checks.storage_class_lines(classes, {"lab_kafka_storage": storage}, {}), state, word)


def test_every_part_that_asks_for_volumes_is_told_by_its_variable(checks):
    asked = {"lab_kafka_storage": {}, "lab_notebook_storage": CLAIM, "lab_object_store_storage": CLAIM | {"class": "x"}}
    lines = checks.storage_class_lines([FAST], asked, {})
    assert [line["found"].partition(" ")[0] for line in lines] == ["lab_notebook_storage", "lab_object_store_storage"]
    assert "as class in lab_notebook_storage" in lines[0]["fix"]
    only(
        checks.storage_class_lines([FAST | {"default": True}, {"name": "x", "default": False}], asked, {}),
        "ok",
        "fast (default) and x",
    )


def test_storage_classes_are_looked_for_only_where_they_are_needed(checks):
    unseen = {"storage_classes": REFUSED}
    only(checks.storage_class_lines([], {}, unseen), "ok")
    only(checks.storage_class_lines([], {"lab_object_store_storage": CLAIM}, unseen), "warning", REFUSED)


def test_a_registry_that_does_not_answer_here_may_answer_the_cluster(checks):
    images = ["r.example.test/notebook:1"]
    only(checks.pull_lines(images, {"r.example.test": ""}), "ok", "registry r.example.test answers")
    only(checks.pull_lines(images, {}), "ok", "no registry is named")
    only(checks.pull_lines(images, {"r.example.test": "no route"}), "warning", "(no route)", *images, "go on if")


LAB = {
    "attendees": [ADA],
    "profiles": {},
    "requests": {kind: {"memory": 1, "cpu": 1} for kind in ("broker", "controller", "entity_operator", "notebook")},
    "storages": {},
    "least": "1.30",
    "namespace_kind": "namespace",
    "image_project": "",
    "ingress_class": "",
    "router_class": "",
    "records": [],
    "own": OWN,
}


def test_a_cluster_that_does_not_answer_is_a_line(checks):
    only(checks.seen_lines({"msg": "refused", "unseen": {}}, LAB), "warning", "does not answer: refused.")


def test_a_cluster_that_shows_nothing_is_lines_with_the_reason(checks):
    names = ("permissions", "groups", "crds", "operators", "nodes", "storage_classes", "quotas")
    version = {"major": "1", "minor": "41", "gitVersion": "v1.41.0"}
    lines = checks.seen_lines({"version": version, "unseen": dict.fromkeys(names, REFUSED)}, LAB)
    assert [line["check"] for line in lines if line["state"] == "warning"] == [
        "platform",
        "permissions",
        "Strimzi's CRDs",
        "other operators",
        "nodes",
        "quota",
    ]


def test_messages_become_lines_and_failures_texts_again(load_plugin):
    lines = load_plugin("module_utils/check_lines")
    made = lines.message_lines({"memory": ["too little."], "disk": []}, {"memory": "1 MiB", "disk": 5})
    assert made == [
        {"check": "memory", "state": "failure", "found": "too little.", "fix": ""},
        {"check": "disk", "state": "ok", "found": "5", "fix": ""},
    ]
    made += [lines.line("x", "failure", "found.", "Do it."), lines.line("y", "warning", "w.", "Look."), made[0]]
    assert lines.failure_texts(made) == ["too little.", "found. Do it."]
    assert lines.told_rows(made)[2] == {"check": "x", "state": "failure", "found": "found. Do it."}


OLM = {"package": "op", "channel": "stable", "csv": "op.v1", "catalog": "c", "catalog_namespace": "m"}


def test_a_cluster_without_olm_and_a_catalog_without_the_operator_are_told_before_anything_is_made(checks):
    only(checks.olm_lines(None, OLM, {"olm": REFUSED}), "warning", REFUSED)
    only(checks.olm_lines(None, OLM, {}), "failure", "no Operator Lifecycle Manager", "lab_operator_install=manifests")
    [line] = checks.olm_lines({"catalogs": [], "packages": []}, OLM, {})
    assert (line["state"], "has no CatalogSource c" in line["found"]) == ("failure", True)
    status = {"packageName": "op", "catalogSource": "c", "catalogSourceNamespace": "m"}
    status["channels"] = [{"name": "stable", "currentCSV": "op.v1"}]
    seen = {"catalogs": [{"metadata": {"name": "c"}}], "packages": [{"status": status}]}
    only(checks.olm_lines(seen, OLM, {}), "ok", "has op.v1")


@pytest.mark.parametrize(("install", "asks"), [("olm", True), ("manifests", False), ("existing", False)])
def test_olm_is_looked_at_where_it_installs(checks, install, asks):
    lab = {"attendees": [], "records": [], "own": OWN | {"install": install}, "wanted": OLM, "least": "1.30"}
    lab |= {"storages": {}, "profiles": {}, "requests": {}, "namespace_kind": "namespace", "image_project": ""}
    lab |= {"ingress_class": "", "router_class": ""}
    seen = {"version": {"major": "1", "minor": "35", "gitVersion": "v1.35"}, "unseen": {}, "olm": None}
    assert ("OLM" in {entry["check"] for entry in checks.seen_lines(seen, lab)}) == asks
