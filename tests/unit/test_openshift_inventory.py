"""Inventory openshift: what the platform gives by itself is not asked for, and nothing of it is left out unseen."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.rendering import Rendering

ROOT = Path(__file__).resolve().parents[2]
# Chosen by the platform, by project, within ranges of its own.
CHOSEN = {"runAsUser", "runAsGroup", "fsGroup", "supplementalGroups"}
IMAGES = {"notebook": "image", "radosgw": "image", "client": "image", "router": "image"}
KAFKA = {"bootstrap_servers": "kafka:9093", "ca": "x"}
# What tasks leave for the templates.
FACTS: dict[str, Any] = {
    "lab_images": IMAGES,
    "lab_attendees": [],
    "__notebook_signed": {"certificate": "x"},
    "__notebook_service_type": "ClusterIP",
    "__notebook_address": "",
    "__object_store_signed": {"certificate": "x"},
    "__classifier_kafka": KAFKA,
    "__kafka_client_kafka": KAFKA,
    "__kafka_client_pictures": {"volume_items": []},
}
VALUES = {"lab_object_store": "gateway", "lab_classifier": True, "lab_notebook_storage": {"type": "persistent-claim"}}
# Templates of pods, and of those that an operator makes pods from.
TEMPLATES = [
    path
    for path in sorted(ROOT.glob("roles/*/templates/*.yml.j2"))
    if re.search("containers:|kind: Kafka$", path.read_text(), re.MULTILINE)
]


def keys(value: Any) -> Iterator[str]:
    """Every key in a value, at any depth."""
    if isinstance(value, dict):
        yield from value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys(part)


def rendered(template: Path, inventory: str, **given: Any) -> list[dict[str, Any]]:
    return Rendering(template.parents[1].name, inventory, **FACTS, **VALUES, **given).objects(template.name)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parents[1].name}/{path.name}")
def test_no_manifest_chooses_users_or_groups(template: Path):
    objects = rendered(template, "openshift")
    assert objects
    assert CHOSEN & set(keys(objects)) == set()


def test_the_templates_of_all_pods_are_looked_at():
    roles = {path.parents[1].name for path in TEMPLATES}
    assert roles == {"classifier", "kafka_client", "kafka_cluster", "notebook", "object_store", "router"}


def test_one_that_did_would_be_found():
    template = ROOT / "roles/object_store/templates/gateway.yml.j2"
    assert set(keys(rendered(template, "kubernetes"))) & CHOSEN == {"fsGroup"}


def test_the_lab_is_reached_by_routes_and_lives_in_a_project():
    assert Rendering("kafka_cluster", "openshift").value("kafka_cluster_exposure") == "route"
    assert Rendering("notebook", "openshift").value("notebook_exposure") == "route"
    assert Rendering("attendee_namespace", "openshift").value("attendee_namespace_kind") == "project"


def test_attendees_ask_for_hosts_and_for_no_ports():
    command = [Path(sys.executable).with_name("ansible"), f"--inventory={ROOT / 'inventories/openshift'}", "cluster"]
    result = subprocess.run(
        [*command, "--module-name=debug", "--args=var=lab_attendees"],
        cwd=ROOT,
        env=os.environ | {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")},
        capture_output=True,
        text=True,
        check=True,
    )
    (attendee,) = json.loads(result.stdout.partition("=>")[2])["lab_attendees"]
    assert (attendee["ports"], attendee["no_ports"]) == ([], [])
    assert [host["label"] for host in attendee["hosts"]] == [
        "rhte-notebook-rhte2019",
        "rhte-cluster-kafka-bootstrap-rhte2019",
    ]
