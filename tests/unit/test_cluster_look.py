"""What one look at a cluster makes of an API server's answers and refusals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from support.api_server import JsonAnswers, served

ROOT = Path(__file__).resolve().parents[2]
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
# A lab of all that permissions know, save projects.
ALL = ("namespace", "nodeport", "route", "ingress", "isolation")
VERSION = {"major": "1", "minor": "41", "gitVersion": "v1.41.0"}


@pytest.fixture(scope="module")
def look(load_plugin):
    return load_plugin("module_utils/cluster_look")


def answering(objects: dict[str, Any], refused: Exception | None = None) -> Callable[..., Any]:
    """Answers by the beginning of a path; what is not there is refused."""

    def ask(path: str, *_: Any) -> Any:
        for beginning, items in objects.items():
            if path.startswith(beginning):
                return {"items": items}
        raise refused or AssertionError(path)

    return ask


def reviewing(*allowed: str) -> tuple[Callable[..., Any], list[str]]:
    """Answers access reviews of those who are allowed so much (`verb resource namespace`); and what was asked."""
    asked: list[str] = []

    def ask(path: str, method: str, body: dict[str, Any]) -> Any:
        assert (path, method) == (REVIEWS, "POST")
        given = body["spec"]["resourceAttributes"]
        resource = "/".join(filter(None, (given["resource"], given.get("subresource"))))
        asked.append(f"{given['verb']} {resource} {given.get('namespace', '')}".strip())
        return {"status": {"allowed": any(re.fullmatch(rule, asked[-1]) for rule in allowed)}}

    return ask, asked


def places(*attendees: str, kafka: str = "", store: str = "", router: str = "") -> dict[str, list[str]]:
    """The namespaces of a lab's places, as module cluster_capacity_info names them."""
    return {
        "operator": ["op"],
        "attendee": list(attendees),
        "kafka": [kafka] if kafka else list(attendees),
        "object-store": [store] if store else [],
        "router": [router] if router else [],
    }


def test_who_may_do_everything_is_asked_once(look):
    ask, asked = reviewing(r"\* \*")
    assert look.permissions(ask, "manifests", places("ada"), ALL) == {"asked": 1, "denied": []}
    assert asked == ["* *"]


def test_a_right_in_every_namespace_that_matters_is_enough(look):
    ask, asked = reviewing(
        "(?!get pods/log)(get|list|watch|create|update|patch|delete) [a-z/-]+", "get pods/log (op|ada|bob)"
    )
    found = look.permissions(ask, "manifests", places("ada", "bob"), ALL)
    assert {"* *", "get pods/log", "get pods/log op", "get pods/log bob", "create pods/exec"} <= set(asked)
    assert found["denied"] == []
    ask, asked = reviewing("(?!get pods/log).*[^*]", "get pods/log (op|ada)")
    [denied] = look.permissions(ask, "manifests", places("ada", "bob"), ALL)["denied"]
    assert (denied["verb"], denied["resource"], denied["namespace"]) == ("get", "pods/log", "bob")


@pytest.mark.parametrize("router", [True, False])
def test_what_a_router_needs_is_asked_where_there_is_to_be_one(look, router):
    ask, asked = reviewing()
    look.permissions(ask, "existing", places("ada", router="edge"), [*ALL, "router"] if router else ALL)
    wanted = {
        "create ingressclasses",
        "create clusterroles",
        "list routes",
        "create routes edge",
        "watch deployments edge",
    }
    assert wanted & set(asked) == (wanted if router else {"list routes"})


def test_what_the_operator_needs_is_not_asked_for_one_that_is_there(look):
    ask, asked = reviewing()
    look.permissions(ask, "existing", places("ada"), ALL)
    assert "create kafkas ada" in asked
    assert [question for question in asked if "clusterroles" in question or question.endswith(" op")] == []


@pytest.mark.parametrize(
    ("features", "question", "put"),
    [
        (["namespace"], "create namespaces", True),
        (["namespace"], "create projectrequests", False),
        (["namespace"], "create routes ada", False),
        (["namespace", "route"], "create routes ada", True),
        (["namespace", "route"], "create routes/custom-host ada", True),
        (["namespace", "ingress"], "get ingressclasses", True),
        (["namespace", "isolation"], "create resourcequotas ada", True),
        (["namespace"], "create resourcequotas ada", False),
        (["project"], "create projectrequests", True),
        (["project"], "create namespaces", False),
        (["project"], "create kafkas ada", False),
        (["project", "isolation"], "create resourcequotas ada", True),
        (["namespace", "isolation"], "create networkpolicies ada", True),
        (["namespace"], "create networkpolicies ada", False),
        (["project", "isolation"], "create networkpolicies ada", False),
    ],
)
def test_rights_are_asked_for_what_the_lab_is_made_of(look, features, question, put):
    ask, asked = reviewing()
    look.permissions(ask, "existing", places("ada"), features)
    assert (question in asked) is put


@pytest.mark.parametrize(("features", "expected"), [(["nodeport"], True), (["route"], False)])
def test_others_node_ports_are_looked_for_only_where_there_are_own(load_plugin, features, expected):
    needed = load_plugin("module_utils/lab_permissions").needed("existing", places("ada"), features)
    assert ("NodePorts that others have" in {entry.purpose for entry in needed}) is expected


def test_rights_are_those_of_the_way_in_which_the_operator_comes(look):
    ask, asked = reviewing()
    look.permissions(ask, "olm", places("ada") | {"catalog": ["market"]}, ALL)
    wanted = {"patch installplans op", "create subscriptions op", "list packagemanifests market", "delete operators"}
    assert wanted | {"create configmaps op"} <= set(asked)
    assert [question for question in asked if re.search("(create|patch) (custom|cluster)", question)] == []
    ask, asked = reviewing()
    look.permissions(ask, "manifests", places("ada"), ALL)
    assert "create clusterroles" in asked
    assert [question for question in asked if "subscriptions" in question] == []


def test_olm_shows_its_catalogs_and_the_package_without_its_pictures(look):
    channel = {"name": "stable", "currentCSV": "op.v1", "currentCSVDesc": {"icon": "long", "installModes": [1]}}
    package = {"metadata": {"name": "op", "labels": {}}, "status": {"packageName": "op", "channels": [channel]}}
    catalog = {"metadata": {"name": "c"}, "spec": {}, "status": {"connectionState": {"lastObservedState": "READY"}}}
    api, packages = "/apis/operators.coreos.com/v1alpha1", "/apis/packages.operators.coreos.com/v1/namespaces/market"
    answers = {
        f"{packages}/packagemanifests?fieldSelector=metadata.name%3Dop": [package],
        f"{api}/": [catalog],
        api: [],
    }
    assert look.olm(answering(answers), "market", "op") == {
        "catalogs": [{"metadata": {"name": "c"}, "status": catalog["status"] | {"channels": []}}],
        "packages": [
            {
                "metadata": {"name": "op"},
                "status": {
                    "packageName": "op",
                    "channels": [{"name": "stable", "currentCSV": "op.v1", "currentCSVDesc": {"installModes": [1]}}],
                },
            }
        ],
    }


def test_a_cluster_without_olm_is_no_refusal_to_look(look):
    assert look.olm(answering({}, look.RefusedError("404 Not Found", 404)), "market", "op") is None
    with pytest.raises(look.RefusedError, match="403"):
        look.olm(answering({}, look.RefusedError("403 Forbidden", 403)), "market", "op")


def test_a_part_that_the_lab_does_not_have_needs_no_right(look):
    ask, asked = reviewing()
    look.permissions(ask, "existing", places("ada"), ALL)
    assert not any("catdog" in question for question in asked)
    look.permissions(ask, "existing", places("ada", store="catdog"), ALL)
    assert {"create networkpolicies catdog", "get pods/exec catdog", "create pods/exec catdog"} <= set(asked)
    assert "create resourcequotas catdog" not in asked


def test_topics_are_where_kafka_is(look):
    ask, asked = reviewing()
    look.permissions(ask, "existing", places("ada", kafka="shared"), ["namespace"])
    assert {"create kafkatopics shared", "get pods/exec shared", "get pods/exec ada", "create secrets ada"} <= set(
        asked
    )
    assert {"create kafkatopics ada", "create secrets shared"} & set(asked) == set()


def test_no_question_is_put_or_told_twice(look):
    ask, asked = reviewing()
    features = [*ALL, "router"]
    denied = look.permissions(ask, "manifests", places("ada", store="catdog", router="edge"), features)["denied"]
    assert len(asked) == len(set(asked))
    told = [(entry["verb"], entry["resource"], entry["namespace"]) for entry in denied]
    assert len(told) == len(set(told))


def test_crds_have_stored_and_served_versions(look):
    crd = {
        "metadata": {"name": "kafkas.kafka.strimzi.io"},
        "spec": {"versions": [{"name": "v1", "served": True}, {"name": "v1beta2", "served": False}]},
        "status": {"storedVersions": ["v1beta2", "v1"]},
    }
    found = look.crds(answering({"/apis/apiextensions.k8s.io/v1/customresourcedefinitions": [crd]}))
    assert found == [{"name": "kafkas.kafka.strimzi.io", "stored": ["v1beta2", "v1"], "served": ["v1"]}]


def workload(env: list[dict[str, Any]], labels: dict[str, str] | None = None, **annotations: str) -> dict[str, Any]:
    pod = {"spec": {"containers": [{"env": env}]}, "metadata": {"annotations": annotations, "labels": labels}}
    return {"metadata": {"namespace": "kafka", "name": "op"}, "spec": {"template": pod, "replicas": 1}}


def of_field(path: str) -> list[dict[str, Any]]:
    return [{"name": "STRIMZI_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": path}}}]


def of_value(value: str) -> list[dict[str, Any]]:
    return [{"name": "STRIMZI_NAMESPACE", "value": value}]


@pytest.mark.parametrize(
    ("entry", "watches"),
    [
        (workload(of_value("*")), ["*"]),
        (workload(of_value("a, b")), ["a", "b"]),
        (workload(of_field("metadata.namespace")), ["kafka"]),
        (workload(of_field("metadata.annotations['olm.targetNamespaces']"), **{"olm.targetNamespaces": "x"}), ["x"]),
        (workload(of_field("metadata.annotations['olm.targetNamespaces']")), ["*"]),
        (workload([], {"strimzi.io/kind": "cluster-operator"}), ["*"]),
        (workload([]), None),
        (workload(of_value("a"), {"strimzi.io/cluster": "rhte-cluster"}), None),
    ],
)
def test_an_operator_is_known_by_the_namespaces_that_it_watches(look, entry, watches):
    assert look.watched(entry) == watches


def test_operators_that_are_stopped_watch_nothing(look):
    running, stopped = workload(of_value("a")), workload(of_value("b"))
    stopped["spec"]["replicas"] = 0
    ask = answering({"/apis/apps/v1/deployments": [running, stopped], "/apis/apps/v1/statefulsets": []})
    assert look.operators(ask) == [{"kind": "Deployment", "namespace": "kafka", "name": "op", "watches": ["a"]}]


def requests(cpu: str, memory: str, **more: str) -> dict[str, Any]:
    return {"resources": {"requests": {"cpu": cpu, "memory": memory}}} | more


def test_a_pod_requests_its_containers_together_or_its_largest_init_container(look):
    spec = {
        "containers": [requests("50m", "1Gi"), requests("0.1", "128Mi"), {}],
        "initContainers": [requests("1", "64Mi"), requests("10m", "64Mi", restartPolicy="Always")],
        "overhead": {"cpu": "5m"},
    }
    assert look.pod_requests(spec) == {"cpu": 1005, "memory": 1024 + 128 + 64, "pods": 1}


def pod(namespace: str, node: str | None = "n") -> dict[str, Any]:
    return {"metadata": {"namespace": namespace}, "spec": {"nodeName": node, "containers": [requests("50m", "1Gi")]}}


def test_nodes_are_what_they_have_without_the_attendees_pods(look):
    node = {
        "metadata": {"name": "n"},
        "spec": {"taints": [{"key": "gpu", "effect": "PreferNoSchedule"}]},
        "status": {
            "conditions": [{"type": "Ready", "status": "True"}],
            "allocatable": {"cpu": "2", "memory": "24105084Ki", "pods": "110"},
        },
    }
    ask = answering({"/api/v1/pods": [pod("x"), pod("x"), pod("ada"), pod("x", None)], "/api/v1/nodes": [node]})
    assert look.nodes(ask, ["ada"]) == [
        {
            "name": "n",
            "ready": True,
            "closed": "",
            "allocatable": {"cpu": 2000, "memory": 23540, "pods": 110},
            "requested": {"cpu": 100, "memory": 2048, "pods": 2},
        }
    ]


@pytest.mark.parametrize(
    ("spec", "closed"),
    [
        ({}, ""),
        ({"unschedulable": True}, "cordoned"),
        ({"taints": [{"key": "gpu", "effect": "NoSchedule"}, {"key": "x", "effect": "NoExecute"}]}, "tainted gpu, x"),
    ],
)
def test_a_node_says_why_no_lab_comes_to_it(look, spec, closed):
    assert look.closed(spec) == closed


def test_only_the_attendees_quotas_of_what_a_lab_requests_count(look):
    def quota(namespace: str, **hard: str) -> dict[str, Any]:
        return {"metadata": {"namespace": namespace, "name": "q"}, "spec": {"hard": hard}}

    bounded = quota("ada", **{"requests.cpu": "500m", "memory": "2Gi", "count/pods": "5", "limits.cpu": "1"})
    found = [bounded, quota("ada", secrets="3"), quota("x", pods="1")]
    expected = [{"namespace": "ada", "name": "q", "hard": {"cpu": 500, "memory": 2048, "pods": 5}}]
    assert look.quotas(answering({"/api/v1/resourcequotas": found}), ["ada"]) == expected
    ask = answering({"/api/v1/namespaces/ada/resourcequotas": [bounded]}, look.RefusedError())
    assert look.quotas(ask, ["ada"]) == expected


def test_the_platform_is_known_by_the_groups_of_its_api(look):
    def ask(path: str, *_: Any) -> Any:
        known = {"/version": VERSION, "/apis": {"groups": [{"name": "route.openshift.io"}, {"name": "apps"}]}}
        if path in known:
            return known[path]
        if path.startswith("/apis/networking.k8s.io/v1/ingressclasses"):
            return {"items": [{"metadata": {"name": "nginx"}}]}
        raise look.RefusedError("no")

    found = look.look(ask, "existing", places("ada"), ["namespace", "ingress"])
    assert (found["groups"], found["ingress_classes"]) == (["route.openshift.io", "apps"], ["nginx"])
    assert "ingress_classes" not in look.look(ask, "existing", places("ada"), ["namespace"])


def test_what_the_class_has_once_is_not_counted_as_requested(look):
    node = {"metadata": {"name": "n"}, "spec": {}, "status": {"allocatable": {"cpu": "2"}}}
    found = [pod(namespace) for namespace in ("ada", "shared", "catdog", "edge", "op", "kube-system")]
    ask = answering({"/version": [], "/api/v1/pods": found, "/api/v1/nodes": [node]}, look.RefusedError())
    [seen] = look.look(ask, "manifests", places("ada", kafka="shared", store="catdog", router="edge"))["nodes"]
    assert seen["requested"]["pods"] == 2


class Refusing(JsonAnswers, BaseHTTPRequestHandler):
    """Tells its version, has StorageClasses, and refuses all else."""

    def do_GET(self) -> None:
        known = {"/version": VERSION, "/apis/storage.k8s.io/v1/storageclasses": {"items": []}}
        self.answer(200 if self.path in known else 403, known.get(self.path, {}))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(201, {"status": {"allowed": True}})


@pytest.fixture
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with served(tmp_path, Refusing) as path:
        yield path


def given(kubeconfig: str) -> dict[str, Any]:
    return {
        "kubeconfig": kubeconfig,
        "operator_install": "manifests",
        "operator_namespace": "op",
        "attendee_namespaces": ["ada"],
        "kafka_namespaces": ["ada"],
        "object_store_namespace": "",
        "router_namespace": "",
        "image_project": "",
        "features": ["namespace", "ingress"],
        "catalog_namespace": "",
        "package": "",
        "operator_watch": "all",
    }


def test_a_refusal_is_an_answer_with_its_reason(load_plugin, kubeconfig):
    answer = load_plugin("modules/cluster_capacity_info").answer(given(kubeconfig))
    assert answer["version"] == VERSION
    assert answer["permissions"] == {"asked": 1, "denied": []}
    assert answer["storage_classes"] == []
    assert answer["unseen"] == dict.fromkeys(
        ("groups", "crds", "operators", "nodes", "quotas", "ingress_classes"), "403 Forbidden"
    )


@pytest.mark.parametrize("content", [None, "no: kubeconfig", "{"])
def test_nobody_who_answers_is_an_answer_too(load_plugin, tmp_path, content):
    path = tmp_path / "kubeconfig"
    if content:
        path.write_text(content)
    answer = load_plugin("modules/cluster_capacity_info").answer(given(str(path)))
    assert "version" not in answer
    assert len(answer["msg"]) > 10
