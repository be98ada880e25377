"""What role reset makes of a bucket before and after: what is left, lost and kept, as Ansible renders its variables."""

from __future__ import annotations

from typing import Any

import pytest
from support.role_variables import rendered


def held(*names: str, keys: str = "k1") -> dict[str, Any]:
    """The answer of module object_store_bucket_info; a name may hold blanks."""
    return {"objects": [f"{name} 0cc1 2026-01-01T10:00:00Z" for name in names], "keys": keys}


STORED_AGAIN = {"objects": ["my cat.jpg 0cc1 2026-01-01T11:00:00Z"], "keys": "k1"}
# By a name: level, bucket before, bucket after, and what is told.
CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "emptied": ("all", held("my cat.jpg"), held(), {"left": [], "lost": [], "kept": ["its keys"]}),
    "not emptied": (
        "all",
        held("my cat.jpg", "b", "c", "d"),
        held("my cat.jpg", "b", "c", "d"),
        {"left": ["4 objects of before in the bucket (b, c, d)"], "lost": []},
    ),
    "emptied, and the same stored again": ("all", held("my cat.jpg"), STORED_AGAIN, {"left": []}),
    "other keys than before": ("all", held(), held(keys="k2"), {"left": [], "lost": ["the keys of the bucket"]}),
    "made anew": ("namespace", held("a"), held(keys="k2"), {"left": [], "lost": [], "kept": []}),
    "made anew with the keys of before": ("namespace", held("a"), held(), {"left": ["the keys of the bucket"]}),
    "kept": ("kafka", held("a", "b"), held("a", "b"), {"lost": [], "kept": ["2 objects in the bucket", "its keys"]}),
    "grown": ("model", held("a"), held("a", "b"), {"left": [], "lost": []}),
    "lost": ("topic", held("a", "my cat.jpg"), held("a"), {"lost": ["1 of 2 objects in the bucket (my cat.jpg)"]}),
    "not there before": (
        "notebook",
        held(keys=""),
        held(),
        {"left": [], "lost": [], "kept": ["0 objects in the bucket"]},
    ),
    "not there before, then made anew": ("namespace", held(keys=""), held(), {"left": [], "lost": []}),
}


# What is not of the bucket: nothing was looked at there.
QUIET = {
    "reset_kafka_shared": False,
    "reset_kafka_cluster": "rhte-cluster",
    "reset_topic": "rhte",
    "reset_predictions_topic": "",
    "reset_training_topic": "",
    "reset_object_store_namespace": "store",
    "__reset_before": {"objects": {}},
    "__reset_after": {"objects": {}},
    "__reset_secrets_before": {},
    "__reset_secrets": {},
    "__reset_kafka": {},
    "__reset_models": {},
    "__reset_first_offset": 0,
    "inventory_hostname": "ada",
}


def proof(name: str) -> dict[str, Any]:
    """What the role's variables say in this case."""
    level, before, after, _ = CASES[name]
    seen = {"reset_level": level, "__reset_bucket_before": before, "__reset_bucket": after}
    return rendered("reset", "__reset_proof", **QUIET | seen)


@pytest.mark.parametrize("name", list(CASES))
def test_the_bucket_is_emptied_or_kept_as_the_level_says(name):
    expected, told = CASES[name][3], proof(name)
    assert {key: told[key] for key in expected} == expected


def test_the_proof_has_numbers_and_says_what_was_looked_at():
    anew, kept = proof("made anew"), proof("kept")
    assert anew["bucket"] == {"before": 1, "after": 0, "of_before": 0, "same_keys": False}
    assert anew["looked_at"][-2:] == ["bucket", "keys of the bucket"]
    assert "bucket" not in kept["looked_at"]
    assert kept["bucket"] == {"before": 2, "after": 2, "of_before": 2, "same_keys": True}
