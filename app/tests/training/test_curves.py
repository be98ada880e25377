"""The pictures of how models learned."""

import json
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from PIL import Image

from catdog.cli import main
from catdog.models import files as model_files
from catdog.training import curves

SHIPPED = Path(__file__).resolve().parents[2] / "models"


@pytest.fixture(autouse=True)
def shipped_models(monkeypatch, tmp_path):
    monkeypatch.setenv("CATDOG_SHIPPED_MODELS", str(SHIPPED))
    monkeypatch.setenv("CATDOG_MODELS", str(tmp_path / "own"))


def test_both_models_are_drawn_by_one_command(tmp_path, capsys):
    assert main(["plot", "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.splitlines() == [f"written: {tmp_path}/out/{name}.png" for name in model_files.NAMES]
    for name in model_files.NAMES:
        with Image.open(tmp_path / "out" / f"{name}.png") as image:
            assert image.size == (1000, 400)


def test_a_figure_has_loss_and_accuracy_of_training_and_validation():
    history = model_files.history(model_files.find("poor"))
    figure = curves.plot_curves(history, "title", Figure())
    lines = [(axes.get_ylabel(), line) for axes in figure.axes for line in axes.get_lines()]
    drawn = {(what, line.get_label()): list(line.get_ydata()) for what, line in lines}
    for what in ("accuracy", "loss"):
        assert drawn[what, "training"] == [record[what] for record in history]
        assert drawn[what, "validation"] == [record[f"validation_{what}"] for record in history]


def test_a_title_says_what_it_was_trained_on_and_how_good_it_is():
    metrics = {"pictures": {"training": 20000}, "sets": {"validation": {"accuracy": 0.9604}, "other": {}}}
    assert curves.title("well", metrics) == "well model: 20,000 pictures, accuracy 0.960 on validation"


def test_a_model_without_a_history_or_a_second_of_the_same_name_is_told(tmp_path, capsys):
    one = tmp_path / "one"
    one.mkdir()
    for name in (model_files.DESCRIPTION, model_files.WEIGHTS):
        (one / name).symlink_to(SHIPPED / "poor" / name)
    assert main(["plot", str(one), "--out", str(tmp_path)]) == 2
    assert "one/history.json: No such file" in capsys.readouterr().err
    (one / "history.json").write_text("{")
    assert main(["plot", str(one), "--out", str(tmp_path)]) == 2
    assert "one/history.json is damaged" in capsys.readouterr().err
    (one / "history.json").write_text(json.dumps([]))
    assert main(["plot", "poor", "poor", "--out", str(tmp_path)]) == 2
    assert "two models have the same name" in capsys.readouterr().err
