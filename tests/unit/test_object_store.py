"""The tools of the object store: what they are asked, and what is made of answers, hanging and silence."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import pytest

DENIED = "<Error><Code>AccessDenied</Code></Error>"
MISMATCH = "<Error><Code>SignatureDoesNotMatch</Code></Error>"


@pytest.fixture(scope="module")
def module(load_plugin) -> ModuleType:
    return load_plugin("module_utils/object_store")


@pytest.fixture(autouse=True)
def without_pauses(module, monkeypatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0)


@pytest.fixture(scope="module")
def probes(load_plugin) -> ModuleType:
    return load_plugin("module_utils/object_store_probes")


@pytest.fixture(scope="module")
def user_module(load_plugin) -> ModuleType:
    return load_plugin("modules/object_store_user")


class Gateway:
    """Ceph's gateway with its SQLite store, as far as users and buckets go; `hang`: how many calls of its tool do."""

    def __init__(self, hang: int = 0) -> None:
        self.secrets: dict[str, tuple[str, str]] = {}
        self.owners: dict[str, str] = {}
        self.objects: dict[str, str] = {}
        self.largest = 0  # how many objects a bucket had at most as it was removed
        self.hang, self.seconds, self.given, self.commands = hang, [], [], []

    def __call__(self, command: Sequence[str], given: str) -> tuple[str, str, int | None]:
        self.given.append(given)
        self.commands.append(command)
        assert not any(secret and secret in " ".join(command) for _, secret in self.secrets.values())
        if command[1] == "clear":
            return self._clear(command[2])
        return self._admin(command[4:], given) if "radosgw-admin" in command else self._request(given)

    def _clear(self, bucket: str) -> tuple[str, str, int | None]:
        """One object at a time, as if each took all the patience."""
        mine = [path for path in self.objects if path.startswith(f"{bucket}/")]
        for path in mine[:1]:
            self.objects.pop(path)
        return f"{len(mine[1:])}\n", "", 0

    def _admin(self, command: Sequence[str], given: str) -> tuple[str, str, int | None]:
        self.seconds.append(int(command[0]))
        what, options = tuple(command[3:5]), dict(word[2:].split("=", 1) for word in command[5:] if "=" in word)
        user = options.get("uid", "")
        printed, complained = "", ""
        if what in (("user", "info"), ("user", "create")):
            if what[1] == "create":
                assert user not in self.secrets, "written again, a user loses its buckets"
                assert "max-buckets" in options
                keys = dict(word[2:].split("=", 1) for word in given.split())
                self.secrets[user] = (keys["access-key"], keys["secret-key"])
            if user not in self.secrets:
                return "", "could not fetch user info: no user info saved\n", 22
            access, secret = self.secrets[user]
            printed = json.dumps({"user_id": user, "keys": [{"access_key": access, "secret_key": secret}]})
        elif what == ("bucket", "list") and user:
            printed = json.dumps([name for name, owner in self.owners.items() if owner == user])
        elif what == ("bucket", "list") and "bucket" in options:
            paths = [path.removeprefix(f"{options['bucket']}/") for path in self.objects]
            meta = {"etag": "0cc1", "mtime": "2026-01-01T10:00:00Z"}
            printed = json.dumps([{"name": path, "meta": meta} for path in paths])
        elif what == ("bucket", "rm"):
            assert "--purge-objects" in command
            self.largest = max(self.largest, sum(path.startswith(f"{options['bucket']}/") for path in self.objects))
            self.owners.pop(options["bucket"])
            self.objects = {path: text for path, text in self.objects.items() if not path.startswith(options["bucket"])}
        elif what == ("user", "rm"):
            self.secrets.pop(user)
        self.hang -= 1
        return printed, complained, 124 if self.hang >= 0 else 0

    def _request(self, given: str) -> tuple[str, str, int | None]:
        values = dict(line.split(" = ", 1) for line in given.splitlines())
        asked = {name: value.strip('"') for name, value in values.items()}
        access, secret = asked["user"].split(":")
        path = asked["url"].removeprefix("https://localhost:8443/").partition("?")[0]
        status, text = self._answer(access, secret, asked["request"], path, asked.get("data-binary", ""))
        return f"{text}\n{status}", "", 0

    def _answer(self, access: str, secret: str, method: str, path: str, body: str) -> tuple[int, str]:
        user = next(name for name, keys in self.secrets.items() if keys[0] == access)
        bucket, _, name = path.partition("/")
        if self.secrets[user][1] != secret:
            return 403, MISMATCH
        if method == "PUT" and not name:
            if user in self.owners.values():
                return 400, "<Error><Code>TooManyBuckets</Code></Error>"  # also to who has this one
            self.owners.setdefault(bucket, user)
            return 200, ""  # also to who does not get it
        if bucket not in self.owners:
            return 404, "<Error><Code>NoSuchBucket</Code></Error>"
        if self.owners[bucket] != user:
            return 403, DENIED
        if method == "PUT":
            self.objects[path] = body
        return (204, self.objects.pop(path, "")) if method == "DELETE" else (200, self.objects.get(path, ""))


@pytest.fixture
def keys(module: ModuleType):
    return module.Keys("ACCESS", "secret")


def asked(**changes: Any) -> dict[str, Any]:
    return {"user": "ada", "bucket": "ada", "access_key": "", "secret_key": ""} | changes


def test_a_user_is_made_once_with_a_bucket_and_keeps_its_keys(module, user_module) -> None:
    gateway = Gateway()
    store = module.Store(gateway)
    first = user_module.present(store, asked(), check=False)
    assert first["changed"]
    assert gateway.owners == {"ada": "ada"}
    again = user_module.present(store, asked(**first["keys"]), check=False)
    assert again == {"changed": False, "keys": {}}
    lost = user_module.present(store, asked(), check=False)
    assert (lost["changed"], lost["keys"]) == (False, first["keys"])


def test_a_new_store_gets_the_keys_that_the_attendee_has(module, user_module, keys) -> None:
    gateway = Gateway()
    answer = user_module.present(
        module.Store(gateway), asked(access_key=keys.access, secret_key=keys.secret), check=False
    )
    assert (answer, gateway.secrets) == ({"changed": True, "keys": {}}, {"ada": tuple(keys)})


@pytest.mark.parametrize("state", ["present", "absent", "emptied"])
def test_check_mode_changes_nothing(module, user_module, keys, state: str) -> None:
    gateway = Gateway()
    if state != "present":
        gateway.secrets, gateway.owners, gateway.objects = {"ada": tuple(keys)}, {"ada": "ada"}, {"ada/x": "x"}
    before = (dict(gateway.secrets), dict(gateway.owners), dict(gateway.objects))
    assert getattr(user_module, state)(module.Store(gateway), asked(), check=True)["changed"]
    assert (gateway.secrets, gateway.owners, gateway.objects) == before


def test_an_emptied_bucket_is_there_for_the_same_keys(module, user_module, keys) -> None:
    gateway = Gateway()
    gateway.secrets, gateway.owners, gateway.objects = {"ada": tuple(keys)}, {"ada": "ada"}, {"ada/x": "x"}
    assert user_module.emptied(module.Store(gateway), asked(), check=False) == {"changed": True}
    assert (gateway.owners, gateway.objects, gateway.secrets) == ({"ada": "ada"}, {}, {"ada": tuple(keys)})


def test_what_is_in_a_bucket_goes_before_it_in_steps(module, keys) -> None:
    gateway = Gateway()
    gateway.secrets, gateway.owners = {"ada": tuple(keys)}, {"ada": "ada"}
    gateway.objects = {f"ada/{number}": "x" for number in range(7)}
    module.Store(gateway).remove_bucket("ada", "ada")
    assert (gateway.owners, gateway.largest) == ({}, 0)


def test_a_gateway_that_has_no_steps_removes_a_bucket_at_once(module, keys) -> None:
    gateway = Gateway()
    gateway.secrets, gateway.owners, gateway.objects = {"ada": tuple(keys)}, {"ada": "ada"}, {"ada/x": "x"}
    gateway._clear = lambda bucket: ("", "Internal error occurred: object_store_room.py: no such file", 126)
    module.Store(gateway).remove_bucket("ada", "ada")
    assert (gateway.owners, gateway.largest) == ({}, 1)


def test_a_bucket_shows_its_objects_and_its_keys_only_from_afar(module, keys, load_plugin) -> None:
    look, gateway = load_plugin("modules/object_store_bucket_info").answer, Gateway()
    store = module.Store(gateway)
    assert look(store, "ada", "ada") == {"objects": [], "keys": ""}
    gateway.secrets = {"ada": tuple(keys)}
    found = look(store, "ada", "ada")
    assert found["objects"] == []
    assert not set(keys) & {found["keys"]}
    assert len(found["keys"]) == 64
    gateway.owners, gateway.objects = {"ada": "ada"}, {"ada/my cat.jpg": "x"}
    assert look(store, "ada", "ada") == found | {"objects": ["my cat.jpg 0cc1 2026-01-01T10:00:00Z"]}
    gateway.secrets = {"ada": ("ACCESS", "another")}
    assert look(store, "ada", "ada")["keys"] != found["keys"]


def test_objects_that_cannot_be_listed_are_no_empty_bucket(module) -> None:
    store = module.Store(lambda command, given: ("", "unable to open database\n", 5))
    with pytest.raises(
        module.ObjectStoreError, match="objects of bucket ada cannot be listed: unable to open database"
    ):
        store.objects("ada")


def test_a_removal_takes_user_and_bucket_and_leaves_others(module, user_module, keys) -> None:
    gateway = Gateway()
    store = module.Store(gateway)
    gateway.secrets, gateway.owners = {"ada": tuple(keys), "bo": ("BO", "bos-key")}, {"ada": "ada", "bo": "bo"}
    assert user_module.absent(store, asked(), check=False) == {"changed": True}
    assert (gateway.secrets, gateway.owners) == ({"bo": ("BO", "bos-key")}, {"bo": "bo"})
    assert user_module.absent(store, asked(), check=False) == {"changed": False}


def test_a_tool_that_hangs_after_its_answer_is_not_asked_again(module, keys) -> None:
    gateway = Gateway(hang=1)
    gateway.secrets["ada"] = tuple(keys)
    assert module.Store(gateway).keys("ada") == keys
    assert gateway.seconds == [3]


def test_a_tool_that_has_not_answered_gets_more_time(module, keys) -> None:
    waits = []

    def execute(command: Sequence[str], given: str) -> tuple[str, str, int]:
        waits.append(int(command[4]))
        return (
            ("", "", 124) if len(waits) < 3 else ('{"keys": [{"access_key": "ACCESS", "secret_key": "secret"}]}', "", 0)
        )

    assert module.Store(execute).keys("ada") == keys
    assert waits == [3, 10, 30]


def test_what_the_tool_complained_of_is_told(module) -> None:
    with pytest.raises(module.ObjectStoreError, match=r"keys of user ada cannot be read: unable to open database"):
        module.Store(lambda command, given: ("", "warning\nunable to open database\n", 5)).keys("ada")


def test_a_bucket_of_somebody_else_is_not_taken_for_made(module, keys) -> None:
    gateway = Gateway()
    gateway.secrets, gateway.owners = {"ada": tuple(keys), "bo": ("BO", "bos-key")}, {"ada": "bo"}
    with pytest.raises(module.ObjectStoreError, match="Bucket ada belongs to another user"):
        module.Store(gateway).make_bucket(keys, "ada")


def test_a_gateway_that_does_not_answer_is_told(module, keys) -> None:
    store = module.Store(lambda command, given: ("\n000", "curl: (7) Failed to connect\n", 7))
    assert store.ask(keys, "GET", "ada") == (0, "curl: (7) Failed to connect")
    with pytest.raises(module.ObjectStoreError, match=r"not made: no answer curl: \(7\)"):
        store.make_bucket(keys, "ada")


def test_keys_come_to_the_tools_by_their_input_which_has_no_end(module, keys) -> None:
    """The shells themselves, with tools that print what they got."""
    size = str(len(b"user = x\n"))
    read = module.CURL.replace("curl", "cat; :")
    said = subprocess.run(
        ["bash", "-c", read, "object-store", size, "1"],
        input="user = x\nmore",
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "user = x\n"
    shown = subprocess.run(
        ["bash", "-c", module.ADMIN, "object-store", "3", "printenv", "CEPH_ARGS"],
        input="--secret-key=s\nmore", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert shown.stdout == "--secret-key=s\n"


def test_an_object_by_any_name_is_asked_for(module, keys) -> None:
    settings = module.request(keys, "PUT", "ada/a cat.jpg", "x")
    assert 'url = "https://localhost:8443/ada/a%20cat.jpg"' in settings.splitlines()
    assert 'data-binary = "x"' in settings.splitlines()


def test_the_own_bucket_opens_and_a_neighbours_does_not(module, probes, keys) -> None:
    gateway = Gateway()
    gateway.secrets, gateway.owners = {"ada": tuple(keys), "bo": ("BO", "bos-key")}, {"ada": "ada", "bo": "bo"}
    rows = [probe.row() for probe in probes.probes_of(module.Store(gateway), keys, "ada", ["bo", "not-yet"])]
    assert [row["said"] for row in rows] == [
        "as the attendee, put an object into the own bucket: allowed",
        "as the attendee, get it back: allowed",
        "as the attendee, remove it: allowed",
        "as the attendee, list it with a wrong secret key: refused",
        "as the attendee, list the bucket bo: refused",
        "as the attendee, put an object into bo: refused",
    ]
    assert all(row["ok"] for row in rows)
    assert gateway.objects == {}


def test_a_neighbours_bucket_that_opens_is_told_and_left_as_it_was(module, probes, keys) -> None:
    gateway = Gateway()
    gateway.secrets, gateway.owners = {"ada": tuple(keys)}, {"ada": "ada", "bo": "ada"}
    wrong = [
        probe.row()["said"]
        for probe in probes.probes_of(module.Store(gateway), keys, "ada", ["bo"])
        if not probe.row()["ok"]
    ]
    assert wrong == [
        "as the attendee, list the bucket bo: allowed, must be refused",
        "as the attendee, put an object into bo: allowed, must be refused",
    ]
    assert gateway.objects == {}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, ""), "allowed"),
        ((403, DENIED), "refused"),
        ((403, MISMATCH), "answered by 403: "),
        ((0, "curl: (7)"), "answered by nobody: curl: (7)"),
    ],
)
def test_only_a_refusal_for_the_reason_that_is_meant_counts(probes, answer: tuple[int, str], said: str) -> None:
    assert probes.outcome(answer).startswith(said)


def test_a_database_that_is_locked_for_a_moment_is_asked_again(module):
    gateway, asked = Gateway(), []

    def locked_at_first(command: Sequence[str], given: str) -> tuple[str, str, int | None]:
        asked.append(command)
        if len(asked) == 1:
            return "", "ERROR: failed to initialize config store 'dbstore': database is locked\n", 5
        return gateway(command, given)

    store = module.Store(locked_at_first)
    assert store.keys("rhte2019-ada") is None
    assert len(asked) == 2
    assert "flock" in asked[0][2]


class Moody(Gateway):
    """It refuses the first requests that hold a text, so many `times`: `refused` are these."""

    def __init__(self, times: int, text: str) -> None:
        super().__init__()
        self.times, self.text, self.refused = times, text, []

    def _request(self, given: str) -> tuple[str, str, int | None]:
        if len(self.refused) < self.times and self.text in given:
            self.refused.append(given)
            return f"{DENIED}\n403", "", 0
        return super()._request(given)


def test_a_bucket_that_the_gateway_refuses_for_a_moment_is_made(module):
    gateway, keys = Moody(2, "request"), module.Keys("A" * 20, "s" * 40)
    store = module.Store(gateway)
    store.make_user("rhte2019-ada", keys)
    store.make_bucket(keys, "rhte2019-ada")
    assert len(gateway.refused) == 2
    assert all("flock" in command[2] for command in gateway.commands if "curl" in command[2])
    assert store.opens(keys, "rhte2019-ada")


def test_a_bucket_that_is_made_but_not_opened_at_once_is_opened_later(module):
    """As with the database locked between the two: from then on the gateway refuses the user another bucket."""
    gateway, keys = Moody(1, 'request = "GET"'), module.Keys("A" * 20, "s" * 40)
    store = module.Store(gateway)
    store.make_user("rhte2019-ada", keys)
    store.make_bucket(keys, "rhte2019-ada")
    assert gateway.refused
    with pytest.raises(module.ObjectStoreError, match=r"not made: 400 .*TooManyBuckets.*answers 404 .*NoSuch"):
        store.make_bucket(keys, "another")
