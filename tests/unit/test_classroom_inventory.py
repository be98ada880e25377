"""The inventory plugin `classroom`, as Ansible reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COLLECTIONS = Path(__file__).resolve().parents[2] / "collections"


def listing(folder: Path, config: str, **files: str) -> subprocess.CompletedProcess:
    (folder / "attendees.yml").write_text(f"plugin: catdog.lab.classroom\n{config}\n")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    environment |= {
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_HOME": str(folder / ".ansible"),
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
        "LC_ALL": "C.UTF-8",
    }
    command = [str(Path(sys.executable).with_name("ansible-inventory")), "-i", str(folder / "attendees.yml"), "--list"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_each_attendee_is_a_host_with_namespace_and_ports(tmp_path: Path) -> None:
    result = listing(tmp_path, "csv: class.csv", **{"class": "name,email\nJürgen {{ x }},j@example.org\nBo,\n"})
    assert result.returncode == 0, result.stderr
    hosts = json.loads(result.stdout)["_meta"]["hostvars"]
    assert sorted(hosts) == ["bo", "juergen-x"]
    assert hosts["bo"] == {
        "lab_attendee_email": {"__ansible_unsafe": ""},  # what somebody wrote is never a template
        "lab_attendee_name": {"__ansible_unsafe": "Bo"},
        "lab_kafka_bootstrap_node_port": 30106,
        "lab_kafka_broker_node_port_base": 30107,
        "lab_namespace": {"__ansible_unsafe": "rhte2019-bo"},
        "lab_notebook_node_port": 30105,
    }
    assert sorted(json.loads(result.stdout)["attendees"]["hosts"]) == ["bo", "juergen-x"]


def test_a_class_may_share_one_kafka(tmp_path: Path) -> None:
    result = listing(tmp_path, "names: [Ann, Bo]\nmode: shared")
    assert result.returncode == 0, result.stderr
    hosts = json.loads(result.stdout)["_meta"]["hostvars"]
    assert hosts["bo"] == {
        "lab_attendee_email": {"__ansible_unsafe": ""},
        "lab_attendee_name": {"__ansible_unsafe": "Bo"},
        "lab_kafka_bootstrap_node_port": 30101,
        "lab_kafka_broker_node_port_base": 30102,
        "lab_kafka_namespace": "rhte2019-kafka",
        "lab_kafka_user": {"__ansible_unsafe": "bo"},
        "lab_namespace": {"__ansible_unsafe": "rhte2019-bo"},
        "lab_notebook_node_port": 30106,
        "lab_topic": {"__ansible_unsafe": "rhte-bo"},
    }


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("", "it has no attendees. Give one of count, names, csv."),
        ("count: 2\nnames: [Anna]", "it has count and names. Give one of count, names, csv."),
        ("csv: missing.csv", "missing.csv"),
        ("count: 6\nfirst_node_port: 32760", "need NodePorts up to 32789"),
        ("count: 6\nmode: shared\nfirst_node_port: 32760", "need NodePorts up to 32770"),
        ("count: 6\nmode: one", "shared"),
        ("names: [Anna, '***']", "names[1]: no name can be made of '***'"),
    ],
)
def test_a_class_that_cannot_be_used_is_refused(tmp_path: Path, config: str, said: str) -> None:
    result = listing(tmp_path, config)
    assert result.returncode != 0
    assert said in " ".join(result.stderr.split())
