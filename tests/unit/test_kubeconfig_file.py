"""A kubeconfig of ours: whose address and authority it has, who reads it, and that it is written once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import yaml


@pytest.fixture
def module(load_plugin: Callable[[str], ModuleType]) -> ModuleType:
    return load_plugin("module_utils/kubeconfig_file")


def test_it_leads_to_the_cluster_as_the_user_and_begins_in_the_namespace(module: ModuleType) -> None:
    cluster = {"server": "https://127.0.0.1:30443", "certificate-authority-data": "Y2E="}
    config = yaml.safe_load(module.kubeconfig(cluster, "attendee", "secret", "lab-ada", "lab-ada"))
    [named] = config["clusters"]
    assert named["cluster"] == cluster
    assert config["users"] == [{"name": "attendee", "user": {"token": "secret"}}]
    [context] = [one for one in config["contexts"] if one["name"] == config["current-context"]]
    assert context["context"] == {"cluster": "lab", "user": "attendee", "namespace": "lab-ada"}


def ansible_module(check_mode: bool = False) -> SimpleNamespace:
    return SimpleNamespace(check_mode=check_mode)


def test_only_its_owner_reads_it_and_the_same_again_changes_nothing(module: ModuleType, tmp_path: Path) -> None:
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


def test_a_file_that_cannot_be_put_in_place_leaves_nothing(module: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "kubeconfig"
    folder.mkdir()
    with pytest.raises(IsADirectoryError):
        module.write(ansible_module(), folder, "a")
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_one_that_was_given_to_another_user_stays_that_users(module: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    module.write(ansible_module(), file, "a")
    os.chown(file, 1234, 1234)
    assert module.write(ansible_module(), file, "b")
    assert (file.read_text(), file.stat().st_uid, file.stat().st_gid) == ("b", 1234, 1234)
    assert file.stat().st_mode & 0o777 == 0o600
