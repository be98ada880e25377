"""A registry answers, wants a login, or does not: by the answers of its API alone."""

from __future__ import annotations

import io
import ssl
from http.client import BadStatusLine
from types import ModuleType
from urllib.error import HTTPError, URLError

import pytest


@pytest.fixture(scope="module")
def module(load_plugin) -> ModuleType:
    return load_plugin("modules/registry_info")


def http(code: int) -> HTTPError:
    return HTTPError("https://registry.example.test/v2/", code, "", {}, io.BytesIO())


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (http(401), ""),
        (http(403), "HTTP 403"),
        (http(503), "HTTP 503"),
        (URLError(OSError("Tunnel connection failed: 403 Forbidden")), "Tunnel connection failed: 403 Forbidden"),
        (URLError(OSError(-2, "Name or service not known")), "Name or service not known"),
        (URLError(ssl.SSLError(1, "certificate verify failed")), "certificate verify failed"),
        (BadStatusLine("no HTTP"), "no HTTP"),
        (TimeoutError("timed out"), "timed out"),
    ],
)
def test_what_is_wrong_is_told(module, monkeypatch, answer: Exception, said: str):
    asked = []

    def open_url(url: str, timeout: int, ca_path: str | None) -> None:
        asked.append((url, timeout, ca_path))
        raise answer

    monkeypatch.setattr(module.urls, "open_url", open_url)
    assert module.ask("registry.example.test", 3, "/ca.pem") == said
    assert asked == [("https://registry.example.test/v2/", 3, "/ca.pem")]


@pytest.mark.parametrize(("code", "said"), [(200, ""), (204, "HTTP 204")])
def test_only_what_a_registry_answers_is_an_answer(module, monkeypatch, code: int, said: str):
    answer = type("Answer", (), {"getcode": lambda self: code})
    monkeypatch.setattr(module.urls, "open_url", lambda url, **_: answer())
    assert module.ask("registry.example.test", 3) == said
