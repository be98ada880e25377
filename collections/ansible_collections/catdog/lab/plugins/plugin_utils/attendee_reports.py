"""What an attendee's own reports say, for the row of the class: addresses, pictures with the models' answers, probes.

They lie in the attendee's folder of reports: lab.json (role report), verification.json and thumbnails.json (role
verification), isolation.json (role attendee_isolation). None of them holds a secret.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MOST_PICTURES = 2  # as many as a verification draws


def read(path: Path, otherwise: Any) -> Any:
    """What a JSON file holds; `otherwise` where it is not there or not whole."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return otherwise


def attendee_reports(folder: Path) -> dict[str, Any]:
    """The attendee's addresses, first pictures and probes; what no report tells is empty."""
    lab, verification = read(folder / "lab.json", {}), read(folder / "verification.json", {})
    pictures = [
        {
            "label": picture["label"],
            "answers": {answer["model"]: [answer["label"], answer["confidence"]] for answer in picture["answers"]},
        }
        for picture in verification.get("pictures", [])[:MOST_PICTURES]
    ]
    probes = read(folder / "isolation.json", {}).get("probes", [])
    return {
        **{name: lab.get(name, "") for name in ("notebook", "kafka", "topic", "user")},
        "verified": verification.get("started", ""),
        "right": verification.get("right", 0),
        "count": verification.get("count", 0),
        "pictures": pictures,
        "probes": len(probes),
        "broken_out": [probe["said"] for probe in probes if not probe["ok"]],
    }


def thumbnails(folder: Path) -> list[str]:
    """The first pictures as data URIs; an empty text for one that is no readable picture."""
    found: list[str] = read(folder / "thumbnails.json", [])
    return found[:MOST_PICTURES]
