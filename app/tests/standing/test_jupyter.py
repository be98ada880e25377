"""Whether Jupyter was used: by its own times, over TLS with a certificate of its own, and by the window's layout."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from catdog.standing import jupyter

STARTED = "2026-11-29T08:00:00.000000Z"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JUPYTER_TOKEN", "secret")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for name in ("NOTEBOOK_TLS_CERT", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def answering(monkeypatch):
    """Jupyter, whose /api/status says what it is told to."""
    servers = []

    def answer(**status):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                is_ours = (self.path, self.headers["Authorization"]) == ("/api/status", "token secret")
                self.send_response(200 if is_ours else 403)
                self.end_headers()
                self.wfile.write(json.dumps({"started": STARTED, "kernels": 0} | status).encode())

            def log_message(self, *_):
                pass

        servers.append(HTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setattr(jupyter, "ADDRESS", f"127.0.0.1:{servers[-1].server_port}")

    yield answer
    for server in servers:
        server.shutdown()
        server.server_close()


def test_its_start_is_no_use(answering):
    answering(last_activity="2026-11-29T08:00:02.100000Z")
    assert jupyter.last_activity() is None


@pytest.mark.parametrize(
    "status",
    [{"last_activity": "2026-11-29T08:20:00.000000Z"}, {"last_activity": "2026-11-29T08:00:01.000000Z", "kernels": 1}],
)
def test_what_came_later_is_and_so_is_a_kernel(answering, status):
    answering(**status)
    assert jupyter.last_activity() == datetime.fromisoformat(status["last_activity"])


def test_a_window_that_was_open_before_the_container_started_anew_counts(answering, home):
    layout = home / ".jupyter/lab/workspaces/default-37a8.jupyterlab-workspace"
    layout.parent.mkdir(parents=True)
    layout.write_text("{}")
    answering(last_activity=STARTED)
    assert jupyter.last_activity() == datetime.fromtimestamp(layout.stat().st_mtime, UTC)


def test_a_jupyter_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr(jupyter, "ADDRESS", "127.0.0.1:9")
    with pytest.raises(jupyter.JupyterError, match=r"Jupyter does not answer at http://127\.0\.0\.1:9/api/status: "):
        jupyter.last_activity()


def test_an_answer_without_its_times_is_told(answering):
    answering(last_activity=None)
    with pytest.raises(jupyter.JupyterError, match="no time that can be read: None"):
        jupyter.last_activity()
