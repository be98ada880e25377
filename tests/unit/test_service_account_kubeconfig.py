"""A ServiceAccount's kubeconfig: whose address and CA it has, who reads it, and that it is written once."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import yaml


@pytest.fixture
def module(load_plugin: Callable[[str], ModuleType]) -> ModuleType:
    return load_plugin("modules/service_account_kubeconfig")


def test_it_holds_the_token_decoded_and_begins_in_the_namespace(module) -> None:
    data = {"token": base64.b64encode(b"secret").decode(), "ca.crt": "Y2E="}
    config = yaml.safe_load(module.kubeconfig("https://127.0.0.1:30443", data, "lab-ada", "attendee"))
    [cluster] = config["clusters"]
    assert cluster["cluster"] == {"server": "https://127.0.0.1:30443", "certificate-authority-data": "Y2E="}
    assert config["users"] == [{"name": "attendee", "user": {"token": "secret"}}]
    [context] = [one for one in config["contexts"] if one["name"] == config["current-context"]]
    assert context["context"] == {"cluster": "lab", "user": "attendee", "namespace": "lab-ada"}


def ansible_module(check_mode: bool = False) -> SimpleNamespace:
    return SimpleNamespace(check_mode=check_mode, atomic_move=lambda source, target: Path(source).rename(target))


def test_only_its_owner_reads_it_and_the_same_again_changes_nothing(module, tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    assert module.write(ansible_module(check_mode=True), file, "a")
    assert not file.exists()
    assert module.write(ansible_module(), file, "a")
    assert file.stat().st_mode & 0o777 == 0o600
    assert not module.write(ansible_module(), file, "a")
    file.chmod(0o644)
    assert module.write(ansible_module(), file, "a")
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_token_that_does_not_come_is_not_waited_for_longer_than_asked(module) -> None:
    core = SimpleNamespace(read_namespaced_secret=lambda name, namespace: SimpleNamespace(data=None))
    assert module.wait_for_token(core, "lab-ada", "attendee-token", 0) is None


def test_a_token_that_comes_later_is_waited_for(module, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([None, {"ca.crt": "a"}, {"ca.crt": "a", "token": "b"}])
    core = SimpleNamespace(
        read_namespaced_secret=lambda name, namespace: SimpleNamespace(data=next(answers)), list_namespaced_secret=None
    )
    monkeypatch.setattr(module, "next_change", lambda *where, **options: None)
    assert module.wait_for_token(core, "lab-ada", "attendee-token", 30) == {"ca.crt": "a", "token": "b"}
