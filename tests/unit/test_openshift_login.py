"""A login to OpenShift: by password or token, once as long as it holds; what is refused, and what is said then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, NoReturn
from urllib.error import HTTPError

import pytest
import yaml
from support.oauth_server import TOKEN, OAuthServer

TEACHER = {"username": "teacher", "password": "secret"}


class Ended(Exception):  # noqa: N818
    """exit_json, with what it was called with."""


@pytest.fixture
def module(load_plugin: Callable[[str], ModuleType]) -> ModuleType:
    return load_plugin("modules/openshift_login")


@pytest.fixture
def openshift() -> OAuthServer:
    return OAuthServer()


@pytest.fixture
def login(module: ModuleType, openshift: OAuthServer, tmp_path: Path) -> Iterator[Callable[..., dict[str, Any]]]:
    """`login(…)`: the module's run with these parameters, and what it returns."""

    def exit_json(**result: Any) -> NoReturn:
        raise Ended(result)

    with openshift.served(tmp_path) as authority:

        def run(check_mode: bool = False, **given: Any) -> dict[str, Any]:
            nothing = {"username": "", "password": "", "token": ""}
            place = {"api": openshift.api, "ca": str(authority), "kubeconfig": str(tmp_path / "lab/kubeconfig")}
            ansible = SimpleNamespace(
                params={**nothing, **place, **given},
                check_mode=check_mode,
                exit_json=exit_json,
            )
            with pytest.raises(Ended) as ended:
                module.run(ansible)
            return ended.value.args[0]

        yield run


def token_of(tmp_path: Path) -> str:
    [user] = yaml.safe_load((tmp_path / "lab/kubeconfig").read_text())["users"]
    return user["user"]["token"]


def test_by_password_a_token_is_fetched_and_kept_and_the_password_is_not(
    login: Callable[..., dict[str, Any]], openshift: OAuthServer, tmp_path: Path
) -> None:
    assert login(**TEACHER) == {"changed": True, "user": "teacher", "hours": 24.0}
    file = tmp_path / "lab/kubeconfig"
    content = yaml.safe_load(file.read_text())
    assert content["clusters"][0]["cluster"]["server"] == openshift.api
    assert openshift.tokens == {token_of(tmp_path): "teacher"}
    assert "secret" not in file.read_text() and file.stat().st_mode & 0o777 == 0o600


def test_a_login_that_holds_is_left_and_one_that_has_ended_is_not(
    login: Callable[..., dict[str, Any]], openshift: OAuthServer
) -> None:
    login(**TEACHER)
    assert login(**TEACHER) == {"changed": False, "user": "teacher", "hours": 0.0}
    assert openshift.asked.count(TOKEN) == 1
    openshift.tokens.clear()
    assert login(**TEACHER)["changed"] is True


def test_another_user_and_another_cluster_are_another_login(
    login: Callable[..., dict[str, Any]], openshift: OAuthServer, tmp_path: Path
) -> None:
    login(**TEACHER)
    openshift.users["other"] = "word"
    assert login(username="other", password="word")["user"] == "other"
    file = tmp_path / "lab/kubeconfig"
    file.write_text(file.read_text().replace(openshift.api, "https://another.example.org:6443"))
    assert login(username="other", password="word")["changed"] is True


def test_a_token_is_taken_as_it_is(
    login: Callable[..., dict[str, Any]], openshift: OAuthServer, tmp_path: Path
) -> None:
    openshift.tokens["sha256~given"] = "teacher"
    assert login(token="sha256~given")["user"] == "teacher"
    assert token_of(tmp_path) == "sha256~given" and TOKEN not in openshift.asked
    assert login(token="sha256~given")["changed"] is False
    openshift.tokens["sha256~newer"] = "teacher"
    assert login(token="sha256~newer")["changed"] is True


def test_a_dry_run_fetches_and_writes_nothing(
    login: Callable[..., dict[str, Any]], openshift: OAuthServer, tmp_path: Path
) -> None:
    assert login(check_mode=True, **TEACHER) == {"changed": True, "user": "", "hours": 0.0}
    assert openshift.tokens == {} and not (tmp_path / "lab").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"username": "teacher", "password": "wrong"},
            "OpenShift refuses the user teacher. Look at lab_openshift_username",
        ),
        ({"token": "sha256~old"}, "The token is not valid (any more). Take another one (lab_openshift_token)"),
    ],
)
def test_what_openshift_refuses_is_told(
    module: ModuleType, login: Callable[..., dict[str, Any]], tmp_path: Path, given: dict[str, str], said: str
) -> None:
    with pytest.raises(module.LoginError) as refused:
        login(**given)
    assert said in str(refused.value)
    assert not (tmp_path / "lab").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [(TEACHER, "OAuth API (HTTP 404 at https://127.0.0.1"), ({"token": "any"}, "is no OpenShift: it has no users")],
)
def test_a_cluster_that_is_not_openshift_is_told(
    module: ModuleType, login: Callable[..., dict[str, Any]], openshift: OAuthServer, given: dict[str, str], said: str
) -> None:
    openshift.is_openshift = False
    with pytest.raises(module.LoginError) as refused:
        login(**given)
    assert said in str(refused.value)


OWN = {"clusters": [{"cluster": {"server": "https://api:6443"}}], "users": [{"user": {"token": "t"}}]}


@pytest.mark.parametrize(
    "content",
    [
        yaml.safe_dump(OWN | {"users": [{"user": {"client-certificate-data": "Y2VydA=="}}]}),
        yaml.safe_dump(OWN | {"users": [*OWN["users"], *OWN["users"]]}),
        yaml.safe_dump(OWN | {"clusters": [*OWN["clusters"], *OWN["clusters"]]}),
        yaml.safe_dump(OWN | {"users": None}),
        "notes of mine\n",
        "a: [",
    ],
)
def test_a_file_that_is_no_login_of_this_kind_is_not_replaced(
    module: ModuleType, login: Callable[..., dict[str, Any]], tmp_path: Path, content: str
) -> None:
    file = tmp_path / "lab/kubeconfig"
    file.parent.mkdir()
    file.write_text(content)
    with pytest.raises(module.LoginError) as refused:
        login(**TEACHER)
    assert str(refused.value).startswith(f"{file} is ") and "lab_kubeconfig" in str(refused.value)
    assert file.read_text() == content


def test_an_empty_file_is_no_login(login: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    file = tmp_path / "lab/kubeconfig"
    file.parent.mkdir()
    file.write_text("\n")
    assert login(**TEACHER)["changed"] is True


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied", "/lab/kubeconfig"), "/lab/kubeconfig: Permission denied"),
        (
            ConnectionRefusedError(111, "Connection refused"),
            "https://api:6443 cannot be used: Connection refused. Check lab_openshift_api, network and proxy.",
        ),
        (
            HTTPError("https://api:6443/apis", 503, "Service Unavailable", None, None),
            "https://api:6443 cannot be used: HTTP Error 503: Service Unavailable. Check lab_openshift_api, network "
            "and proxy.",
        ),
    ],
)
def test_an_address_that_cannot_be_used_is_told_from_a_file_that_cannot(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    def fail_json(msg: str) -> NoReturn:
        raise Ended(msg)

    def run(_: Any) -> NoReturn:
        raise error

    ansible = SimpleNamespace(params={"api": "https://api:6443"}, fail_json=fail_json)
    monkeypatch.setattr(module, "AnsibleModule", lambda **_: ansible)
    monkeypatch.setattr(module, "run", run)
    with pytest.raises(Ended) as ended:
        module.main()
    assert ended.value.args[0] == said
