"""How a module that asks a cluster ends: in words for what the cluster, or this machine, does not give."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, NoReturn
from urllib.error import HTTPError

import pytest
from kubernetes.client import ApiException
from kubernetes.config import ConfigException
from urllib3.exceptions import MaxRetryError

from ansible_collections.catdog.lab.plugins.module_utils.progress_note import FOLDER, leave

SAID = 'pods is forbidden: User "ada" cannot list resource "pods"'


class FailedError(Exception):
    """Stands for the end of the module, with its message."""


@pytest.fixture
def told(load_plugin: Callable[[str], ModuleType]) -> Callable[[Callable], str]:
    """`told(work)`: the message that a module with this work fails with."""
    module = load_plugin("module_utils/cluster_errors")

    def fail_json(msg: str) -> NoReturn:
        raise FailedError(msg)

    def told(work: Callable[[Any], None]) -> str:
        with pytest.raises(FailedError) as failed:
            module.run_with_cluster(SimpleNamespace(params={"kubeconfig": "lab.config"}, fail_json=fail_json), work)
        return str(failed.value)

    return told


def raising(error: Exception) -> Callable[[Any], NoReturn]:
    def work(module: Any) -> NoReturn:
        raise error

    return work


def refused(status: int, reason: str, body: str | bytes | None) -> ApiException:
    error = ApiException(status=status, reason=reason)
    error.body, error.headers = body, {"Audit-Id": "1"}
    return error


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(111, "Connection refused"),
        ConnectionError("the connection to pod lab/notebook-1 was lost"),
        MaxRetryError(None, "/api", ConnectionResetError()),
        ConfigException("Invalid kube-config file. No configuration found."),
        HTTPError("https://api:6443", 503, "Service Unavailable", None, None),
        ApiException(status=0, reason="Handshake status 403 Forbidden"),
    ],
)
def test_a_cluster_without_an_answer_is_told(told, error: Exception) -> None:
    assert told(raising(error)) == f"The cluster of lab.config does not answer: {error}"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (refused(403, "Forbidden", json.dumps({"kind": "Status", "message": SAID})), f"403 Forbidden: {SAID}"),
        (refused(403, "Forbidden", json.dumps({"message": SAID}).encode()), f"403 Forbidden: {SAID}"),
        (refused(503, "Service Unavailable", "no healthy upstream\n"), "503 Service Unavailable: no healthy upstream"),
        (refused(500, "Internal Server Error", "[1]"), "500 Internal Server Error: [1]"),
        (refused(500, "Internal Server Error", '{"kind": "Status"}'), '500 Internal Server Error: {"kind": "Status"}'),
        (refused(409, "Conflict", None), "409 Conflict"),
        (refused(502, "Bad Gateway", ""), "502 Bad Gateway"),
    ],
)
def test_a_cluster_that_refuses_is_told_with_what_it_said(told, error: Exception, said: str) -> None:
    assert told(raising(error)) == f"The cluster of lab.config refuses: {said}"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied", "/lab/kubeconfig"), "/lab/kubeconfig: Permission denied"),
        (OSError(28, "No space left on device", Path("/reports/a")), "/reports/a: No space left on device"),
    ],
)
def test_a_file_of_this_machine_is_not_the_clusters_fault(told, error: Exception, said: str) -> None:
    assert told(raising(error)) == said


def test_a_missing_package_is_told_and_a_defect_is_none(told) -> None:
    assert told(raising(ImportError(name="kubernetes"))).startswith("The Python package kubernetes is missing")
    with pytest.raises(ZeroDivisionError):
        told(raising(ZeroDivisionError()))


def test_no_note_is_left_when_the_module_ends(told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))

    def work(module: Any) -> None:
        leave("Kafka is being made")
        module.fail_json(msg="in vain")

    assert told(work) == "in vain"
    assert list(tmp_path.iterdir()) == []
