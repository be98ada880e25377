"""The model's card can be written for every recipe: a training of half an hour must not end in an error."""

from __future__ import annotations

import pytest

from catdog.training import model_card, recipes

METRICS = {
    "command": "catdog train",
    "weights": 1_000,
    "weights_bytes": 4_000,
    "model_hash": "0123456789ab",
    "pictures": {"training": 20, "of them drawn": 5, "held out to calibrate": 1},
    "temperature": 0.5,
    "sets": {
        "validation": {
            "accuracy": 0.9,
            "count": 10,
            "calibration_error": 0.01,
            "confusion": {"cat": {"cat": 5, "dog": 0}, "dog": {"cat": 1, "dog": 4}},
        }
    },
    "seconds": 60,
    "processor_seconds": 120,
    "machine": "a processor",
    "computed_in": "float32",
    "tensorflow": "2",
    "date": "2026-01-01",
}


@pytest.mark.parametrize("recipe", recipes.RECIPES.values(), ids=lambda recipe: f"{recipe.network}-{recipe.preset}")
def test_every_recipe_has_a_card(recipe, tmp_path):
    model_card.write_card(tmp_path / "README.md", recipe, METRICS)
    card = (tmp_path / "README.md").read_text()
    assert f"{recipe.phases[-1].epochs} at {recipe.phases[-1].size} px" in card
    assert "| validation | 0.9000 | 10 | 0.010 | 0 | 1 |" in card
