"""Filter `supply_row`: a file that was fetched or looked at, as a row of the list of supplies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def supply_row(result: Mapping[str, Any]) -> dict[str, str]:
    """From one result of M(ansible.builtin.stat) in a loop, whose `item` is the address or the path in the checkout."""
    name, digest = str(result["item"]), result["stat"].get("checksum", "")
    row = {"kind": "file" if "://" in name else "lock", "image": name, "mirror": ""}
    return row | {
        "digest": f"sha256:{digest}" if digest else "",
        "error": "" if digest else "cannot be fetched or read",
    }


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"supply_row": supply_row}
