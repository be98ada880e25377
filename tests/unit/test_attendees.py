"""What attendees ask for, and what is told of attendees that cannot be told apart."""

from __future__ import annotations

import pytest

PROFILES = {
    "full": {"controllers": 3, "brokers": 3, "memory": 4500},
    "compact": {"controllers": 0, "brokers": 1, "memory": 2500},
}
ELSEWHERE = "beside its name in the inventory's hosts.yml"


@pytest.fixture(scope="module")
def module(load_plugin):
    return load_plugin("module_utils/attendees")


def variables(name: str = "attendee1", **values):
    return {
        "inventory_hostname": name,
        "lab_namespace": name,
        "lab_kafka_cluster": "rhte-cluster",
        "lab_kafka_authentication": "none",
        "lab_kafka_user": "attendee",
        "lab_kafka_instructor": "instructor",
        "lab_topic": "rhte",
        "lab_notebook": "rhte-notebook",
        "lab_classifier": "none",
        "lab_classifier_name": "rhte-classifier",
        "lab_classifier_seat": {"memory": 900},
        "lab_predictions_topic": "rhte-predictions",
        "lab_kafka_profile": "full",
        "lab_kafka_profiles": PROFILES,
        "lab_notebook_node_port": 30080,
        "lab_kafka_bootstrap_node_port": 30092,
        "lab_kafka_broker_node_port_base": 30093,
    } | values


def second(**values):
    """Variables of another attendee with ports of its own."""
    ports = {
        "lab_notebook_node_port": 30180,
        "lab_kafka_bootstrap_node_port": 30192,
        "lab_kafka_broker_node_port_base": 30193,
    }
    return variables("attendee2", **(ports | values))


def service(namespace: str, name: str, *ports: int, cluster: str | None = None):
    labels = {"strimzi.io/cluster": cluster} if cluster else None
    return {
        "metadata": {"namespace": namespace, "name": name, "labels": labels},
        "spec": {"ports": [{"port": 80, "nodePort": port} for port in ports]},
    }


@pytest.fixture
def failures(module):
    def judge(*hosts, other_ports=None):
        return module.attendee_failures([module.attendee(host) for host in hosts], "operator", PROFILES, other_ports)

    return judge


def test_an_attendee_asks_for_its_profiles_memory_and_the_ports_of_the_largest(module):
    entry = module.attendee(variables(lab_kafka_profile="compact"))
    assert (entry["name"], entry["namespace"], entry["memory"]) == ("attendee1", "attendee1", 2500)
    assert (entry["kafka_cluster"], entry["notebook"]) == ("rhte-cluster", "rhte-notebook")
    assert [port["port"] for port in entry["ports"]] == [30080, 30092, 30093, 30094, 30095]
    assert entry["ports"][-1]["variable"] == "lab_kafka_broker_node_port_base + 2"
    assert entry["no_ports"] == []


def test_only_what_is_exposed_by_node_ports_asks_for_them(module):
    entry = module.attendee(variables(lab_kafka_exposure="none", lab_notebook_exposure="route"))
    assert entry["ports"] == []


@pytest.mark.parametrize(
    ("notebook", "kafka", "words", "hosts"),
    [
        ("nodeport", "none", {}, []),
        ("route", "loadbalancer", {}, [("rhte-notebook-attendee1", "")]),
        (
            "ingress",
            "route",
            {"lab_ingress_domain": "d.org"},
            [
                ("rhte-notebook-attendee1", "d.org"),
                ("rhte-cluster-kafka-bootstrap-attendee1", "d.org"),
            ],
        ),
        (
            "none",
            "tlsroute",
            {"lab_kafka_namespace": "shared", "lab_shared_seat": {"memory": 1}},
            [
                ("rhte-cluster-kafka-bootstrap-shared", ""),
            ],
        ),
    ],
)
def test_hosts_are_made_of_names_where_something_is_exposed_by_one(module, notebook, kafka, words, hosts):
    entry = module.attendee(variables(lab_notebook_exposure=notebook, lab_kafka_exposure=kafka, **words))
    assert [(host["label"], host["domain"]) for host in entry["hosts"]] == hosts


def test_a_part_of_a_host_has_63_characters_at_most(failures):
    routed = {"lab_notebook_exposure": "route", "lab_kafka_exposure": "none"}
    assert failures(variables(lab_notebook="n" * 53, **routed)) == []
    label = "n" * 55 + "-attendee1"
    assert failures(variables(lab_notebook="n" * 55, **routed)) == [
        f"attendee1 would be reached by {label}, which has 65 characters: 2 more than the first part of a host's name "
        "may have (63). Shorten lab_notebook or lab_namespace."
    ]


def test_a_host_has_253_characters_at_most_and_a_shared_one_is_told_once(failures):
    routed = {"lab_notebook_exposure": "none", "lab_kafka_exposure": "route", "lab_kafka_authentication": "tls"}
    shared = {"lab_kafka_namespace": "kafka", "lab_shared_seat": {"memory": 1}}
    label = "rhte-cluster-kafka-bootstrap-kafka"
    for length, expected in ((253, 0), (254, 1)):
        domain = ("d" * 60 + ".") * 3
        words = {**routed, **shared, "lab_ingress_domain": (domain + "e" * 60)[: length - len(label) - 1]}
        told = failures(
            variables(lab_topic="a", lab_kafka_user="a", **words),
            variables("attendee2", lab_topic="b", lab_kafka_user="b", **words),
        )
        told = [text for text in told if "reached by" in text]
        assert len(told) == expected
    assert (
        "254 characters: 1 more than a host's name may have (253). Shorten lab_kafka_cluster or lab_kafka_namespace."
        in told[0]
    )


def test_a_port_may_come_as_text_from_the_command_line(module):
    assert module.attendee(variables(lab_notebook_node_port="30081"))["ports"][0]["port"] == 30081


def test_attendees_with_namespaces_and_ports_of_their_own_are_fine(failures):
    assert failures(variables(), second(), other_ports={"lab_embedded_api_port": 30443}) == []


def test_a_shared_namespace_is_told_with_the_hosts_that_share_it(failures):
    assert failures(variables(), second(lab_namespace="attendee1")) == [
        "attendee1 and attendee2 share the namespace attendee1, and so one lab. "
        f"Give each a lab_namespace of its own, {ELSEWHERE}."
    ]


@pytest.mark.parametrize(
    ("namespace", "owner"),
    [
        ("operator", "the operator (lab_operator_namespace)"),
        ("default", "the cluster itself"),
        ("openshift", "the cluster itself"),
        ("openshift-config", "the cluster itself"),
        ("kube-system", "the cluster itself"),
        ("kube-node-lease", "the cluster itself"),
        ("local-path-storage", "the cluster itself"),
    ],
)
def test_a_namespace_that_is_not_an_attendees_is_refused(failures, namespace, owner):
    assert failures(variables(lab_namespace=namespace)) == [
        f"the namespace {namespace} of attendee1 belongs to {owner}. Set lab_namespace to another one."
    ]


@pytest.mark.parametrize("namespace", ["default-2", "kubernetes", "kube-", "operator-2"])
def test_a_namespace_that_only_looks_like_one_is_fine(failures, namespace):
    assert failures(variables(lab_namespace=namespace)) == []


def test_the_operator_is_not_put_into_a_namespace_of_the_cluster(module):
    [failure] = module.operator_namespace_failures("kube-system", "manifests")
    assert failure.startswith("the operator's namespace kube-system (lab_operator_namespace) belongs to the cluster")
    assert module.operator_namespace_failures("openshift-operators", "existing") == []
    assert module.operator_namespace_failures("amq-streams", "manifests") == []


def test_ports_that_two_share_are_one_message(failures):
    assert failures(variables(), second(lab_notebook_node_port=30092, lab_kafka_bootstrap_node_port=30095)) == [
        "attendee1 and attendee2 ask for the same ports: "
        "30092 (lab_kafka_bootstrap_node_port, lab_notebook_node_port); "
        "30095 (lab_kafka_broker_node_port_base + 2, lab_kafka_bootstrap_node_port). "
        f"Give each ports of its own, {ELSEWHERE}."
    ]


def test_a_port_that_one_asks_for_twice_is_told(failures):
    assert failures(variables(lab_kafka_bootstrap_node_port=30094)) == [
        "attendee1 asks for the same ports: "
        "30094 (lab_kafka_bootstrap_node_port, lab_kafka_broker_node_port_base + 1). "
        f"Set them to different ones, {ELSEWHERE}."
    ]


def test_a_port_that_is_the_clusters_own_is_told(failures):
    [failure] = failures(variables(), other_ports={"lab_embedded_api_port": 30080})
    assert "attendee1 asks for the same ports: 30080 (lab_embedded_api_port, lab_notebook_node_port)" in failure


@pytest.mark.parametrize(
    ("variable", "value", "last"),
    [
        ("lab_notebook_node_port", 8080, 32767),
        ("lab_notebook_node_port", "abc", 32767),
        ("lab_notebook_node_port", "3008x", 32767),
        ("lab_kafka_bootstrap_node_port", 32768, 32767),
        ("lab_kafka_broker_node_port_base", 32766, 32765),
        ("lab_kafka_broker_node_port_base", 29999, 32765),
    ],
)
def test_what_is_no_node_port_is_told_with_the_bounds(failures, variable, value, last):
    assert failures(variables(**{variable: value})) == [
        f"{variable} of attendee1 is '{value}'. Set it to a NodePort, 30000 to {last}."
    ]


def test_an_unknown_profile_is_told_with_those_that_exist(failures):
    assert failures(variables(lab_kafka_profile="huge")) == [
        "attendee1 asks for the unknown profile 'huge' (lab_kafka_profile). Choose one of: full, compact."
    ]


def test_of_a_class_a_message_names_a_few(module):
    assert module.names(["a"]) == "a"
    assert module.names(["b", "a"]) == "a and b"
    assert module.names([f"a{number}" for number in range(1, 7)]) == "a1, a2, a3, a4, a5 and a6"
    assert module.names([f"a{number}" for number in range(1, 9)]) == "a1, a2, a3, a4, a5 and 3 more"


def test_ports_of_another_namespaces_services_are_told(module):
    services = [
        service("elsewhere", "web", 30080),
        service("elsewhere", "broker", 30093),
        service("attendee1", "own", 30092),
        service("elsewhere", "none"),
    ]
    assert module.service_failures([module.attendee(variables())], services) == [
        "attendee1 asks for NodePorts that Services in namespace elsewhere have: "
        "30080 (lab_notebook_node_port) of web; 30093 (lab_kafka_broker_node_port_base) of broker. "
        "Choose others, or remove what has them."
    ]


def test_what_is_no_attendee_asks_for_ports_too(module):
    store = {"name": "the object store"} | module.asked_ports("lab_object_store_node_port", "30900", "store")
    assert module.port_range_failures([store]) == []
    assert module.service_failures([], [service("store", "object-store", 30900)], [store]) == []
    assert module.service_failures([], [service("elsewhere", "web", 30900)], [store]) == [
        "the object store asks for NodePorts that Services in namespace elsewhere have: "
        "30900 (lab_object_store_node_port) of web. Choose others, or remove what has them."
    ]
    wrong = {"name": "the object store"} | module.asked_ports("lab_object_store_node_port", 8443, "store")
    assert module.service_failures([], [service("elsewhere", "web", 8443)], [wrong]) == []
    assert module.port_range_failures([wrong]) == [
        "lab_object_store_node_port of the object store is '8443'. Set it to a NodePort, 30000 to 32767."
    ]


def test_a_part_of_a_lab_may_keep_its_own_ports_and_no_others(module):
    services = [
        service("ns", "rhte-cluster-kafka-3", 30093, cluster="rhte-cluster"),
        service("ns", "rhte-notebook", 30080),
        service("other", "rhte-cluster-kafka-3", 30094, cluster="rhte-cluster"),
    ]
    ports = {30080: "bootstrap", 30093: "base", 30094: "base"}
    assert module.node_port_failures(services, ports, "ns", "rhte-cluster") == [
        "NodePort 30080 (bootstrap) belongs to Service rhte-notebook in namespace ns. "
        "Choose another one, or remove what has it.",
        "NodePort 30094 (base) belongs to Service rhte-cluster-kafka-3 in namespace other. "
        "Choose another one, or remove what has it.",
    ]
    assert module.node_port_failures(services, {30080: "notebook"}, "ns", "rhte-notebook") == []


def sharing(name: str, **values):
    """Variables of an attendee of a class with one Kafka."""
    own = {
        "lab_kafka_namespace": "class-kafka",
        "lab_kafka_authentication": "tls",
        "lab_topic": f"rhte-{name}",
        "lab_kafka_user": name,
        "lab_shared_seat": {"memory": 900},
        "lab_kafka_profile": "compact",
        "lab_notebook_node_port": 30180 if name == "bo" else 30181,
    }
    return variables(name, **(own | values))


@pytest.fixture
def shared_failures(module):
    profiles = PROFILES | {"shared": {"memory": 900}}
    return lambda *hosts: module.attendee_failures([module.attendee(host) for host in hosts], "operator", profiles)


def test_attendees_who_share_a_kafka_share_its_ports_too(module, shared_failures):
    assert shared_failures(sharing("ann"), sharing("bo")) == []
    entry = module.attendee(sharing("ann"))
    assert (entry["profile"], entry["memory"], entry["kafka_namespace"]) == ("shared", 900, "class-kafka")
    assert {port["namespace"] for port in entry["ports"]} == {"ann", "class-kafka"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"lab_topic": "rhte-ann"},
            "ann and bo share the Kafka of namespace class-kafka and in it the topic rhte-ann. "
            f"Give each a lab_topic of its own, {ELSEWHERE}.",
        ),
        (
            {"lab_kafka_user": "ann"},
            "ann and bo share the Kafka of namespace class-kafka and in it the user ann. "
            f"Give each a lab_kafka_user of its own, {ELSEWHERE}.",
        ),
        (
            {"lab_kafka_user": "instructor"},
            "bo has the user instructor, who may do everything in the Kafka that the class shares. "
            f"Give another lab_kafka_user, {ELSEWHERE}, or set lab_kafka_instructor to another one.",
        ),
        (
            {"lab_namespace": "class-kafka"},
            "the namespace class-kafka of the Kafka that the class shares belongs to an attendee. "
            "Set lab_kafka_namespace to another one.",
        ),
        (
            {"lab_kafka_authentication": "none"},
            "bo would share a Kafka that lets in everybody. Set lab_kafka_authentication to tls.",
        ),
    ],
)
def test_what_keeps_two_from_sharing_a_kafka_is_told(shared_failures, values, said):
    assert shared_failures(sharing("ann"), sharing("bo", **values)) == [said]


def test_a_port_of_the_shared_kafka_is_no_notebooks(shared_failures):
    assert shared_failures(sharing("ann"), sharing("bo", lab_notebook_node_port=30092)) == [
        "ann and bo ask for the same ports: 30092 (lab_kafka_bootstrap_node_port, lab_notebook_node_port). "
        f"Give each ports of its own, {ELSEWHERE}."
    ]


def test_the_shared_kafkas_own_services_hold_its_ports(module):
    entry = module.attendee(sharing("ann"))
    own = service("class-kafka", "rhte-cluster-kafka-external-bootstrap", 30092, cluster="rhte-cluster")
    assert module.service_failures([entry], [own]) == []
    assert (
        "30181 (lab_notebook_node_port) of web"
        in module.service_failures([entry], [service("class-kafka", "web", 30181)])[0]
    )


def test_an_own_streaming_service_takes_memory_of_each_seat_that_of_the_class_none(module):
    own = module.attendee(variables(lab_classifier="attendee"))
    assert (own["classifier"], own["memory"]) == ("attendee", 4500 + 900)
    assert module.attendee(variables(lab_classifier="attendee", lab_kafka_profile="huge"))["memory"] == 0
    served = module.attendee(sharing("ann", lab_classifier="class", lab_predictions_topic="rhte-ann.predictions"))
    assert (served["classifier"], served["memory"], served["predictions"]) == ("class", 900, "rhte-ann.predictions")


def test_profiles_with_a_streaming_service_take_more(module):
    profiles = {"full": {"brokers": 3, "memory": 4500}}
    assert module.with_classifier(profiles, {}) == profiles
    assert module.with_classifier(profiles, {"memory": 900}) == {
        "full": {"brokers": 3, "classifiers": 1, "memory": 5400}
    }


def test_a_word_that_no_streaming_service_goes_by_is_told(failures):
    hosts = variables(lab_classifier=True), second(lab_classifier=True)
    assert failures(*hosts) == [
        "attendee1 and attendee2 have lab_classifier 'True'. Choose one of: none, attendee, class."
    ]
    assert failures(variables(lab_classifier="attendee")) == []


def test_a_class_without_a_shared_kafka_has_no_streaming_service_of_its_own(failures):
    assert failures(variables(lab_classifier="class")) == [
        "attendee1 has lab_classifier 'class' and no Kafka that the class shares, so that one service for all could "
        "not read the pictures. Set lab_classifier to attendee, or have one Kafka for the class (mode: shared in the "
        "list of attendees, lab_kafka_namespace elsewhere)."
    ]


def test_nobody_has_the_name_of_the_streaming_services_user(shared_failures):
    assert shared_failures(sharing("ann", lab_classifier="class")) == []
    named = {"lab_classifier": "class", "lab_kafka_user": "rhte-classifier"}
    assert shared_failures(sharing("ann", **named)) == [
        "ann has the user rhte-classifier, as whom the streaming service of the class comes to Kafka. "
        f"Give another lab_kafka_user, {ELSEWHERE}, or set lab_classifier_name to another one."
    ]
    assert shared_failures(sharing("ann", **(named | {"lab_classifier": "none"}))) == []
