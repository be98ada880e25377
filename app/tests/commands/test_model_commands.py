"""The commands train, evaluate and classify, and the shipped models."""

import io
import json
import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest
from PIL import Image

from catdog.cli import main
from catdog.data import dataset
from catdog.data.folder import SPLITS
from catdog.drawing import draw, layout
from catdog.kafka.reader import Record
from catdog.models import files as model_files
from catdog.models import networks
from catdog.models.classifier import Classifier, load_both
from catdog.training import recipes, run
from catdog.training.evaluation import evaluate
from catdog.training.recipes import Phase

SHIPPED = Path(__file__).resolve().parents[2] / "models"


@pytest.fixture(autouse=True)
def shipped_models(monkeypatch, tmp_path):
    monkeypatch.setenv("CATDOG_SHIPPED_MODELS", str(SHIPPED))
    monkeypatch.setenv("CATDOG_MODELS", str(tmp_path / "own"))


def test_train_writes_the_model_with_all_that_belongs_to_it(tmp_path, monkeypatch, capsys):
    poor = recipes.RECIPES["fast", "poor"]
    tiny = replace(poor, phases=(Phase(1, 32),), store_side=32, test_size=32)
    monkeypatch.setitem(recipes.RECIPES, ("fast", "poor"), tiny)
    monkeypatch.setattr(run, "UNSEEN_DRAWINGS", 4)
    assert main(["train", "--seed", "3"]) == 0
    out = tmp_path / "own" / "poor"
    assert sorted(path.name for path in out.iterdir()) == [
        "README.md", "curves.png", "history.json", "metrics.json", "model.json", "model.weights.h5",
    ]  # fmt: skip
    metrics = json.loads((out / "metrics.json").read_text())
    assert metrics["command"] == "catdog train --data bundled --network fast --preset poor --out poor --seed 3"
    assert metrics["pictures"]["training"] == 80
    assert metrics["sets"]["bundled validation"]["count"] == 20
    assert metrics["model_hash"] == model_files.find("poor").hash
    card = (out / "README.md").read_text()
    assert metrics["command"] in card and "80 pictures" in card and "$" not in card
    told = capsys.readouterr().out
    assert "pictures 80/80 decoded" in told and "epoch  1  32 px" in told


def test_train_refuses_a_folder_without_pictures(tmp_path, capsys):
    assert main(["train", "--data", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out")]) == 2
    assert "nowhere: no such folder; give one that holds training/cat and training/dog" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_train_tells_and_lists_what_it_leaves_out(tmp_path, monkeypatch, capsys):
    tiny = replace(recipes.RECIPES["fast", "poor"], phases=(Phase(1, 32),), store_side=32, test_size=32)
    monkeypatch.setitem(recipes.RECIPES, ("fast", "poor"), tiny)
    monkeypatch.setattr(networks, "FAST_STAGES", ((16, 1),))
    monkeypatch.setattr(run, "UNSEEN_DRAWINGS", 4)
    data, out = tmp_path / "data", tmp_path / "out"
    # The fewest that can be trained on: one of each.
    for split in SPLITS:
        layout.write(layout.by_label(2, 50), data / split)
    (data / "training" / "cat" / "notes.txt").write_text("no picture")
    (data / "validation" / "dog" / os.fsdecode(b"k\xe4tzchen.jpg")).write_bytes(b"")
    assert main(["train", "--data", str(data), "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert f"training: 2 pictures are used, 1 left out\n  left out: {data}/training/cat/notes.txt: no picture" in told
    assert f"validation: 2 pictures are used, 1 left out\n  left out: {data}/validation/dog/k\\udce4tzchen.jpg" in told
    listed = (out / "left_out.txt").read_text().splitlines()
    assert [line.split(": ")[:2] for line in listed] == [
        ["training", f"{data}/training/cat/notes.txt"], ["validation", f"{data}/validation/dog/k\\udce4tzchen.jpg"],
    ]  # fmt: skip
    assert json.loads((out / "metrics.json").read_text())["pictures"]["left out"] == 2


def test_evaluate_ends_with_a_line_of_json(tmp_path, capsys):
    layout.write(layout.by_label(6, 50), tmp_path)
    (tmp_path / "cat" / "broken.png").write_bytes(b"")
    assert main(["evaluate", "--data", str(tmp_path), "--model", "poor", "--json"]) == 0
    told = capsys.readouterr()
    result = json.loads(told.out.splitlines()[-1])
    assert (result["count"], result["left_out"], result["model"]) == (6, 1, "poor")
    assert 0 <= result["accuracy"] <= 1
    assert 0 <= result["calibration_error"] <= 1
    assert "broken.png: empty" in told.err


def test_evaluate_names_a_model_that_is_not_there(tmp_path, capsys):
    assert main(["evaluate", "--drawn", "2", "--model", str(tmp_path)]) == 2
    assert "model.json is not there; give poor, well or a folder" in capsys.readouterr().err


def test_classify_gives_both_answers_and_goes_on_after_a_bad_file(tmp_path, capsys):
    picture, text = tmp_path / "cat.png", tmp_path / "text.jpg"
    draw("cat", 5).save(picture)
    text.write_text("no picture")
    assert main(["classify", "--json", str(text), str(picture)]) == 1
    bad, good = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert bad["error"]["reason"].startswith("no picture that can be read")
    assert [answer["model"] for answer in good["answers"]] == ["poor", "well"]
    for answer in good["answers"]:
        assert answer["label"] in ("cat", "dog")
        assert 0.5 <= answer["confidence"] <= 1
        assert answer["seconds"] > 0
        assert len(answer["model_hash"]) == model_files.HASH_LENGTH


def test_classify_takes_folders_addresses_and_standard_input(tmp_path, monkeypatch, noted, capsys):
    layout.write(layout.by_label(2, 50), tmp_path)
    data = next((tmp_path / "cat").iterdir()).read_bytes()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(data), isatty=lambda: False))
    assert main(["classify", "--model", "poor", str(tmp_path), "-", "ftp://127.0.0.1/cat.jpg"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 4
    assert [": poor model: " in line for line in told] == [True, True, True, False]
    assert noted() == {"classified": 3}
    assert told[3] == "ftp://127.0.0.1/cat.jpg: not classified: is no address of http:// or https://"


def test_classify_writes_what_the_models_looked_at(tmp_path, capsys):
    picture, why = tmp_path / "cat.png", tmp_path / "why"
    draw("cat", 5).save(picture)
    assert main(["classify", "--explain", str(why), str(picture)]) == 0
    assert Image.open(why).format == "PNG"
    assert main(["classify", "--model", "poor", "--explain", str(tmp_path / "nowhere" / "why.png"), str(picture)]) == 2
    assert main(["classify", "--explain", str(why), str(picture), str(picture)]) == 2
    told = capsys.readouterr().err.splitlines()
    assert told[0].endswith("why.png: No such file or directory")
    assert told[1] == "catdog: --explain is for one picture, 2 were given: leave the others out"


def test_compare_writes_a_page_and_a_sheet(tmp_path, noted, capsys):
    layout.write(layout.by_label(2, 50), tmp_path)
    (tmp_path / "list.txt").write_text("[Drawings]\ncat\ndog\nmissing.jpg\n")
    out = tmp_path / "out"
    assert main(["compare", str(tmp_path / "list.txt"), "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["comparison.html", "comparison.png"]
    assert Image.open(out / "comparison.png").format == "PNG"
    page = (out / "comparison.html").read_text()
    assert all(model_files.find(name).hash in page for name in model_files.NAMES)
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("1/3 cat/cat-50.png: poor model: ")
    assert told[2] == "3/3 missing.jpg: not classified: cannot be read: No such file or directory"
    assert told[3].startswith("2 pictures classified, the models differ on ")
    assert noted() == {"compared": 2}


def test_receive_notes_the_records_that_were_pictures(tmp_path, monkeypatch, noted, capsys):
    picture = tmp_path / "cat.png"
    draw("cat", 5).save(picture)
    values = (picture.read_bytes(), b"no picture", picture.read_bytes())
    records = [Record("rhte", 0, offset, 0, {}, value) for offset, value in enumerate(values)]
    reader = MagicMock()
    reader.return_value.__enter__.return_value.records.return_value = iter(records)
    monkeypatch.setattr("catdog.kafka.reader.PictureReader", reader)
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "broker:9093")
    monkeypatch.setenv("KAFKA_TOPIC", "rhte")
    assert main(["receive", "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert noted() == {"classified": 2}


def test_compare_tells_what_it_cannot_write_before_it_starts(tmp_path, capsys):
    (tmp_path / "list.txt").write_text("missing.jpg\n")
    (tmp_path / "file").touch()
    assert main(["compare", str(tmp_path / "list.txt"), "--out", str(tmp_path / "file")]) == 2
    assert main(["compare", str(tmp_path / "list.txt"), "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr()
    assert told.err.startswith(f"catdog: {tmp_path / 'file'}: cannot be made, as there is a file in its place")
    assert told.out.startswith("1/1 missing.jpg")


def test_shipped_models_are_small_and_told_apart():
    both = load_both()
    assert [classifier.model.name for classifier in both] == ["poor", "well"]
    assert both[0].model.hash != both[1].model.hash
    for classifier in both:
        assert (classifier.model.folder / model_files.WEIGHTS).stat().st_size <= 10_000_000
        metrics = json.loads((classifier.model.folder / "metrics.json").read_text())
        assert metrics["model_hash"] == classifier.model.hash


def test_well_knows_unseen_drawings_and_poor_does_not():
    drawings = dataset.drawn("unseen", 120)
    poor, well = (evaluate(classifier, drawings) for classifier in load_both())
    assert well.accuracy >= 0.97
    assert poor.accuracy < 0.8


@pytest.mark.skipif(not os.environ.get("CATDOG_PHOTOS"), reason="CATDOG_PHOTOS: no folder with validation/{cat,dog}")
def test_well_knows_photos_and_how_sure_to_be():
    photos = dataset.find(Path(os.environ["CATDOG_PHOTOS"]), "validation")
    result = evaluate(Classifier.named("well"), photos)
    assert result.accuracy >= 0.92
    assert result.calibration_error <= 0.03
