"""Test `system_namespace`: whether a namespace belongs to the cluster itself, and so to no attendee."""

from __future__ import annotations

from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.attendees import SYSTEM_NAMESPACE


def system_namespace(name: str) -> bool:
    """Whether Kubernetes or OpenShift keep a namespace of this name for themselves."""
    return SYSTEM_NAMESPACE.fullmatch(name) is not None


class TestModule:
    def tests(self) -> dict[str, Any]:
        return {"system_namespace": system_namespace}
