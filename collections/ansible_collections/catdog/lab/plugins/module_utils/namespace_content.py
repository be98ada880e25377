"""What is left in a Namespace that is being deleted, and whether it goes by itself.

The Namespace's status names the kinds of what is left. Nothing here fails: what cannot be read is left out, and then
the status has to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MOST_NAMES = 6  # a message names no more
# As Kubernetes writes it: "configmaps. has 1 resource instances, kafkas.kafka.strimzi.io has 2 resource instances".
LEFT = re.compile(r"([a-z0-9-]+)\.([a-z0-9.-]*) has \d+ resource instances")
# Finalizers that Kubernetes takes off itself.
OWN = re.compile(r"foregroundDeletion|orphan|([a-z0-9-]+\.)*(kubernetes|k8s)\.io/.+")


@dataclass(frozen=True)
class Left:
    """An object that is left: `resource` is its kind as kubectl takes it."""

    resource: str
    kind: str
    name: str
    finalizers: tuple[str, ...]

    @property
    def is_held(self) -> bool:
        """Whether it waits for somebody beside Kubernetes."""
        return any(not OWN.fullmatch(finalizer) for finalizer in self.finalizers)

    def __str__(self) -> str:
        said = f" (finalizer {', '.join(self.finalizers)})" if self.finalizers else ""
        return f"{self.kind} {self.name}{said}"


def conditions(namespace: Mapping[str, Any]) -> dict[str, str]:
    """The message of each condition that holds, by its type."""
    found = (namespace.get("status") or {}).get("conditions") or []
    return {entry["type"]: entry.get("message") or "" for entry in found if entry["status"] == "True"}


def content(client: Any, namespace: Mapping[str, Any]) -> list[Left]:
    """The objects in a Namespace of which its status says that they are left; `client` is a DynamicClient."""
    left = []
    for plural, group in LEFT.findall(conditions(namespace).get("NamespaceContentRemaining", "")):
        with suppress(Exception):
            where = {"prefix": "apis", "group": group} if group else {"prefix": "api"}
            apis = client.resources.search(name=plural, **where)
            api = next((api for api in apis if api.preferred), apis[0])
            for item in api.get(namespace=namespace["metadata"]["name"]).to_dict()["items"]:
                metadata, resource = item["metadata"], f"{plural}.{group}" if group else plural
                left.append(Left(resource, api.kind, metadata["name"], tuple(metadata.get("finalizers") or ())))
    return left


def is_held(namespace: Mapping[str, Any], left: Sequence[Left], seconds: float) -> bool:
    """Whether a Namespace, deleted at least `seconds` ago, waits for nothing but finalizers of others."""
    metadata = namespace["metadata"]
    since = metadata.get("deletionTimestamp")
    is_old = since is not None and (datetime.now(UTC) - datetime.fromisoformat(since)).total_seconds() >= seconds
    itself = Left("namespaces", "Namespace", metadata["name"], tuple(metadata.get("finalizers") or ()))
    return is_old and all(entry.is_held for entry in left or [itself])


def reasons(namespace: Mapping[str, Any], left: Sequence[Left]) -> Iterator[str]:
    """What is left in a Namespace and what its status says, one sentence a reason."""
    name, said = namespace["metadata"]["name"], conditions(namespace)
    if left:
        named = [str(entry) for entry in left[:MOST_NAMES]]
        more = [f"{len(left) - MOST_NAMES} more"] if len(left) > MOST_NAMES else []
        yield f"Namespace {name} still has {', '.join(named + more)}."
        said = {kind: text for kind, text in said.items() if not kind.endswith("Remaining")}
    for entry in [entry for entry in left if entry.is_held][:1]:
        yield (
            "Who set a finalizer takes it off; if that does not run any more, do it: "
            f"kubectl patch {entry.resource} {entry.name} --namespace={name} --type=merge "
            '--patch=\'{"metadata": {"finalizers": null}}\''
        )
    for kind, text in said.items():
        yield f"Namespace {name}: {text or kind}"
