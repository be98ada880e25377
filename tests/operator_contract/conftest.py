"""What the checks share: the cluster to run against, and the Kafkas that most of them look at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from contract import manifests, proof
from contract.forwarding import Forwarder
from contract.kafka_access import Kafka
from contract.kafka_cluster import KafkaCluster, make_namespace, remove_namespace
from contract.kubernetes_access import Kubernetes
from contract.operator_times import ENTITY_ANSWER, SETS, OperatorTimes
from contract.restoring import restored
from contract.users import Clients
from contract.waiting import MadeToFailError, breaker, eventually

NAMESPACE, NAME = "operator-contract", "contract"
USER_LISTENERS = {"tls": 9096, "scram-sha-512": 9097}  # authentication: port
TESTS_CLUSTER = "/var/lib/catdog-lab/catdog-lab-test/kubeconfig"  # molecule/shared/inventory
FAILING_WAIT = pytest.StashKey[int]()  # of a check that is made to fail


def pytest_addoption(parser: pytest.Parser) -> None:
    """How the cluster and its node ports are reached, what its operator may take, and how the suite itself is tried."""
    group = parser.getgroup("operator contract")
    group.addoption("--operator-times", choices=SETS, default="embedded", help="whose times bound waits")
    group.addoption("--node-host", default="127.0.0.1", help="address by which this machine reaches node ports")
    group.addoption("--bootstrap-node-port", type=int, default=31092, help="a free node port (default: %(default)s)")
    group.addoption("--broker-node-port", type=int, default=31093, help="another one (default: %(default)s)")
    group.addoption("--end-api-server", help="command that ends the API server of a cluster that starts it again")
    group.addoption("--order", default="file", help=f"order of the checks: {proof.ORDERS}")
    group.addoption("--fail", help=f"checks to make fail, each at one of its waits: {proof.FAILURES}")


def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    """Bring the checks into the order that was asked for, and choose those that are made to fail."""
    try:
        items[:] = proof.ordered(items, config.getoption("--order"))
        failing, number = proof.made_to_fail(items, config.getoption("--fail") or "odd")
    except ValueError as error:
        raise pytest.UsageError(str(error)) from error
    for item in items:  # several waits in turn, each of which ends by itself with what was seen last
        item.add_marker(pytest.mark.timeout(3 * SETS[config.getoption("--operator-times")].pods))
    for item in failing if config.getoption("--fail") else ():
        item.stash[FAILING_WAIT] = number
        item.add_marker(pytest.mark.xfail(raises=MadeToFailError, strict=True, reason="made to fail"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Any:
    """A check that is made to fail does so at its wait of that number, or at its end where it has fewer."""
    number = item.stash.get(FAILING_WAIT, 0)
    breaker.arm(number)
    try:
        result = yield
    finally:
        is_yet_to_fail = breaker.disarm()
    if is_yet_to_fail:
        raise MadeToFailError("made to fail at its end")
    return result


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say how the same run is had again."""
    options = {name: config.getoption(f"--{name}") for name in ("operator-times", "order", "fail")}
    used = [f"--{name}={value}" for name, value in options.items() if value]
    terminalreporter.write_line(f"contract suite: {' '.join(used)}")


@pytest.fixture(scope="session")
def times(pytestconfig: pytest.Config) -> OperatorTimes:
    """What the cluster's operator may take."""
    return SETS[pytestconfig.getoption("--operator-times")]


@pytest.fixture(scope="session")
def kubernetes() -> Kubernetes:
    """The cluster of KUBECONFIG, or the tests' own."""
    kubeconfig = os.environ.get("KUBECONFIG") or TESTS_CLUSTER
    if not Path(kubeconfig).is_file():
        pytest.exit(
            f"there is no {kubeconfig}: set KUBECONFIG to a cluster with an operator for kafka.strimzi.io/v1", 2
        )
    return Kubernetes(kubeconfig)


@pytest.fixture(scope="session")
def new_cluster(kubernetes: Kubernetes, times: OperatorTimes) -> Iterator[Callable[[str, str], KafkaCluster]]:
    """Make clusters (namespace, name), each in a namespace of its own; all are removed in the end."""
    made = []

    def make(namespace: str, name: str) -> KafkaCluster:
        make_namespace(kubernetes, namespace)
        made.append(namespace)
        return KafkaCluster(kubernetes, namespace, name, times)

    yield make
    with ThreadPoolExecutor() as each:  # what takes time is Kafka's own orderly end
        list(each.map(lambda namespace: remove_namespace(kubernetes, namespace), made))


@pytest.fixture(scope="session")
def user_forwarders(kubernetes: Kubernetes) -> Iterator[dict[str, Forwarder]]:
    """Ways to the listeners that ask clients who they are, by the way in which these ask."""
    pod = f"{NAME}-dual-role-0"
    made = {how: Forwarder(kubernetes, NAMESPACE, pod, port) for how, port in USER_LISTENERS.items()}
    yield made
    for forwarder in made.values():
        forwarder.close()


@pytest.fixture(scope="session")
def cluster(
    new_cluster: Callable[[str, str], KafkaCluster],
    user_forwarders: dict[str, Forwarder],
    pytestconfig: pytest.Config,
) -> KafkaCluster:
    """One node with both roles and every kind of listener, Ready; who does not say who it is may do everything."""
    option = pytestconfig.getoption
    outside = manifests.external(option("--node-host"), option("--bootstrap-node-port"), option("--broker-node-port"))
    own = new_cluster(NAMESPACE, NAME)
    names = {"tls": "certified", "scram-sha-512": "passwords"}
    for_users = [
        manifests.forwarded(names[how], port, {0: user_forwarders[how].port}, how)
        for how, port in USER_LISTENERS.items()
    ]
    listeners = [manifests.PLAIN, manifests.TLS, outside, manifests.NODES, *for_users]
    operators = ("topicOperator", "userOperator")
    authorization = {"type": "simple", "superUsers": ["ANONYMOUS", "CN=chief"]}
    own.make(
        manifests.kafka(own.namespace, own.name, listeners, operators, authorization=authorization),
        manifests.pool(own.namespace, own.name, "dual-role", ["controller", "broker"]),
    )
    return own


@pytest.fixture(scope="session")
def pooled(kubernetes: Kubernetes, new_cluster: Callable[[str, str], KafkaCluster]) -> KafkaCluster:
    """A controller and a broker in pools of their own, to look at.

    The broker's volume is a claim where there can be any; its pool has a label and gives its pods and claims marks. The
    controller's has none of these, but options for its JVM; the Kafka marks the pods of pools that do not.
    """
    own = new_cluster("operator-contract-pooled", "pooled")
    volumes = [manifests.volume(0, "1Gi" if kubernetes.default_storage_class() else None)]
    template = {kind: {"metadata": manifests.MARKS} for kind in ("pod", "persistentVolumeClaim")}
    labels = {"term": "spring"}
    own.make(
        manifests.kafka(own.namespace, own.name, [manifests.PLAIN], template={"pod": {"metadata": manifests.FALLBACK}}),
        manifests.pool(own.namespace, own.name, "kafka", ["broker"], volumes=volumes, labels=labels, template=template),
        manifests.pool(own.namespace, own.name, "controller", ["controller"], jvmOptions=manifests.JVM_OPTIONS),
    )
    return own


@pytest.fixture
def changing(pooled: KafkaCluster) -> Iterator[KafkaCluster]:
    """The same one, to change."""
    with restored(pooled):
        yield pooled


@pytest.fixture(scope="session")
def listeners(cluster: KafkaCluster) -> dict[str, dict[str, Any]]:
    """The listeners of the cluster's status by name."""
    return {listener["name"]: listener for listener in cluster.kafka()["status"]["listeners"]}


@pytest.fixture(scope="session")
def authority(cluster: KafkaCluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cluster's authority as a file, as attendees get it: from the Secret."""
    path = tmp_path_factory.mktemp("authority") / "ca.crt"
    path.write_bytes(cluster.kubernetes.secret(cluster.namespace, f"{cluster.name}-cluster-ca-cert")["ca.crt"])
    return path


@pytest.fixture(scope="session")
def kafka(listeners: dict[str, dict[str, Any]], authority: Path) -> Iterator[Kafka]:
    """The cluster as clients outside see it."""
    servers = listeners["external"]["bootstrapServers"]
    client = Kafka(servers, security_protocol="SSL", ssl_cafile=str(authority))
    yield client
    client.close()


@pytest.fixture
def new_topic(cluster: KafkaCluster) -> Iterator[Callable[..., str]]:
    """Create KafkaTopics (name, fields of spec) of the cluster; what is left of them is removed after the test."""
    made: list[str] = []

    def make(name: str, **spec: Any) -> str:
        cluster.kubernetes.create(manifests.topic(cluster.namespace, cluster.name, name, **spec))
        made.append(name)
        return name

    yield make
    for name in reversed(made):
        if cluster.topics.get(name):  # one that its operator is to leave alone it may not let go, either
            cluster.topics.merge(name, {"metadata": {"annotations": dict.fromkeys(manifests.LEFT_ALONE)}})
        cluster.topics.delete(name)
    cluster.topics.wait_gone(*made)


@pytest.fixture
def new_user(cluster: KafkaCluster) -> Iterator[Callable[..., str]]:
    """Create KafkaUsers (name, kind of authentication, ACLs) of the cluster; they are removed after the test."""
    made: list[str] = []

    def make(name: str, authentication: str, *acls: dict[str, Any]) -> str:
        cluster.kubernetes.create(manifests.user(cluster.namespace, cluster.name, name, authentication, *acls))
        made.append(name)
        return name

    yield make
    for name in made:
        cluster.users.delete(name)
    cluster.users.wait_gone(*made)
    eventually(
        lambda: [name for name in made if cluster.kubernetes.get("Secret", cluster.namespace, name)],
        lambda left: not left,
        "the test's users' Secrets gone",
        ENTITY_ANSWER,
    )


@pytest.fixture(scope="session")
def clients(
    cluster: KafkaCluster,
    user_forwarders: dict[str, Forwarder],
    authority: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Clients:
    """Kafka clients of the cluster's users."""
    return Clients(cluster, user_forwarders, authority, tmp_path_factory.mktemp("users"))
