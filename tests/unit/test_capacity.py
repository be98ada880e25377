"""How many labs a cluster or a machine carries, what ends them, and what is told of it."""

from __future__ import annotations

from itertools import repeat
from pathlib import Path

import pytest
import yaml
from support.role_variables import rendered

ROOT = Path(__file__).resolve().parents[2]
PROFILES = {
    "full": {"controllers": 3, "brokers": 3, "memory": 4500},
    "compact": {"controllers": 0, "brokers": 1, "memory": 2500},
}
REQUESTS = {
    "broker": {"memory": 700, "cpu": 50},
    "controller": {"memory": 500, "cpu": 25},
    "entity_operator": {"memory": 200, "cpu": 50},
    "notebook": {"memory": 1000, "cpu": 50},
    "classifier": {"memory": 600, "cpu": 50},
}
NEEDS = {"machine": 1500, "cluster": 1500, "own": {"memory": 250, "cpu": 950, "pods": 10}}
COMPACT = {"name": "ada", "namespace": "ada", "profile": "compact", "memory": 2500}
FULL = {"name": "bob", "namespace": "bob", "profile": "full", "memory": 4500}


@pytest.fixture(scope="module")
def capacity(load_plugin):
    return load_plugin("module_utils/capacity")


def node(name: str = "n", memory: int = 100000, cpu: int = 100000, pods: int = 250, **values):
    allocatable = {"memory": memory, "cpu": cpu, "pods": pods}
    requested = values.pop("requested", {"memory": 0, "cpu": 0, "pods": 0})
    return {"name": name, "ready": True, "closed": "", "allocatable": allocatable, "requested": requested} | values


def seats_of(capacity, *nodes, attendees=(COMPACT,)):
    return capacity.cluster_seats(nodes, attendees, PROFILES, REQUESTS)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ({"memory": 3 * 1900}, (3, "memory")),
        ({"memory": 3 * 1900 - 1}, (2, "memory")),
        ({"cpu": 2 * 150 + 149}, (2, "processors")),
        ({"pods": 3 * 4 + 2}, (4, "pods")),
        ({"memory": 1900, "cpu": 150, "pods": 3}, (1, "memory and processors and pods")),
        ({"memory": 1000}, (0, "memory")),
    ],
)
def test_seats_end_with_what_is_used_up_first(capacity, size, expected):
    assert seats_of(capacity, node(**size)) == expected


def test_what_others_request_is_no_room(capacity):
    requested = {"memory": 1900, "cpu": 10, "pods": 5}
    assert seats_of(capacity, node(memory=5700, requested=requested)) == (2, "memory")


def test_a_pod_is_on_one_node(capacity):
    """Two nodes of 900 MiB free have 1800 together, and room for no notebook."""
    assert seats_of(capacity, node(memory=900), node(memory=900)) == (0, "memory")
    assert seats_of(capacity, node(memory=1000), node(memory=900)) == (1, "memory")


def test_a_streaming_service_is_a_pod_more(capacity):
    profiles = {name: shape | {"classifiers": 1, "memory": shape["memory"] + 900} for name, shape in PROFILES.items()}
    served = COMPACT | {"memory": 3400}
    assert capacity.cluster_seats([node(memory=2 * 2500)], [served], profiles, REQUESTS) == (2, "memory")
    assert capacity.cluster_seats([node(memory=2 * 2500 - 1)], [served], profiles, REQUESTS) == (1, "memory")
    lab = {"attendees": [served], "profiles": profiles, "requests": REQUESTS, "class_pods": []}
    assert capacity.lab_seats([], machine(memory=3000 + 2 * 3400), lab, NEEDS) == {"count": 2, "limit": "memory"}


def test_a_node_that_takes_no_pods_has_no_seats(capacity):
    closed, broken = node(closed="cordoned"), node(ready=False)
    assert seats_of(capacity, closed, broken, node(memory=1900)).count == 1


def test_attendees_have_their_own_profiles_and_further_seats_the_last_ones(capacity):
    size = {"memory": 4800 + 2 * 1900}
    assert seats_of(capacity, node(**size), attendees=[FULL, COMPACT]) == (3, "memory")
    assert seats_of(capacity, node(**size), attendees=[COMPACT, FULL]) == (2, "memory")
    assert seats_of(capacity, node(**size), attendees=[]) == (4, "memory")
    assert seats_of(capacity, node(**size), attendees=[COMPACT | {"profile": "huge"}]) == (4, "memory")


def test_what_the_class_has_once_takes_its_room_first(capacity):
    once = capacity.class_pods({"store": {"memory": 192, "cpu": 20}}, {}, REQUESTS)
    assert once == [{"memory": 192, "cpu": 20, "pods": 1}]
    for free, expected in ((191, (0, "memory")), (192 + 1899, (0, "memory")), (192 + 1900, (1, "memory"))):
        assert capacity.cluster_seats([node(memory=free)], [COMPACT], PROFILES, REQUESTS, once) == expected
    shared = capacity.class_pods({}, PROFILES["compact"], REQUESTS)
    assert [pod["memory"] for pod in shared] == [700, 200]


def test_no_end_is_looked_for_beyond_a_thousand(capacity):
    nothing = [{"memory": 0, "cpu": 0, "pods": 0}]
    assert capacity.packed_seats(repeat(nothing), [{"memory": 1, "cpu": 1, "pods": 1}]) == (1000, "")


@pytest.mark.parametrize(
    ("total", "available", "running", "count"),
    [(8000, 6500, False, 2), (7999, 7000, False, 1), (99999, 6499, False, 1), (8000, 100, True, 2), (2999, 0, True, 0)],
)
def test_memory_at_work_bounds_a_machine_as_memory_failures_does(capacity, total, available, running, count):
    machine = {"memory": {"total": total, "available": available}}
    assert capacity.machine_seats(machine, [COMPACT], PROFILES, NEEDS, running) == (count, "memory")


@pytest.mark.parametrize(("total", "pods"), [(8000, 110), (55499, 110), (60000, 120), (999999, 250)])
def test_a_node_takes_as_many_pods_as_its_machine_carries(capacity, total, pods):
    assert capacity.max_pods({"total": total}) == pods


def machine(memory: int = 100000, processors: int = 100):
    return {"memory": {"total": memory, "available": memory}, "processors": processors}


def seats(capacity, nodes, machine, attendees=(COMPACT,), **running):
    lab = {"attendees": list(attendees), "profiles": PROFILES, "requests": REQUESTS, "class_pods": []}
    return capacity.lab_seats(nodes, machine, lab, NEEDS, **running)


def test_a_machine_without_cluster_is_judged_as_the_node_that_it_will_be(capacity):
    assert seats(capacity, [], machine(processors=2)) == {"count": 7, "limit": "processors"}
    assert seats(capacity, [], machine(memory=9000)) == {"count": 2, "limit": "memory"}
    assert seats(capacity, [], machine(memory=300000)) == {"count": 80, "limit": "pods"}


# What kubeadm 1.35 has its pods request, and DNS.
KUBEADM = {
    "etcd": {"cpu": "100m", "memory": "100Mi"},
    "kube-apiserver": {"cpu": "250m"},
    "kube-controller-manager": {"cpu": "200m"},
    "kube-scheduler": {"cpu": "100m"},
    "coredns-1": {"cpu": "100m", "memory": "70Mi"},
    "coredns-2": {"cpu": "100m", "memory": "70Mi"},
    "kube-proxy": {},
}


def manifest_requests(path: str):
    """What the containers of the Deployment in a manifest of the embedded cluster request."""
    documents = yaml.safe_load_all((ROOT / "embedded" / path).read_text())
    [deployment] = [document for document in documents if document and document["kind"] == "Deployment"]
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    return container["resources"]["requests"]


def running_pods():
    """The pods of an embedded cluster with an object store, a shared Kafka with its streaming service, and one lab."""
    kafka = defaults("kafka_cluster")
    entity = kafka["kafka_cluster_entity_operator_resources"]["requests"]
    found = [("kube-system", [requests]) for requests in KUBEADM.values()]
    found += [
        ("local-path-storage", [manifest_requests("images/node/rootfs/kind/manifests/default-storage.yaml")]),
        ("amq-streams", [manifest_requests("operator/manifests/060-Deployment-strimzi-cluster-operator.yaml")]),
        ("store", [defaults("object_store")["object_store_resources"]["requests"]]),
        ("shared", [kafka["kafka_cluster_broker_resources"]["requests"]]),
        ("shared", [entity, entity]),
        ("shared", [defaults("classifier")["classifier_resources"]["requests"]]),
        ("ada", [defaults("notebook")["notebook_resources"]["requests"]]),
    ]
    return [
        {
            "metadata": {"namespace": namespace},
            "spec": {"nodeName": "n", "containers": [{"resources": {"requests": requests}} for requests in containers]},
        }
        for namespace, containers in found
    ]


def shown_nodes(load_plugin, machine):
    """What the cluster on the machine shows of its node, as preflight asks for it."""
    look, allocatable = (
        load_plugin("module_utils/cluster_look"),
        {
            "cpu": str(machine["processors"]),
            "memory": f"{1024 * machine['memory']['total']}Ki",
            "pods": str(load_plugin("module_utils/capacity").max_pods(machine["memory"])),
        },
    )
    ready = {"allocatable": allocatable, "conditions": [{"type": "Ready", "status": "True"}]}
    answers = {"pods": running_pods(), "nodes": [{"metadata": {"name": "n"}, "spec": {}, "status": ready}]}
    return look.nodes(
        lambda path: {"items": answers[path.partition("?")[0].split("/")[-1]]}, {"ada", "shared", "store"}
    )


NO_RECORD = {"__preflight_operator_records": {}}
EMBEDDED = NO_RECORD | {
    "preflight_operator_install": "manifests",
    "preflight_operator": "embedded",
    "preflight_object_store_namespace": "store",
    "preflight_class_classifier": {},
}
CLASS_CLASSIFIER = {"preflight_class_classifier": {"memory": 900}}
SHARED = EMBEDDED | CLASS_CLASSIFIER | {"preflight_shared_kafka": "compact"}
CLASS_REQUESTS = "__preflight_class_requests"


def test_preflight_knows_what_the_clusters_own_pods_request(load_plugin):
    own = rendered("preflight", "preflight_cluster_requests")
    once = rendered("preflight", CLASS_REQUESTS, **EMBEDDED)
    operator = once["operator"] | {"pods": 1}
    [node] = shown_nodes(load_plugin, machine())
    assert node["requested"] == {resource: own[resource] + operator[resource] for resource in own}
    amounts = load_plugin("module_utils/cluster_look").amounts
    store = amounts(defaults("object_store")["object_store_resources"]["requests"])
    assert once["object_store"] == {name: store[name] for name in ("memory", "cpu")}
    router = amounts(defaults("router")["router_resources"]["requests"])
    known = rendered("preflight", CLASS_REQUESTS, **EMBEDDED | {"preflight_router": True})["router"]
    assert known == {name: router[name] for name in ("memory", "cpu")}


@pytest.mark.parametrize(
    ("variables", "requests"),
    [
        ({}, {"operator": {"memory": 96, "cpu": 50}, "object_store": {"memory": 192, "cpu": 20}}),
        # Strimzi's release.
        (
            {"preflight_operator": "", "preflight_object_store_namespace": ""},
            {"operator": {"memory": 384, "cpu": 200}},
        ),
        # One streaming service for all: a pod as an attendee's own is.
        (
            CLASS_CLASSIFIER | {"preflight_operator_install": "existing", "preflight_object_store_namespace": ""},
            {"classifier": {"memory": 768, "cpu": 50}},
        ),
        # One that is there is seen by its own requests.
        ({"preflight_operator_install": "existing", "preflight_object_store_namespace": ""}, {}),
        # The lab's own router, and an operator by OLM, which is Strimzi's.
        (
            {
                "preflight_operator": "",
                "preflight_operator_install": "olm",
                "preflight_object_store_namespace": "",
                "preflight_router": True,
            },
            {"operator": {"memory": 384, "cpu": 200}, "router": {"memory": 128, "cpu": 20}},
        ),
        ({"__preflight_operator_records": {"resources": [{}]}}, {"object_store": {"memory": 192, "cpu": 20}}),
    ],
)
def test_the_class_has_once_what_its_lab_makes(variables, requests):
    assert rendered("preflight", CLASS_REQUESTS, **EMBEDDED | variables) == requests


@pytest.mark.parametrize(
    ("variables", "cluster"),
    [
        ({}, 1750 + 2500 - 900 + 900),
        ({"preflight_class_classifier": {}}, 1750 + 2500 - 900),
        ({"preflight_shared_kafka": ""}, 1750 + 900),
    ],
)
def test_memory_at_work_has_what_the_class_shares(variables, cluster):
    """Beside the cluster with its object store: a Kafka without notebook, and a streaming service."""
    profiles = {"compact": {"brokers": 1, "memory": 2500}, "shared": {"memory": 900}}
    needs = rendered("preflight", "__preflight_needs", **SHARED | {"preflight_kafka_profiles": profiles} | variables)
    assert (needs["machine"], needs["cluster"]) == (1500, cluster)


@pytest.mark.parametrize(("memory", "processors"), [(24105, 2), (24105, 1), (64000, 2), (12000, 8), (300000, 64)])
def test_a_machine_has_as_many_seats_before_its_cluster_as_after(load_plugin, capacity, memory, processors):
    """By all figures that preflight has of the cluster's pods and of those that the class has once."""
    seen = machine(memory, processors)
    shape = {"controllers": 0, "brokers": 1, "memory": 2500}
    profiles = {"compact": shape, "shared": {"controllers": 0, "brokers": 0, "memory": 900}}
    needs = rendered("preflight", "__preflight_needs", **SHARED | {"preflight_kafka_profiles": profiles})
    once = rendered("preflight", CLASS_REQUESTS, **EMBEDDED | CLASS_CLASSIFIER)
    requests = defaults("preflight")["preflight_pod_requests"]
    lab = {
        "attendees": [{"name": "ada", "profile": "shared", "memory": 900}],
        "profiles": profiles,
        "requests": requests,
        "class_pods": capacity.class_pods(once, shape, requests),
    }
    before = capacity.lab_seats([], seen, lab, needs)
    recorded = EMBEDDED | CLASS_CLASSIFIER | {"__preflight_operator_records": {"resources": [{}]}}
    still = rendered("preflight", CLASS_REQUESTS, **recorded)
    there = lab | {"class_pods": capacity.class_pods(still, shape, requests)}
    assert before == capacity.lab_seats(shown_nodes(load_plugin, seen), seen, there, needs, running=True)


def test_a_machine_with_a_cluster_is_bounded_by_both(capacity):
    assert seats(capacity, [node(cpu=450)], machine(), running=True) == {"count": 3, "limit": "processors"}
    assert seats(capacity, [node()], machine(memory=8000), running=True) == {"count": 2, "limit": "memory"}


def test_a_cluster_elsewhere_has_its_nodes_only(capacity):
    assert seats(capacity, [node(cpu=450)], {}) == {"count": 3, "limit": "processors"}
    assert seats(capacity, [], {}) == {}


@pytest.mark.parametrize(
    ("count", "told", "state", "found"),
    [
        (1, [], "ok", "1 for 1 attendee, limited by memory"),
        (0, [], "failure", "too few seats: 0 for 1 attendee, limited by memory."),
        (0, ["too little memory"], "warning", "too few seats: 0 for 1 attendee, limited by memory."),
    ],
)
def test_every_attendee_needs_a_seat(capacity, count, told, state, found):
    [line] = capacity.seats_lines({"count": count, "limit": "memory"}, [COMPACT], told)
    assert (line["state"], line["found"]) == (state, found)
    assert bool(line["fix"]) == (state != "ok")


def test_no_line_is_made_of_seats_that_cannot_be_seen(capacity):
    assert capacity.seats_lines({}, [COMPACT]) == []


@pytest.mark.parametrize(
    ("seats", "attendees", "is_there", "text"),
    [
        (
            {"count": 3, "limit": "pods"},
            [COMPACT, COMPACT, FULL],
            True,
            "This cluster carries 3 seats (limited by pods); 2 compact and 1 full are asked for.",
        ),
        (
            {"count": 1, "limit": ""},
            [FULL],
            False,
            "A cluster on this machine carries 1 seat; 1 full is asked for.",
        ),
        ({}, [], True, "How many seats this cluster carries cannot be seen; none is asked for."),
    ],
)
def test_the_answer_is_a_sentence(capacity, seats, attendees, is_there, text):
    assert capacity.seats_text(seats, attendees, is_there) == text


def test_a_cluster_needs_a_node_that_takes_pods(capacity):
    [line] = capacity.node_lines([node("a", closed="cordoned"), node("b", ready=False)], {})
    assert (line["state"], line["found"]) == ("failure", "no node takes pods: a (cordoned), b (not ready).")
    [line] = capacity.node_lines([node("a"), node("b", closed="tainted gpu")], {})
    assert (line["state"], line["found"]) == ("ok", "1 of 2 take pods; left out: b (tainted gpu)")
    assert capacity.node_lines([], {"nodes": "403 Forbidden"})[0]["state"] == "warning"


def quota(**hard: int):
    return {"namespace": "ada", "name": "small", "hard": hard}


def quota_lines(capacity, *quotas, **unseen):
    return capacity.quota_lines(quotas, [COMPACT, FULL], PROFILES, REQUESTS, unseen)


def test_a_lab_fits_into_its_quota(capacity):
    [line] = quota_lines(capacity, quota(memory=1900, cpu=150, pods=3))
    assert (line["state"], line["found"]) == ("ok", "roomy enough in ada")
    [line] = quota_lines(capacity, quota(memory=1899, cpu=150, pods=2))
    assert line["state"] == "failure"
    assert line["found"] == (
        "the ResourceQuota small of namespace ada is too small for a lab of profile compact, which requests memory "
        "1900 of 1899, pods 3 of 2 (MiB, thousandths of a processor)."
    )
    assert quota_lines(capacity)[0]["found"] == "none"
    assert quota_lines(capacity, quotas="403 Forbidden")[0]["state"] == "warning"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, []),
        ({"pods": "3", "requests.memory": "1900Mi", "limits.memory": "1Mi"}, []),
        (
            {"pods": "2", "requests.memory": "1.5Gi"},
            [
                "lab_quota of ada is too small for a lab of profile compact, which requests memory 1900 of 1536, pods "
                "3 of 2 (MiB, thousandths of a processor). Raise it, or leave it out for the default."
            ],
        ),
        (
            {"requests.memory": "much"},
            ["lab_quota of ada cannot be read: Invalid number format: much. Give it as a ResourceQuota has it."],
        ),
    ],
)
def test_a_quota_of_the_inventorys_is_judged_before_it_is_there(capacity, given, said):
    assert capacity.own_quota_failures([COMPACT | {"quota": given}], PROFILES, REQUESTS) == said


def defaults(role: str):
    return yaml.safe_load((ROOT / "roles" / role / "defaults/main.yml").read_text())


def test_preflight_knows_what_the_roles_request(load_plugin):
    amounts = load_plugin("module_utils/cluster_look").amounts
    kafka = defaults("kafka_cluster")
    roles = {
        "broker": kafka["kafka_cluster_broker_resources"],
        "controller": kafka["kafka_cluster_controller_resources"],
        "entity_operator": kafka["kafka_cluster_entity_operator_resources"],
        "notebook": defaults("notebook")["notebook_resources"],
        "classifier": defaults("classifier")["classifier_resources"],
    }
    asked = {kind: amounts(resources["requests"]) for kind, resources in roles.items()}
    # The entity operator has a container for topics and one for users.
    counted = {kind: (1 + (kind == "entity_operator")) for kind in asked}
    assert defaults("preflight")["preflight_pod_requests"] == {
        kind: {name: counted[kind] * asked[kind][name] for name in ("memory", "cpu")} for kind in asked
    }
