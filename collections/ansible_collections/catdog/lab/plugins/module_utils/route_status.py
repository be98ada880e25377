"""Whether a router has taken up a Route (route.openshift.io/v1), under which host, and if not, why and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

ADMITTED, REFUSED, AWAITED = "admitted", "refused", "awaited"
CLAIMED = "another Route has this host: remove that one, or give this one another name, namespace or domain"
# What to do, by the reason that a router gives.
ADVICE = {
    "HostAlreadyClaimed": CLAIMED,
    "HostClaimRejected": CLAIMED,
    "RouteNotAdmitted": "the router's policy does not allow it: ask who runs the cluster",
    "ExtendedValidationFailed": "mend the field that the message names",
}


class Verdict(NamedTuple):
    """ADMITTED with the `host`, REFUSED or AWAITED with what routers say."""

    state: str
    host: str
    said: str


def verdict(route: Mapping[str, Any]) -> Verdict:
    """Judges a Route by its status: one router that admits it is enough, and REFUSED is what all of them say.

    A host that differs from `spec.host` is of before the last change.
    """
    wanted = (route.get("spec") or {}).get("host")
    entries = (route.get("status") or {}).get("ingress") or []
    states = [(entry, _admitted(entry)) for entry in entries]
    for entry, condition in states:
        if condition.get("status") == "True" and entry.get("host") and wanted in (None, "", entry["host"]):
            return Verdict(ADMITTED, entry["host"], "")
    if not entries:
        return Verdict(AWAITED, "", "no router has taken it up (status.ingress is empty): does one run here?")
    refused = all(condition.get("status") == "False" for _, condition in states)
    told = "; ".join(_told(entry, condition) for entry, condition in states)
    return Verdict(REFUSED if refused else AWAITED, "", told)


def _admitted(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    return next((each for each in entry.get("conditions") or [] if each["type"] == "Admitted"), {})


def _told(entry: Mapping[str, Any], condition: Mapping[str, Any]) -> str:
    router = f"router {entry.get('routerName', '?')}"
    if not condition:
        return f"{router} says nothing yet"
    reason = condition.get("reason", "")
    said = f"{router}: Admitted={condition.get('status')}, host {entry.get('host') or 'none'}"
    said += f", {reason}: {condition.get('message', '')}" if reason else ""
    return said + (f" ({ADVICE[reason]})" if reason in ADVICE else "")
