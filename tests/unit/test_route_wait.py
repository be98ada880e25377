"""When a Route leads somewhere, and what is told of one that does not."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from support.api_server import JsonAnswers, served


@pytest.fixture(scope="module")
def status(load_plugin):
    return load_plugin("module_utils/route_status")


@pytest.fixture(scope="module")
def module(load_plugin):
    return load_plugin("modules/route_wait")


def entry(admitted: str, host: str = "rhte-notebook-rhte2019.apps.example.org", **more: str) -> dict[str, Any]:
    conditions = [{"type": "Admitted", "status": admitted} | more] if admitted else []
    return {"routerName": "default", "host": host, "conditions": conditions}


def route(*entries: dict[str, Any], **spec: str) -> dict[str, Any]:
    return {"spec": spec, "status": {"ingress": list(entries)}}


CLAIMED = entry("False", reason="HostAlreadyClaimed", message="route x already exposes it and is older")


@pytest.mark.parametrize(
    ("found", "state", "words"),
    [
        ({}, "awaited", ["no router has taken it up (status.ingress is empty)"]),
        (route(entry("")), "awaited", ["router default says nothing yet"]),
        (route(CLAIMED), "refused", ["HostAlreadyClaimed: route x already exposes it", "give this one another name"]),
        (route(CLAIMED, entry("")), "awaited", ["HostAlreadyClaimed", "says nothing yet"]),
        (route(entry("True"), host="other.example.org"), "awaited", ["Admitted=True, host rhte-notebook-rhte2019"]),
        (route(entry("False", reason="Odd", message="why")), "refused", ["Odd: why"]),
    ],
)
def test_a_route_that_leads_nowhere_is_told_with_what_routers_say(status, found, state, words):
    judged = status.verdict(found)
    assert (judged.state, judged.host) == (state, "")
    assert [word for word in words if word not in judged.said] == []


@pytest.mark.parametrize("spec", [{}, {"host": "rhte-notebook-rhte2019.apps.example.org"}])
def test_the_host_is_that_of_the_router_that_has_admitted_it(status, spec):
    judged = status.verdict(route(CLAIMED, entry("True"), **spec))
    assert judged == ("admitted", "rhte-notebook-rhte2019.apps.example.org", "")


def waited(module, looks: list[tuple[float, dict[str, Any]]], timeout: float = 60):
    """A wait over what the Route is from a second on; its clock goes on only while somebody waits."""
    clock = [0.0]

    def look() -> dict[str, Any]:
        return next(found for at, found in reversed(looks) if at <= clock[0])

    def next_look(seconds: float) -> None:
        assert seconds > 0
        clock[0] = min([at for at, _ in looks if clock[0] < at < clock[0] + seconds], default=clock[0] + seconds)

    return module.wait(look, next_look, timeout, lambda: clock[0])


@pytest.mark.parametrize(
    ("looks", "timeout", "state", "seconds"),
    [
        ([(0, route(entry("True")))], 60, "admitted", 0),
        ([(0, {}), (7, route(entry("True")))], 60, "admitted", 7),
        ([(0, route(CLAIMED)), (4, route(entry("True")))], 60, "admitted", 4),
        ([(0, route(CLAIMED))], 60, "refused", 10),
        ([(0, {})], 60, "awaited", 60),
        ([(0, {})], 0, "awaited", 0),
    ],
)
def test_a_refusal_is_believed_when_it_stays_and_a_silence_has_an_end(module, looks, timeout, state, seconds):
    judged, took = waited(module, looks, timeout)
    assert (judged.state, took) == (state, seconds)


class OneRoute(JsonAnswers, BaseHTTPRequestHandler):
    """Has one Route, whose host is another's, and nothing else."""

    def do_GET(self) -> None:
        there = self.path.partition("?")[0].endswith("/apis/route.openshift.io/v1/namespaces/rhte2019/routes/claimed")
        self.answer(200 if there else 404, route(CLAIMED) if there else {})


class EndedError(Exception):
    """A module's end, with what it said."""


class Module:
    """What a module sees of Ansible."""

    def __init__(self, kubeconfig: str, name: str, check_mode: bool) -> None:
        self.params = {"kubeconfig": kubeconfig, "namespace": "rhte2019", "name": name, "timeout": 0}
        self.check_mode = check_mode

    def fail_json(self, msg: str) -> None:
        raise EndedError(msg)

    def exit_json(self, **said: Any) -> None:
        raise EndedError(said)


@pytest.mark.parametrize(
    ("name", "check_mode", "said"),
    [
        ("claimed", False, "Route rhte2019/claimed is not admitted after 0 s: router default: Admitted=False"),
        ("missing", False, "Route rhte2019/missing does not exist."),
        ("missing", True, "'host': ''"),
        ("claimed", True, "'host': ''"),
    ],
)
def test_the_module_says_what_it_saw(
    module, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, check_mode: bool, said: str
):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with served(tmp_path, OneRoute) as kubeconfig, pytest.raises(EndedError) as ended:
        module.run(Module(kubeconfig, name, check_mode))
    assert said in str(ended.value)
