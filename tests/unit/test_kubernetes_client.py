"""The modules' client of the Kubernetes API keeps to NO_PROXY, seen on a server of this machine beside a dead proxy."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from support.api_server import JsonAnswers, served
from urllib3.exceptions import HTTPError

DEAD_PROXY = "http://127.0.0.1:9"


class Version(JsonAnswers, BaseHTTPRequestHandler):
    """Answers every question as /version does."""

    def do_GET(self) -> None:
        names = ("major", "minor", "gitVersion", "gitCommit", "gitTreeState")
        names += ("buildDate", "goVersion", "compiler", "platform")
        self.answer(200, dict.fromkeys(names, "v1"))


@pytest.fixture
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, DEAD_PROXY)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with served(tmp_path, Version) as path:
        yield path


def version(load_plugin, kubeconfig: str) -> str:
    from kubernetes.client import VersionApi

    client = load_plugin("module_utils/kubernetes_client").api_client(kubeconfig, retries=False)
    return VersionApi(client).get_code().git_version


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_an_address_of_no_proxy_is_asked_directly(load_plugin, kubeconfig, monkeypatch, name):
    monkeypatch.setenv(name, "example.org,127.0.0.1")
    assert version(load_plugin, kubeconfig) == "v1"


def test_any_other_is_asked_through_the_proxy(load_plugin, kubeconfig):
    with pytest.raises(HTTPError, match="proxy"):
        version(load_plugin, kubeconfig)
