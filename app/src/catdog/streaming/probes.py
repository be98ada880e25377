"""What Kubernetes and Prometheus ask over HTTP: /healthz, /readyz, /metrics."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST

from catdog.errors import InputError
from catdog.streaming.metrics import Metrics
from catdog.streaming.status import Status

_TEXT = "text/plain; charset=utf-8"


@contextmanager
def served(address: str, port: int, status: Status, metrics: Metrics) -> Iterator[int]:
    """Answers while the context lasts; gives the port, any where 0 is given. Raises InputError if it is taken."""

    class Handler(_Handler):
        pages = {  # noqa: RUF012
            "/healthz": lambda: _health(status),
            "/readyz": lambda: _readiness(status),
            "/metrics": lambda: (200, CONTENT_TYPE_LATEST, metrics.text()),
        }

    try:
        server = ThreadingHTTPServer((address, port), Handler)
    except OSError as error:
        raise InputError(f"{address}:{port}: cannot listen there: {error.strerror}; give another --port") from None
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="probes", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def _health(status: Status) -> tuple[int, str, bytes]:
    stuck = status.stuck_for()
    if stuck is None:
        return 200, _TEXT, b"alive\n"
    return 503, _TEXT, f"stuck for {stuck:.0f} s\n".encode()


def _readiness(status: Status) -> tuple[int, str, bytes]:
    missing = status.not_ready()
    return (503, _TEXT, "".join(f"{one}\n" for one in missing).encode()) if missing else (200, _TEXT, b"ready\n")


class _Handler(BaseHTTPRequestHandler):
    pages: dict

    def do_GET(self) -> None:
        page = self.pages.get(self.path.partition("?")[0])
        code, kind, body = page() if page else (404, _TEXT, b"/healthz, /readyz, /metrics\n")
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Probes come every few seconds: nothing is logged of them."""
