"""A ServiceAccount's token: how it is waited for."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest


@pytest.fixture
def module(load_plugin: Callable[[str], ModuleType]) -> ModuleType:
    return load_plugin("modules/service_account_kubeconfig")


def test_a_token_that_does_not_come_is_not_waited_for_longer_than_asked(module) -> None:
    core = SimpleNamespace(read_namespaced_secret=lambda name, namespace: SimpleNamespace(data=None))
    assert module.wait_for_token(core, "lab-ada", "attendee-token", 0) is None


def test_a_token_that_comes_later_is_waited_for(module, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([None, {"namespace": "a"}, {"token": "b"}])
    core = SimpleNamespace(
        read_namespaced_secret=lambda name, namespace: SimpleNamespace(data=next(answers)), list_namespaced_secret=None
    )
    monkeypatch.setattr(module, "next_change", lambda *where, **options: None)
    assert module.wait_for_token(core, "lab-ada", "attendee-token", 30) == {"token": "b"}


def test_whom_the_instructor_trusts_the_attendee_trusts(module, tmp_path) -> None:
    (tmp_path / "platform.pem").write_text("authority")
    given = SimpleNamespace(verify_ssl=True, ssl_ca_cert=str(tmp_path / "platform.pem"))
    assert module.trust(given) == {"certificate-authority-data": "YXV0aG9yaXR5"}
    assert module.trust(SimpleNamespace(verify_ssl=True, ssl_ca_cert=None)) == {}
    assert module.trust(SimpleNamespace(verify_ssl=False, ssl_ca_cert=None)) == {"insecure-skip-tls-verify": True}
