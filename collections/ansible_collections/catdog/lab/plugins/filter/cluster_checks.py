"""Filters that make preflight's table: what was measured as lines, and how many seats there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils import (
    capacity,
    check_lines,
    cluster_checks,
    lab_permissions,
    platform_checks,
    router_checks,
    tool_versions,
)


def tool_lines(checkout: str) -> list[check_lines.Line]:
    """The line of the tools that run this, compared with what the checkout asks for."""
    wanted = tool_versions.wanted_versions(Path(checkout))
    return tool_versions.tool_lines(tool_versions.found_versions(wanted), wanted)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {
            "message_lines": check_lines.message_lines,
            "failure_texts": check_lines.failure_texts,
            "told_rows": check_lines.told_rows,
            "tool_lines": tool_lines,
            "seen_lines": cluster_checks.seen_lines,
            "router_port_failures": router_checks.router_port_failures,
            "router_hosts": router_checks.router_hosts,
            "name_failures": router_checks.name_failures,
            "wanted_features": platform_checks.wanted_features,
            "pull_lines": cluster_checks.pull_lines,
            "instructor_role": lab_permissions.instructor_role,
            "permission_rows": lab_permissions.permission_rows,
            "class_pods": capacity.class_pods,
            "lab_seats": capacity.lab_seats,
            "own_quota_failures": capacity.own_quota_failures,
            "seats_lines": capacity.seats_lines,
            "seats_text": capacity.seats_text,
            "max_pods": capacity.max_pods,
        }
