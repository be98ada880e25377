"""What probes and Prometheus are told, and what a line of the log is."""

import json
import logging
import socket
import urllib.error
import urllib.request

import pytest

from catdog.errors import InputError
from catdog.streaming import logs
from catdog.streaming import status as streaming_status
from catdog.streaming.metrics import Metrics
from catdog.streaming.probes import served
from catdog.streaming.status import Status


@pytest.fixture
def status():
    return Status()


@pytest.fixture
def get(status):
    """Asks for a path; code and text."""
    with served("127.0.0.1", 0, status, Metrics(status)) as port:

        def ask(path):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                    return answer.status, answer.read().decode()
            except urllib.error.HTTPError as error:
                return error.code, error.read().decode()

        yield ask


def test_ready_says_what_is_missing(get, status):
    status.has(Status.MODELS)
    code, text = get("/readyz")
    assert code == 503
    assert text.splitlines() == [
        "no broker has answered yet",
        "the consumer group has not assigned partitions yet",
    ]
    status.has(Status.GROUP)
    status.has(Status.KAFKA)
    assert get("/readyz") == (200, "ready\n")
    status.lacks(Status.KAFKA, "no broker answers")
    assert get("/readyz") == (503, "no broker answers\n")


def test_alive_while_it_goes_round(get, status, monkeypatch):
    assert get("/healthz") == (200, "alive\n")
    monkeypatch.setattr(streaming_status, "STUCK_SECONDS", -1)
    code, text = get("/healthz")
    assert code == 503
    assert text.startswith("stuck for ")
    monkeypatch.setattr(streaming_status, "STUCK_SECONDS", 120)
    status.beat()
    assert get("/healthz") == (200, "alive\n")


def test_figures_are_in_prometheus_form(get, status):
    code, text = get("/metrics")
    assert code == 200
    assert "# TYPE catdog_stream_records_total counter" in text
    assert "# TYPE catdog_stream_seconds histogram" in text
    assert "catdog_stream_ready 0.0" in text
    for part in (Status.MODELS, Status.GROUP, Status.KAFKA):
        status.has(part)
    assert "catdog_stream_ready 1.0" in get("/metrics")[1]


def test_other_paths_are_not_there(get):
    assert get("/") == (404, "/healthz, /readyz, /metrics\n")


def test_a_port_that_is_taken_is_told(status):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = pytest.raises(InputError, match=f"127.0.0.1:{port}: cannot listen there: .*; give another --port")
        with told, served("127.0.0.1", port, status, Metrics(status)):
            pass


@pytest.fixture
def own_log():
    """Leaves the service's log as it was found."""
    log = logging.getLogger("catdog.streaming")
    before = log.handlers[:], log.propagate, log.level
    yield
    log.handlers[:], log.propagate = before[:2]
    log.setLevel(before[2])


def test_the_log_is_a_line_of_json_with_its_fields(own_log, capsys):
    logs.start("info")
    log = logging.getLogger("catdog.streaming.some")
    log.debug("hidden")
    log.info("batch", extra={"fields": {"records": 3, "name": "a\nb"}})
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert found.pop("time").endswith("+00:00")
    assert found == {"level": "info", "message": "batch", "records": 3, "name": "a\nb"}
