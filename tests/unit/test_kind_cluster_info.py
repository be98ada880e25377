"""How kind clusters of a name are found."""

from __future__ import annotations

import json

import pytest


@pytest.fixture(scope="module")
def module(load_plugin):
    return load_plugin("modules/kind_cluster_info")


def test_no_answer_is_no_cluster(module):
    assert module.own_cluster("") == {"exists": False, "running": False, "published": []}
    assert module.own_cluster("[]") == {"exists": False, "running": False, "published": []}


@pytest.mark.parametrize(("state", "running"), [("running", True), ("exited", False)])
def test_the_labs_own_node_is_told_with_its_ports(module, state, running):
    listing = json.dumps([{"State": state, "Ports": [{"host_port": 30080, "range": 2}]}])
    assert module.own_cluster(listing) == {"exists": True, "running": running, "published": [30080, 30081]}


def test_only_an_engine_that_has_been_used_is_asked(module, tmp_path):
    asked = []

    def ask(*command: str) -> str:
        asked.append(command)
        return "lab-control-plane\nlab-worker\n" if command[0] == "docker" else ""

    engines = {"podman": str(tmp_path), "docker": str(tmp_path), "nerdctl": str(tmp_path / "never")}
    assert module.foreign_clusters("lab", engines, ask) == [
        {"engine": "docker", "containers": ["lab-control-plane", "lab-worker"]}
    ]
    assert [command[0] for command in asked] == ["podman", "docker"]
    assert "--filter=label=io.x-k8s.kind.cluster=lab" in asked[0]
