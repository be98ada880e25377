"""What Routes and Ingresses are told."""

import pytest
from embedded_router import status
from embedded_router.model import RefusalError
from routed import DOMAIN, ingress, route

HOST = "web.example"
REFUSAL = RefusalError("HostAlreadyClaimed", "route a already exposes it and is older")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """`clock(time)`: it is so late."""

    def at(time):
        monkeypatch.setattr(status, "now", lambda: time)

    at("first")
    return at


def told(item, refusal=None):
    return status.route_status(item, HOST, "default", DOMAIN, refusal)


def test_an_admitted_route_has_host_router_and_condition():
    assert told(route())["ingress"] == [
        {
            "host": HOST,
            "routerName": "default",
            "routerCanonicalHostname": "router-default.apps.example",
            "wildcardPolicy": "None",
            "conditions": [{"type": "Admitted", "status": "True", "lastTransitionTime": "first"}],
        }
    ]


def test_a_refused_route_is_told_why():
    [entry] = told(route(), REFUSAL)["ingress"]
    said = {"reason": "HostAlreadyClaimed", "message": str(REFUSAL), "lastTransitionTime": "first"}
    assert entry["conditions"] == [{"type": "Admitted", "status": "False", **said}]


def test_what_was_told_is_not_told_again(clock):
    item = route()
    item["status"] = told(item)
    clock("second")
    assert told(item) is None


def test_a_condition_keeps_its_time_until_it_changes(clock):
    item = route()
    item["status"] = told(item)
    clock("second")
    [moved] = status.route_status(item, "new.example", "default", DOMAIN, None)["ingress"]
    [refused] = told(item, REFUSAL)["ingress"]
    assert [entry["conditions"][0]["lastTransitionTime"] for entry in (moved, refused)] == ["first", "second"]


def test_entries_of_other_routers_stay_where_they_are():
    item, foreign = route(), {"host": HOST, "routerName": "foreign"}
    [ours] = told(item)["ingress"]
    item["status"] = {"ingress": [ours, foreign]}
    refused = told(item, REFUSAL)["ingress"]
    assert [entry["routerName"] for entry in refused] == ["default", "foreign"] and refused[1] == foreign
    item["status"] = {"ingress": [foreign]}
    assert told(item)["ingress"] == [foreign, ours]


@pytest.mark.parametrize(
    ("external", "where"), [("127.0.0.1", {"ip": "127.0.0.1"}), ("lab.example", {"hostname": "lab.example"})]
)
def test_an_ingress_is_told_where_it_is_reached(external, where):
    item = ingress()
    item["status"] = status.ingress_status(item, external, None)
    assert item["status"] == {"loadBalancer": {"ingress": [where]}}
    assert status.ingress_status(item, external, None) is None
    assert status.ingress_status(item, external, REFUSAL) == {"loadBalancer": {"ingress": []}}


def test_a_route_without_a_host_is_given_it():
    assert status.generated_host(route(), HOST)["spec"] == {"host": HOST}
    assert status.generated_host(route(host="own.example"), HOST) is None
    assert status.generated_host(route(), "a" * 64 + ".example") is None


def test_an_event_names_the_ingress_and_the_reason():
    item = ingress()
    item["metadata"]["resourceVersion"] = "7"
    event = status.refusal_event("Ingress", item, REFUSAL, "default")
    assert (event["type"], event["reason"], event["message"]) == ("Warning", REFUSAL.reason, str(REFUSAL))
    assert event["involvedObject"]["name"] == "web" and event["metadata"]["namespace"] == "lab"
