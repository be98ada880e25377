#!/usr/bin/env python3
"""simulated_olm.py KUBECONFIG BUNDLE SECONDS: plays OLM on a cluster that has none, over the CRDs beside it.

BUNDLE is a JSON list of an operator's manifests, as they are to be applied. What it plays, and what not: README.md.
"""

from __future__ import annotations

import copy
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

Object = dict[str, Any]
ALPHA, STABLE = "operators.coreos.com/v1alpha1", "operators.coreos.com/v1"
CRD, DEPLOYMENT = "CustomResourceDefinition", "Deployment"
# Annotation of the CatalogSource: what is to go wrong.
MISTAKE = "simulation/mistake"
OWNER = "olm.owner"


class SimulatedOlm:
    """One pass looks at all Subscriptions and takes each as far as it goes. `client`: a kubernetes DynamicClient."""

    def __init__(self, client: Any, bundle: list[Object]) -> None:
        self._client, self._bundle = client, bundle

    def step(self) -> None:
        """One pass."""
        subscriptions = self._all(ALPHA, "Subscription")
        for subscription in subscriptions:
            self._resolve(subscription)
        for plan in self._all(ALPHA, "InstallPlan"):
            if plan["spec"]["approved"] and plan["status"]["phase"] == "RequiresApproval":
                self._install(plan)
        versions = self._all(ALPHA, "ClusterServiceVersion")
        for version in versions:
            self._run(version)
        self._clean({entry["metadata"]["name"] for entry in versions})

    def _resolve(self, subscription: Object) -> None:
        """From a Subscription to an InstallPlan, or to a condition that says why not."""
        metadata, spec, status = subscription["metadata"], subscription["spec"], subscription.get("status") or {}
        groups = [g for g in self._all(STABLE, "OperatorGroup") if g["metadata"]["namespace"] == metadata["namespace"]]
        if status.get("installPlanRef") or len(groups) != 1:
            return
        package = self._package(spec)
        if package is None or self._mistake(spec) == "resolution":
            message = (
                f"constraints not satisfiable: no operators found in package {spec['name']} in the catalog referenced "
                f"by subscription {metadata['name']}, subscription {metadata['name']} exists"
            )
            condition = {"type": "ResolutionFailed", "status": "True", "reason": "ConstraintsNotSatisfiable"}
            self._set_status(subscription, {"conditions": [{**condition, "message": message}]})
            return
        names = [spec["startingCSV"], *(["another.v1.0.0"] if self._mistake(spec) == "shared-plan" else [])]
        approval = spec.get("installPlanApproval", "Automatic")
        plan = self._create(
            {
                "apiVersion": ALPHA,
                "kind": "InstallPlan",
                "metadata": {
                    "generateName": "install-",
                    "namespace": metadata["namespace"],
                    "ownerReferences": [_reference(subscription)],
                },
                "spec": {"approval": approval, "approved": approval != "Manual", "clusterServiceVersionNames": names},
            }
        )
        self._set_status(plan, {"phase": "RequiresApproval"})
        found = {"name": plan["metadata"]["name"], "namespace": metadata["namespace"]}
        self._set_status(
            subscription,
            {"conditions": [], "state": "UpgradePending", "currentCSV": names[0], "installPlanRef": found},
        )
        self._create({"apiVersion": STABLE, "kind": "Operator", "metadata": {"name": _component(subscription)}})

    def _install(self, plan: Object) -> None:
        """From an approved InstallPlan to CRDs and a version."""
        namespace, owner = plan["metadata"]["namespace"], plan["metadata"]["ownerReferences"][0]["name"]
        subscription = self._get(ALPHA, "Subscription", owner, namespace)
        if subscription is None:
            return
        if self._mistake(subscription["spec"]) == "plan":
            told = {"type": "Installed", "status": "False", "reason": "InstallComponentFailed"}
            self._set_status(
                plan, {"phase": "Failed", "conditions": [{**told, "message": "as the simulation was told"}]}
            )
            return
        for crd in self._of(CRD):
            self._create(crd)
        name = plan["spec"]["clusterServiceVersionNames"][0]
        [deployment] = self._of(DEPLOYMENT)
        install = {"deployments": [{"name": _deployment_name(name), "spec": deployment["spec"]}]}
        owned = [{"name": crd["metadata"]["name"], "kind": crd["spec"]["names"]["kind"]} for crd in self._of(CRD)]
        self._create(
            {
                "apiVersion": ALPHA,
                "kind": "ClusterServiceVersion",
                "metadata": {"name": name, "namespace": namespace},
                "spec": {
                    "customresourcedefinitions": {"owned": owned},
                    "install": {"strategy": "deployment", "spec": install},
                    "catalog": {key: subscription["spec"][key] for key in ("source", "sourceNamespace")},
                    "env": subscription["spec"].get("config", {}).get("env", []),
                },
            }
        )
        self._set_status(plan, {"phase": "Complete"})
        self._set_status(subscription, {"state": "AtLatestKnown", "installedCSV": name})

    def _run(self, version: Object) -> None:
        """From a version to its permissions and its Deployment, and to the phase that they are in."""
        metadata, spec = version["metadata"], version["spec"]
        if self._mistake(spec["catalog"]) == "version":
            failed = {"phase": "Failed", "reason": "InstallCheckFailed", "message": "install timeout, as told"}
            self._set_status(version, failed)
            return
        labels = {OWNER: metadata["name"], "olm.owner.kind": "ClusterServiceVersion"}
        for item in self._bundle:
            if item["kind"] not in (CRD, DEPLOYMENT):
                self._create(_labelled(item, labels))
        [deployment] = copy.deepcopy(self._of(DEPLOYMENT))
        deployment["metadata"]["name"] = spec["install"]["spec"]["deployments"][0]["name"]
        deployment["metadata"]["ownerReferences"] = [_reference(version)]
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        names = {entry["name"] for entry in spec["env"]}
        container["env"] = [entry for entry in container["env"] if entry["name"] not in names] + spec["env"]
        made = self._create(_labelled(deployment, labels))
        available = (made.get("status") or {}).get("availableReplicas") or 0
        phase = "Succeeded" if available else "Installing"
        reason = "InstallSucceeded" if available else "InstallWaiting"
        self._set_status(version, {"phase": phase, "reason": reason, "message": f"{available} pods are available"})

    def _clean(self, versions: set[str]) -> None:
        """Permissions of versions that are gone; what is in a namespace with an owner goes by Kubernetes."""
        for kind in ("ClusterRole", "ClusterRoleBinding", "RoleBinding", "ServiceAccount", "ConfigMap", DEPLOYMENT):
            item = next((entry for entry in self._bundle if entry["kind"] == kind), None)
            for entry in self._all(item["apiVersion"], kind, OWNER) if item else []:
                if entry["metadata"]["labels"][OWNER] not in versions:
                    self._resource(entry["apiVersion"], kind).delete(**_place(entry))

    def _package(self, spec: Object) -> Object | None:
        """The package that a Subscription asks for, in its catalog, with its version."""
        for package in self._all("packages.operators.coreos.com/v1", "PackageManifest"):
            status = package["status"]
            catalog = (status["catalogSource"], status["catalogSourceNamespace"], status["packageName"])
            if catalog == (spec["source"], spec["sourceNamespace"], spec["name"]):
                return package
        return None

    def _mistake(self, spec: Object) -> str:
        catalog = self._get(ALPHA, "CatalogSource", spec["source"], spec["sourceNamespace"]) or {"metadata": {}}
        return (catalog["metadata"].get("annotations") or {}).get(MISTAKE, "")

    def _of(self, kind: str) -> list[Object]:
        return [item for item in self._bundle if item["kind"] == kind]

    def _resource(self, version: str, kind: str) -> Any:
        return self._client.resources.get(api_version=version, kind=kind)

    def _all(self, version: str, kind: str, label: str = "") -> list[Object]:
        found = self._resource(version, kind).get(**({"label_selector": label} if label else {})).to_dict()["items"]
        return [{"apiVersion": version, "kind": kind, **entry} for entry in found]

    def _get(self, version: str, kind: str, name: str, namespace: str | None) -> Object | None:
        from kubernetes.dynamic.exceptions import NotFoundError

        try:
            return self._resource(version, kind).get(name=name, namespace=namespace).to_dict()
        except NotFoundError:
            return None

    def _create(self, item: Object) -> Object:
        """Create an object, unless it is there."""
        place = {"name": item["metadata"].get("name"), "namespace": item["metadata"].get("namespace")}
        found = self._get(item["apiVersion"], item["kind"], **place) if place["name"] else None
        resource = self._resource(item["apiVersion"], item["kind"])
        return found or resource.create(body=item, namespace=place["namespace"]).to_dict()

    def _set_status(self, item: Object, status: Object) -> None:
        if (item.get("status") or {}) | status == (item.get("status") or {}):
            return
        item["status"] = (item.get("status") or {}) | status
        self._resource(item["apiVersion"], item["kind"]).status.patch(
            body={"status": status}, content_type="application/merge-patch+json", **_place(item)
        )


def _place(item: Object) -> Object:
    return {key: item["metadata"].get(key) for key in ("name", "namespace")}


def _reference(item: Object) -> Object:
    names = {key: item["metadata"][key] for key in ("name", "uid")}
    return {"apiVersion": item["apiVersion"], "kind": item["kind"], "controller": False, **names}


def _labelled(item: Object, labels: dict[str, str]) -> Object:
    item = copy.deepcopy(item)
    item["metadata"]["labels"] = (item["metadata"].get("labels") or {}) | labels
    return item


def _component(subscription: Object) -> str:
    return f"{subscription['spec']['name']}.{subscription['metadata']['namespace']}"


def _deployment_name(version: str) -> str:
    return version.replace(".v", "-v", 1)


def main(kubeconfig: str, bundle: Path, seconds: float) -> None:
    """Play for so many seconds, or until the bundle is gone. What fails is tried again: others change the cluster."""
    from kubernetes import config, dynamic

    for name in [name for name in os.environ if name.lower() in ("http_proxy", "https_proxy")]:
        del os.environ[name]  # the cluster is on this machine
    end, olm = time.monotonic() + seconds, None
    while time.monotonic() < end and bundle.exists():
        try:
            client = dynamic.DynamicClient(config.new_client_from_config(kubeconfig)) if olm is None else None
            olm = olm or SimulatedOlm(client, json.loads(bundle.read_text()))
            olm.step()
        except Exception as error:  # what there is to ask for has changed, too: ask anew
            olm = None
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        time.sleep(1)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
