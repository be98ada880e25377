"""The wait for OLM over the simulation of it, on a Kubernetes API in memory: one clock, nobody sleeps."""

from __future__ import annotations

import copy
import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from support.api_server import served
from support.memory_cluster import MemoryCluster

SIMULATION = Path(__file__).resolve().parents[2] / "molecule/olm/simulation"
NAMESPACE, CSV, NAME = "amq-streams", "strimzi-cluster-operator.v1.2.0", "strimzi-kafka-operator"
ALPHA = "operators.coreos.com/v1alpha1"


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((SIMULATION / name).read_text()))


def simulation() -> ModuleType:
    spec = importlib.util.spec_from_file_location("simulated_olm", SIMULATION / "simulated_olm.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def bundle() -> list[dict[str, Any]]:
    """An operator's manifests, as short as can be."""
    names = {"kind": "Kafka", "plural": "kafkas"}
    definition = {"group": "kafka.strimzi.io", "scope": "Namespaced", "names": names, "versions": [{"name": "v1"}]}
    pod = {"spec": {"containers": [{"name": "op", "image": "op", "env": [{"name": "KEPT", "value": "1"}]}]}}
    api = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    return [
        {**api, "metadata": {"name": "kafkas.kafka.strimzi.io"}, "spec": definition},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "operator"}},
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "op", "namespace": NAMESPACE},
            "spec": {"template": pod},
        },
    ]


class Played:
    """The module's cluster; while it waits OLM works, and its clock goes on."""

    def __init__(self, module: ModuleType, cluster: MemoryCluster, kubeconfig: str) -> None:
        from kubernetes import config, dynamic

        given = {"kubeconfig": kubeconfig, "namespace": NAMESPACE, "name": NAME, "csv": CSV}
        self.cluster, self.module, self.clock = cluster, module, 0.0
        self.asked = module.Cluster(given)
        self.asked.pause = self.pause
        self.olm = simulation().SimulatedOlm(dynamic.DynamicClient(config.new_client_from_config(kubeconfig)), bundle())

    def pause(self, seconds: float) -> None:
        self.clock += seconds
        self.olm.step()

    def wait(self, timeout: float = 300) -> Any:
        return self.module.wait(self.asked, timeout, lambda: self.clock)

    def tell(self, mistake: str) -> None:
        """What is to go wrong, by the switch of the simulation."""
        [catalog] = self.cluster.of("CatalogSource")
        catalog["metadata"]["annotations"] = {"simulation/mistake": mistake}

    def subscribe(self) -> None:
        spec = {"name": NAME, "channel": "stable", "source": "simulated", "sourceNamespace": "olm-simulation"}
        spec |= {"startingCSV": CSV, "installPlanApproval": "Manual", "config": {"env": [{"name": "A", "value": "b"}]}}
        place = {"name": NAME, "namespace": NAMESPACE}
        self.cluster.put({"apiVersion": ALPHA, "kind": "Subscription", "metadata": place, "spec": spec})


@pytest.fixture
def played(
    load_plugin: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Played]:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    cluster = MemoryCluster()
    for item in documents("crds.yaml") + documents("catalog.yaml"):
        cluster.put(item)
    group = {"name": "catdog-lab", "namespace": NAMESPACE}
    cluster.put({"apiVersion": "operators.coreos.com/v1", "kind": "OperatorGroup", "metadata": group, "spec": {}})
    with served(tmp_path, cluster.handler()) as kubeconfig:
        lab = Played(load_plugin("modules/olm_operator_wait"), cluster, kubeconfig)
        lab.subscribe()
        yield lab


def test_its_own_plan_is_approved_and_waited_for(played: Played) -> None:
    outcome = played.wait()
    assert (outcome.verdict.state, outcome.approved) == ("Succeeded", True)
    [plan], [deployment] = played.cluster.of("InstallPlan"), played.cluster.of("Deployment")
    assert plan["spec"]["approved"] is True
    assert deployment["metadata"]["name"] == "strimzi-cluster-operator-v1.2.0"
    assert played.module.deployments(outcome.look.csv) == ["strimzi-cluster-operator-v1.2.0"]
    assert played.module.owned_crds(outcome.look.csv) == ["kafkas.kafka.strimzi.io"]
    env = deployment["spec"]["template"]["spec"]["containers"][0]["env"]
    assert env == [{"name": "KEPT", "value": "1"}, {"name": "A", "value": "b"}]
    again = played.wait()
    assert (again.verdict.state, again.approved) == ("Succeeded", False)


@pytest.mark.parametrize(
    ("mistake", "state", "said"),
    [
        (
            "resolution",
            "Failed",
            "ResolutionFailed (ConstraintsNotSatisfiable): constraints not satisfiable: no operators",
        ),
        ("plan", "Failed", "failed (InstallComponentFailed): as the simulation was told"),
        ("version", "Failed", "its phase is Failed (InstallCheckFailed): install timeout"),
        ("shared-plan", "Blocked", f"beside {CSV} it installs another.v1.0.0"),
    ],
)
def test_what_goes_wrong_ends_the_wait_with_olms_words(played: Played, mistake: str, state: str, said: str) -> None:
    played.tell(mistake)
    outcome = played.wait()
    assert (outcome.verdict.state, said in outcome.verdict.detail) == (state, True), outcome.verdict
    assert outcome.seconds < 60
    plans = played.cluster.of("InstallPlan")
    assert outcome.approved == any(plan["spec"]["approved"] for plan in plans) == (mistake in ("plan", "version"))


def test_a_plan_that_is_another_by_now_is_not_approved(played: Played) -> None:
    played.olm.step()
    seen = copy.deepcopy(played.cluster.of("InstallPlan")[0])
    played.cluster.put(
        copy.deepcopy(seen) | {"spec": seen["spec"] | {"clusterServiceVersionNames": [CSV, "foreign.v1"]}}
    )
    assert played.asked.approve(seen) is False
    assert played.cluster.of("InstallPlan")[0]["spec"]["approved"] is False


def test_who_may_not_approve_is_told_the_command(played: Played) -> None:
    played.olm.step()
    played.cluster.forbidden.add("patch installplans")
    outcome = played.wait()
    assert (outcome.verdict.state, outcome.note) == ("Blocked", "has to be approved")
    assert "patch installplan install-" in outcome.verdict.detail


def test_a_catalog_that_says_nothing_ends_by_the_bound(played: Played) -> None:
    [group] = played.cluster.of("OperatorGroup")
    played.cluster.put(group | {"metadata": {"name": "another", "namespace": NAMESPACE}})  # OLM resolves nothing then
    outcome = played.wait(timeout=10)
    assert (outcome.seconds, outcome.note) == (10, "is not installed after 10 s")


def test_a_failure_that_mends_itself_is_waited_for(played: Played) -> None:
    played.tell("resolution")
    played.olm.step()
    played.tell("")
    assert played.wait().verdict.state == "Succeeded"
