"""The modules' client of the Kubernetes API keeps to NO_PROXY, seen on a server of this machine beside a dead proxy."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml
from urllib3.exceptions import HTTPError

DEAD_PROXY = "http://127.0.0.1:9"


class Version(BaseHTTPRequestHandler):
    """Answers every question as /version does."""

    def do_GET(self) -> None:
        names = ("major", "minor", "gitVersion", "gitCommit", "gitTreeState")
        names += ("buildDate", "goVersion", "compiler", "platform")
        body = json.dumps(dict.fromkeys(names, "v1")).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Silent."""


@pytest.fixture
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, DEAD_PROXY)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    server = HTTPServer(("127.0.0.1", 0), Version)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    path = tmp_path / "kubeconfig"
    settings = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
        "clusters": [{"name": "here", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
        "users": [{"name": "me", "user": {}}],
    }
    path.write_text(yaml.safe_dump(settings))
    yield str(path)
    server.shutdown()
    server.server_close()


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
