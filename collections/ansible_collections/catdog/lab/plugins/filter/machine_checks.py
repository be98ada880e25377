"""Filters that say what keeps a machine from carrying the lab: each takes a measurement and returns messages."""

from __future__ import annotations

from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils import machine_checks


class FilterModule:
    def filters(self) -> dict[str, Any]:
        checks = {name: getattr(machine_checks, name) for name in dir(machine_checks) if name.endswith("_failures")}
        more = ("port_mappings", "published_ports")
        return checks | {name: getattr(machine_checks, name) for name in more}
