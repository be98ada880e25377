"""Filters that say what keeps a lab from its operator and its images: each takes a measurement and returns messages."""

from __future__ import annotations

from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils import image_archives, operator_checks


class FilterModule:
    def filters(self) -> dict[str, Any]:
        checks = {name: getattr(operator_checks, name) for name in dir(operator_checks) if name.endswith("_failures")}
        return {
            **checks,
            "sought_images": operator_checks.sought_images,
            "image_registries": operator_checks.registries,
            "listed_images": image_archives.listed_images,
            "archives_to_load": image_archives.archives_to_load,
        }
