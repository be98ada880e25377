"""How far OLM is with an operator that was asked for, judged in one place: Subscription, InstallPlan, CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Object = Mapping[str, Any]

WAITING, APPROVE, BLOCKED, FAILED, SUCCEEDED = "Waiting", "Approve", "Blocked", "Failed", "Succeeded"
# Conditions of a Subscription that say what is wrong. OLM's others say what it does.
WRONG = ("ResolutionFailed", "BundleUnpackFailed", "CatalogSourcesUnhealthy")


class Look(NamedTuple):
    """What the cluster shows: the Subscription, the InstallPlans of its namespace, the CSV that is waited for."""

    subscription: Object | None
    plans: Sequence[Object]
    csv: Object | None


class Verdict(NamedTuple):
    """A state, what is to be said of it, and with APPROVE the InstallPlan."""

    state: str
    detail: str
    plan: str = ""


def verdict(look: Look, csv: str) -> Verdict:
    """`csv`: name of the ClusterServiceVersion that the Subscription is pinned to."""
    if look.subscription is None:
        return Verdict(FAILED, "its Subscription is gone: run again, which makes it anew")
    phase = _phase(look.csv)
    if phase == "Succeeded":
        return Verdict(SUCCEEDED, "")
    if phase == "Failed":
        return Verdict(FAILED, csv_text(look.csv or {}))
    if look.csv is not None:
        return Verdict(WAITING, csv_text(look.csv))
    own = [plan for plan in look.plans if csv in plan["spec"].get("clusterServiceVersionNames", [])]
    if own:
        return _of_plan(max(own, key=lambda plan: plan["metadata"].get("creationTimestamp", "")), csv)
    return _without_plan(look)


def _of_plan(plan: Object, csv: str) -> Verdict:
    """How far an InstallPlan is that names the CSV."""
    title, phase = f"InstallPlan {plan['metadata']['name']}", _phase(plan)
    if phase == "Failed":
        return Verdict(FAILED, f"{title} failed{_told(plan)}. OLM does not try it again, the next run subscribes anew")
    if phase != "RequiresApproval" or plan["spec"].get("approved"):
        return Verdict(WAITING, f"{title} is {phase or 'new'}{_told(plan)}")
    others = [name for name in plan["spec"]["clusterServiceVersionNames"] if name != csv]
    if others:
        return Verdict(BLOCKED, f"{approval_text(plan)}: beside {csv} it installs {', '.join(others)}")
    return Verdict(APPROVE, f"{title} waits for approval", plan["metadata"]["name"])


def _without_plan(look: Look) -> Verdict:
    """No InstallPlan names the CSV yet, or never will."""
    status = (look.subscription or {}).get("status") or {}
    wrong = [f"{entry['type']} ({entry.get('reason')}): {entry.get('message')}" for entry in wrong_conditions(status)]
    if wrong:
        return Verdict(FAILED, f"Subscription {'; '.join(wrong)}")
    offered = next((plan for plan in look.plans if _phase(plan) == "RequiresApproval"), None)
    if offered:
        names = ", ".join(offered["spec"]["clusterServiceVersionNames"])
        has = status.get("installedCSV") or "nothing yet"
        return Verdict(
            BLOCKED,
            f"{approval_text(offered)}: from what is installed ({has}) OLM goes to {names} next. Set lab_operator_csv "
            "to that, or have the labs removed first (make teardown)",
        )
    return Verdict(WAITING, f"the Subscription is {status.get('state') or 'not taken up'}")


def wrong_conditions(status: Object) -> list[Object]:
    """Conditions of a Subscription's status by which OLM says that it does not get on."""
    conditions = status.get("conditions") or []
    return [entry for entry in conditions if entry["type"] in WRONG and entry["status"] == "True"]


def approval_text(plan: Object) -> str:
    """Who has to approve an InstallPlan that is not this lab's alone, and how."""
    metadata = plan["metadata"]
    command = f"kubectl -n {metadata['namespace']} patch installplan {metadata['name']} --type merge"
    return (
        f"InstallPlan {metadata['name']} waits for an approval that is not this lab's to give "
        f'({command} -p \'{{"spec":{{"approved":true}}}}\')'
    )


def csv_text(csv: Object) -> str:
    """A CSV's phase with its reason, and what it requires and lacks."""
    status = csv.get("status") or {}
    lacks = [
        f"{entry.get('kind')} {entry.get('name')} ({entry.get('status')}{_of(entry.get('message'))})"
        for entry in status.get("requirementStatus") or []
        if entry.get("status") not in ("Present", "Satisfied")
    ]
    lacking = f"; it lacks {', '.join(lacks)}" if lacks else ""
    reason = f" ({status['reason']}){_of(status.get('message'))}" if status.get("reason") else ""
    return f"its phase is {status.get('phase') or 'not set yet'}{reason}{lacking}"


def dead_ends(subscriptions: Iterable[Object], plans: Sequence[Object], csvs: Iterable[Object]) -> list[Object]:
    """What of ours OLM will not go on with by itself, as manifests to delete.

    That is the Subscription of a failed InstallPlan, or of a bundle that could not be unpacked, and its unfinished CSV:
    OLM makes another plan for a new Subscription only.
    """
    failed = {plan["metadata"]["name"] for plan in plans if _phase(plan) == "Failed"}
    stuck = [entry for entry in subscriptions if _is_stuck(entry.get("status") or {}, failed)]
    broken = [entry for entry in csvs if _phase(entry) != "Succeeded"] if stuck else []
    return [
        {"apiVersion": entry["apiVersion"], "kind": entry["kind"], "metadata": _place(entry)}
        for entry in [*stuck, *broken]
    ]


def _is_stuck(status: Object, failed_plans: set[str]) -> bool:
    unpacked = all(entry["type"] != "BundleUnpackFailed" for entry in wrong_conditions(status))
    return not unpacked or (status.get("installPlanRef") or {}).get("name") in failed_plans


def condition_lines(look: Look) -> Iterator[str]:
    """Everything that OLM says, a line each, for a wait that did not end well."""
    for title, entry in (("Subscription", look.subscription), ("ClusterServiceVersion", look.csv)):
        for condition in ((entry or {}).get("status") or {}).get("conditions") or []:
            state = (
                f"{condition['type']}={condition.get('status')}" if condition.get("type") else condition.get("phase")
            )
            yield f"{title} {state} ({condition.get('reason')}){_of(condition.get('message'))}"
    for plan in look.plans:
        approved = "approved" if plan["spec"].get("approved") else "not approved"
        for_what = ", ".join(plan["spec"].get("clusterServiceVersionNames") or [])
        yield f"InstallPlan {plan['metadata']['name']} ({for_what}): {_phase(plan)}, {approved}{_told(plan)}"


def deployments(csv: Object) -> list[str]:
    """Names of the Deployments that a CSV makes."""
    spec = ((csv["spec"].get("install") or {}).get("spec") or {}).get("deployments") or []
    return [entry["name"] for entry in spec]


def owned_crds(csv: Object | None) -> list[str]:
    """Names of the CRDs that a CSV brings."""
    definitions = (((csv or {}).get("spec") or {}).get("customresourcedefinitions") or {}).get("owned") or []
    return [entry["name"] for entry in definitions]


def _phase(entry: Object | None) -> str:
    return ((entry or {}).get("status") or {}).get("phase") or ""


def _place(entry: Object) -> dict[str, str]:
    return {key: entry["metadata"][key] for key in ("name", "namespace")}


def _told(plan: Object) -> str:
    """What a plan's conditions say that are not met."""
    conditions = (plan.get("status") or {}).get("conditions") or []
    return "".join(
        f" ({entry.get('reason')}){_of(entry.get('message'))}" for entry in conditions if entry.get("status") == "False"
    )


def _of(message: Any) -> str:
    return f": {message}" if message else ""
