"""The last verification is told with its date, and only as long as the lab is the one that was verified."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.catdog.lab.plugins.module_utils.verification_status import last_verification

KAFKA, TOPIC, POD = "Kafka rhte2019/rhte-cluster", "KafkaTopic rhte2019/rhte", "Pod rhte2019/rhte-notebook-1"
VERIFIED = {KAFKA: "k1", TOPIC: "t1", POD: "p1"}
REPORT = {
    "passed": True,
    "failure": "",
    "right": 2,
    "count": 2,
    "started": "2026-01-01T10:00:00Z",
    "source": "drawn",
    "objects": VERIFIED,
}


@pytest.mark.parametrize(
    ("report", "present", "state", "detail"),
    [
        ({}, VERIFIED, "Passed", "2 of 2 right at 2026-01-01 10:00:00 UTC"),
        ({}, VERIFIED | {"KafkaUser rhte2019/alice": "u1"}, "Passed", "2 of 2 right at 2026-01-01 10:00:00 UTC"),
        ({"passed": False, "right": 1}, VERIFIED, "Failed", "1 of 2 right at 2026-01-01 10:00:00 UTC"),
        ({"passed": False, "failure": "gone\nmore"}, VERIFIED, "Failed", "gone at 2026-01-01 10:00:00 UTC"),
        (
            {},
            VERIFIED | {KAFKA: "k2"},
            "Outdated",
            f"passed at 2026-01-01 10:00:00 UTC; since then {KAFKA} is another one",
        ),
        (
            {"passed": False},
            {TOPIC: "t2", "Pod rhte2019/rhte-notebook-2": "p2"},
            "Outdated",
            f"failed at 2026-01-01 10:00:00 UTC; since then {KAFKA} is gone, {TOPIC} is another one, {POD} is gone",
        ),
        ({}, None, "Unknown", "passed at 2026-01-01 10:00:00 UTC, of a lab that cannot be seen now"),
        ({"objects": {}, "passed": False, "failure": "no notebook"}, {}, "Failed", "no notebook at"),
        ({"objects": None}, VERIFIED, "Unknown", "run `make verify`"),
    ],
)
def test_a_report_is_judged_against_what_there_is(
    tmp_path: Path, report: dict[str, Any], present: dict[str, str] | None, state: str, detail: str
) -> None:
    path = tmp_path / "verification.json"
    path.write_text(json.dumps(REPORT | report))
    found = last_verification(path, present)
    assert found.state == state
    assert detail in found.detail


@pytest.mark.parametrize(("content", "state"), [(None, "Missing"), ("{", "Unknown"), ("[]", "Unknown")])
def test_what_is_no_report_is_a_row_too(tmp_path: Path, content: str | None, state: str) -> None:
    path = tmp_path / "verification.json"
    if content is not None:
        path.write_text(content)
    assert last_verification(path, {}).state == state
