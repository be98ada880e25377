"""Filters about the Operator Lifecycle Manager: what keeps it from an operator, and what it does not go on with."""

from __future__ import annotations

from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils import olm_checks, olm_status


class FilterModule:
    def filters(self) -> dict[str, Any]:
        checks = ("absent_failures", "catalog_failures", "group_failures", "subscription_failures")
        return {f"olm_{name}": getattr(olm_checks, name) for name in checks} | {"olm_dead_ends": olm_status.dead_ends}
