"""A server on this machine in the place of a Kubernetes API, and the kubeconfig that leads to it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml


class JsonAnswers:
    """For a BaseHTTPRequestHandler, before it: answers in JSON, and says nothing of it."""

    def answer(self, code: int, content: Any) -> None:
        """Send the content with this status."""
        body = json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Silent."""


@contextmanager
def served(folder: Path, handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The path of a kubeconfig in the folder; its cluster is served by the handler as long as the context lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    settings = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
        "clusters": [{"name": "here", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
        "users": [{"name": "me", "user": {}}],
    }
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(settings))
    yield str(path)
    server.shutdown()
    server.server_close()
