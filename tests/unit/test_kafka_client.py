"""Role kafka_client makes a pod of the restricted level with a command that its client takes, and refuses in time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles/kafka_client"
CERTIFICATE = "-----BEGIN CERTIFICATE-----"
# Names of the cases, and what each has of the role's inputs.
CASES: dict[str, dict[str, Any]] = {
    "python": {"kafka_client_topic": 2019},
    "go": {"kafka_client_program": "go", "kafka_client_kafka_user": "attendee", "kafka_client_run_as_user": 1000660000},
    "plain": {"kafka_client_kafka_listener": "plain"},
}
KAFKA = {
    "status": {
        "listeners": [
            {"name": "tls", "bootstrapServers": "kafka:9093", "certificates": [CERTIFICATE]},
            {"name": "plain", "bootstrapServers": "kafka:9092"},
        ]
    }
}


def play(*arguments: Any) -> subprocess.CompletedProcess:
    """Runs ansible-playbook as an instructor does."""
    command = [Path(sys.executable).parent / "ansible-playbook", *arguments]
    environment = os.environ | {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The Job that the role makes in each case."""
    folder = tmp_path_factory.mktemp("jobs")
    tasks = [
        {
            "name": name,
            "ansible.builtin.template": {
                "src": str(ROLE / "templates/job.yml.j2"),
                "dest": str(folder / name),
                "mode": "0644",
            },
            "vars": {
                "__kafka_client_kafkas": {"resources": [KAFKA]},
                "__kafka_client_pictures": {"volume_items": [{"key": "picture-0001", "path": "Süße Katze.jpg"}]},
                "kafka_client_image": "client:1",
                **inputs,
            },
        }
        for name, inputs in CASES.items()
    ]
    files = [str(ROLE / "defaults/main.yml"), str(ROLE / "vars/main.yml")]
    playbook = folder / "playbook.yml"
    playbook.write_text(
        yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "vars_files": files, "tasks": tasks}])
    )
    local = ["--inventory=localhost,", "--connection=local", f"-eansible_python_interpreter={sys.executable}"]
    result = play(*local, playbook)
    assert result.returncode == 0, result.stdout + result.stderr
    return {name: yaml.safe_load((folder / name).read_text()) for name in CASES}


def command_of(job: dict[str, Any]) -> list[str]:
    return job["spec"]["template"]["spec"]["containers"][0]["command"]


@pytest.mark.parametrize("case", CASES)
def test_the_pod_meets_the_restricted_level_and_is_tried_once(jobs, case: str):
    job = jobs[case]
    pod = job["spec"]["template"]["spec"]
    [container] = pod["containers"]
    context = container["securityContext"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert context == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {kind for volume in pod["volumes"] for kind in volume} == {"name", "emptyDir", "configMap", "projected"}
    assert set(container["resources"]) == {"requests", "limits"}
    assert (job["spec"]["backoffLimit"], pod["restartPolicy"]) == (0, "Never")
    assert job["spec"]["activeDeadlineSeconds"] > 180, "the log is read before Kubernetes ends the pod"
    assert pod["securityContext"].get("runAsUser") == CASES[case].get("kafka_client_run_as_user")


def test_the_certificate_is_mounted_where_kafka_wants_one(jobs):
    def secrets(case: str) -> list[str]:
        [volume] = [volume for volume in jobs[case]["spec"]["template"]["spec"]["volumes"] if volume["name"] == "kafka"]
        return [source["secret"]["name"] for source in volume["projected"]["sources"]]

    assert secrets("python") == ["rhte-cluster-cluster-ca-cert"]
    assert secrets("go") == ["rhte-cluster-cluster-ca-cert", "attendee"]


@pytest.mark.parametrize("case", ["python", "plain"])
def test_the_python_client_takes_its_command(jobs, case: str):
    """It parses all of it, and then finds no pictures here."""
    program, *options = command_of(jobs[case])
    assert program == "kafka_producer.py"
    said = subprocess.run(
        [sys.executable, ROOT / "app/clients" / program, *options], capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stderr) == (
        1,
        "kafka_producer: /pictures is no file and no folder: look at its name\n",
    )
    assert ("--use-tls" in options) == (case == "python")


def test_the_go_client_has_the_options_of_its_command(jobs):
    program, *options = command_of(jobs["go"])
    known = set(
        re.findall(
            r'flags\.\w+Var\(.*?"([a-z-]+)"|flags\.Var\(.*?"([a-z-]+)"', (ROOT / "app/clients/go/flags.go").read_text()
        )
    )
    assert program == "kafkaClient"
    assert {option[2:] for option in options if option.startswith("--")} - {
        one or other for one, other in known
    } == set()
    assert {"--tls", "--ca-file", "--cert-file", "--key-file"} <= set(options)


def send(folder: Path, *arguments: str) -> tuple[int, str]:
    """`make send` in check mode on a machine without a cluster: exit status, and what was said in one line."""
    absent = [f"-elab_kubeconfig={folder}/absent", f"-elab_cache_dir={folder}/cache"]
    result = play("--inventory=inventories/embedded", "playbooks/send.yml", "--check", *absent, *arguments)
    return result.returncode, " ".join((result.stdout + result.stderr).split())


def test_check_mode_works_where_nothing_exists(tmp_path: Path):
    (tmp_path / "cat.jpg").write_bytes(b"\xff\xd8\xff")
    code, said = send(tmp_path, f"-ekafka_client_pictures={tmp_path}/cat.jpg")
    assert code == 0, said
    assert "localhost/catdog-lab/client:" in said and "would be built" in said


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", "kafka_client_pictures is empty: name the pictures to send, a file or a folder: make send PICTURES=cats."),
        ("large.jpg", "1 file has 1048577 bytes, and 1048576 fit into the ConfigMap"),
    ],
)
def test_it_refuses_before_anything_is_made(tmp_path: Path, given: str, expected: str):
    (tmp_path / "large.jpg").write_bytes(bytes(1024 * 1024 + 1))
    code, said = send(tmp_path, f"-ekafka_client_pictures={tmp_path / given if given else ''}")
    assert (code, expected in said, "would be built" in said) == (2, True, False), said
