"""Filters about attendees: what each asks for, and whether they can be told apart."""

from __future__ import annotations

from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils import attendees


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {
            "attendee": attendees.attendee,
            "asked_ports": attendees.asked_ports,
            "attendee_failures": attendees.attendee_failures,
            "with_classifier": attendees.with_classifier,
            "operator_namespace_failures": attendees.operator_namespace_failures,
            "port_range_failures": attendees.port_range_failures,
            "node_port_failures": attendees.node_port_failures,
            "service_failures": attendees.service_failures,
        }
