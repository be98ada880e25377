"""What is told of a machine that cannot carry the lab: every text with what was found and what to do."""

from __future__ import annotations

import pytest

PROFILES = {"full": {"memory": 4500}, "compact": {"memory": 2500}}
NEEDS = {"machine": 1500, "cluster": 1500}


@pytest.fixture(scope="module")
def checks(load_plugin):
    return load_plugin("module_utils/machine_checks")


def labs(*profiles: str):
    return [
        {"name": "a", "profile": profile, "memory": PROFILES[profile]["memory"], "ports": []} for profile in profiles
    ]


def test_root_is_needed(checks):
    assert checks.user_failures({"id": 0, "name": "root"}) == []
    assert checks.user_failures({"id": 1000, "name": "ada"}) == [
        "this is user ada (id 1000), and the embedded cluster needs root to run containers. "
        "Run it as root, e.g. sudo make lab, or use inventories/kubernetes with a cluster of your own."
    ]


@pytest.mark.parametrize(
    ("name", "version", "architecture", "failures"),
    [
        ("Debian", "12", "x86_64", []),
        ("Debian", "11", "x86_64", ["Debian 11 is not supported. Use Debian 12 or 13."]),
        ("Ubuntu", "22.04", "x86_64", ["Ubuntu 22.04 is not supported. Use Debian 12 or 13."]),
        ("Debian", "13", "riscv64", ["a processor of architecture riscv64 is not supported. Use x86_64."]),
    ],
)
def test_system_and_processor_are_supported_ones(checks, name, version, architecture, failures):
    system = {"name": name, "version": version, "architecture": architecture}
    assert checks.system_failures(system, {"Debian": ["12", "13"]}, ["x86_64"]) == failures


@pytest.mark.parametrize(
    ("total", "available", "profiles", "running"),
    [
        (7500, 6000, ["full"], False),
        (5500, 4000, ["compact"], False),
        (8000, 6500, ["compact", "compact"], False),
        (8000, 100, ["compact", "compact"], True),
    ],
)
def test_memory_that_just_suffices_is_enough(checks, total, available, profiles, running):
    memory = {"total": total, "available": available}
    assert checks.memory_failures(memory, labs(*profiles), NEEDS, PROFILES, running) == []


@pytest.mark.parametrize(("total", "available"), [(7499, 7000), (24000, 5999)])
def test_too_little_memory_is_told_with_the_smaller_profile(checks, total, available):
    assert checks.memory_failures({"total": total, "available": available}, labs("full"), NEEDS, PROFILES) == [
        "too little memory: a lab of profile full needs 7500 MiB with 6000 MiB of it free, and this machine has "
        f"{total} MiB with {available} MiB free. "
        "Set lab_kafka_profile to compact, end what uses memory, or take a larger machine."
    ]


def test_memory_counts_every_attendee(checks):
    memory = {"total": 12000, "available": 11000}
    assert checks.memory_failures(memory, labs("full", "compact", "compact"), NEEDS, PROFILES) == [
        "too little memory: 3 labs (1 full, 2 compact) need 12500 MiB with 11000 MiB of it free, and this machine has "
        "12000 MiB with 11000 MiB free. Set lab_kafka_profile to compact, end what uses memory, have fewer attendees, "
        "or take a larger machine."
    ]
    [failure] = checks.memory_failures({"total": 900, "available": 1}, labs("compact"), NEEDS, PROFILES)
    assert "free. End what uses memory, or take" in failure


def test_memory_of_a_running_cluster_is_the_machines_total(checks):
    memory = {"total": 7000, "available": 6900}
    assert checks.memory_failures(memory, labs("full"), NEEDS, PROFILES, running=True) != []


def test_a_file_system_that_is_too_full_is_told(checks):
    disk = {"mount": "/var", "free": 800, "needed": 801, "folders": ["/var/a", "/var/b"]}
    assert checks.disk_failures([disk, disk | {"free": 801}]) == [
        "too little disk: /var/a and /var/b (file system /var) need 801 MiB, and 800 MiB are free. "
        "Free some, or set CATDOG_LAB_CACHE to a folder on a larger disk."
    ]


def test_a_taken_port_is_told_with_who_has_it_and_who_asks(checks):
    attendees = [{"name": "ada", "ports": [{"variable": "lab_notebook_node_port", "port": 30080}]}]
    taken = [
        {"port": 30080, "holder": "nginx (process 12)"},
        {"port": 443, "holder": ""},
        {"port": 30443, "holder": ""},
    ]
    remedy = (
        "End it, or choose another port in the inventory (lab_notebook_node_port, lab_kafka_bootstrap_node_port, "
        "lab_kafka_broker_node_port_base, lab_router_https_port, lab_router_http_port, lab_embedded_api_port)."
    )
    assert checks.port_failures(taken, attendees, {"lab_router_https_port": "443"}) == [
        f"port 30080 (lab_notebook_node_port of ada) is taken by nginx (process 12). {remedy}",
        f"port 443 (lab_router_https_port) is taken by a process that cannot be seen. {remedy}",
        f"port 30443 is taken by a process that cannot be seen. {remedy}",
    ]


def test_a_port_is_published_once_with_the_node_port_that_it_leads_to(checks):
    mappings = [{"port": "443", "node_port": 30901}, {"port": 30092, "node_port": "30092"}]
    assert checks.port_mappings([30080, "30092"], mappings) == [
        {"port": 30080, "node_port": 30080},
        {"port": 30092, "node_port": 30092},
        {"port": 443, "node_port": 30901},
    ]


def test_a_cluster_that_is_there_must_publish_the_ports(checks):
    assert checks.published_port_failures(["30080", 30092], [30080, 30092, 30443], "lab") == []
    assert checks.published_port_failures([30180, 30080, 30192], [30092, 30080], "lab") == [
        "the cluster lab does not publish 30180, 30192: ports are fixed when it is made. Ask for those that it has "
        "(30080, 30092), or remove it first (make clean). "
        "lab_embedded_spare_ports has a new cluster publish more than its attendees ask for."
    ]


def test_neighbouring_ports_of_a_container_are_one_entry(checks):
    ports = [{"host_port": 30092, "range": 4}, {"host_port": 30080, "range": 1}]
    assert checks.published_ports({"Ports": ports}) == [30080, 30092, 30093, 30094, 30095]
    assert checks.published_ports({"Ports": None}) == []
    assert checks.published_ports({}) == []


def test_somebody_elses_cluster_is_told_with_where_it_is(checks):
    assert checks.foreign_cluster_failures([{"engine": "docker", "containers": ["lab-control-plane"]}], "lab") == [
        "a kind cluster 'lab' that this bundle did not make is on this machine (docker: lab-control-plane). "
        "Remove it (kind delete cluster --name lab), or set lab_embedded_cluster_name to another name."
    ]


def test_a_registry_that_does_not_answer_is_told_in_its_clients_words(checks):
    answers = {"Python": {"rc": 1, "stderr": "first\nno route\n\n"}, "Debian": {"rc": 1, "stderr": ""}}
    assert checks.registry_failures(answers, ["a.tar", "b.tar"]) == [
        "no Python package registry answers, and 2 image(s) have yet to be built: no route. "
        "Check network and proxy, or set up a mirror in pip (PIP_INDEX_URL, pip.conf).",
        "no Debian package registry answers, and 2 image(s) have yet to be built: no answer. "
        "Check network and proxy, or set up a mirror in /etc/apt.",
    ]
    assert checks.registry_failures({"Python": {}, "Debian": {"rc": 0}}, []) == []


def test_a_cluster_that_does_not_answer_is_told_with_its_kubeconfig(checks):
    assert checks.cluster_failures({"version": {}}, "/k") == []
    answer = {"failed": True, "msg": "Refused.\nmore", "version": {}}
    remedy = "Set KUBECONFIG or lab_kubeconfig to one that does."
    assert checks.cluster_failures(answer, "/k") == [f"no cluster answers by the kubeconfig /k: Refused. {remedy}"]
    assert checks.cluster_failures({}, "") == [
        f"no cluster answers by the kubeconfig (none given): no answer. {remedy}"
    ]


def test_a_login_that_has_ended_is_told_with_how_to_log_in(checks):
    [failure] = checks.cluster_failures({"failed": True, "msg": "401 Unauthorized"}, "/k")
    assert "/k: 401 Unauthorized. Its login has ended, or is wrong: log in anew (oc login, make login, or" in failure


@pytest.mark.parametrize("name", ["o'brien", "my lab", 'a"b', "a`b", "a&b", "a;b", "a|b", "a<b", "a(b)", "a$b", "a\\b"])
def test_a_path_that_ansible_cannot_work_in_is_told(checks, name):
    [failure] = checks.path_failures({"checkout": f"/srv/{name}/lab", "build cache": "/srv/é/a-b_c.d+e@f"})
    assert failure.startswith(f"the path of the checkout is /srv/{name}/lab, and Ansible cannot work below a folder")
    assert failure.endswith("Move it, or rename the folder.")
