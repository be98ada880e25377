"""Many pictures in batches: the same answers as one by one."""

import json

import pytest

from catdog import prefetch
from catdog.cli import main
from catdog.commands import classify as command
from catdog.drawing import layout
from catdog.errors import PictureError
from catdog.models import batches
from catdog.models.classification import classify
from catdog.models.classifier import Classifier


@pytest.fixture(autouse=True)
def shipped_models(monkeypatch, tmp_path):
    monkeypatch.setenv("CATDOG_MODELS", str(tmp_path / "own"))


@pytest.fixture
def pictures(tmp_path):
    paths = layout.write(layout.by_label(7, 50, ("cat", "dog")), tmp_path)
    text = tmp_path / "cat" / "text.jpg"
    text.write_text("no picture")
    return [*paths[:4], text, *paths[4:]]


def test_answers_are_those_of_one_by_one_in_order(pictures, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 3)
    monkeypatch.setattr(prefetch, "AHEAD", 2)
    classifiers = [Classifier.named(name) for name in ("poor", "well")]

    found = list(batches.classify(classifiers, lambda path: path.read_bytes(), pictures))
    assert [path for path, _ in found] == pictures
    for path, answers in found:
        if path.name == "text.jpg":
            assert isinstance(answers, PictureError)
            continue
        for answer, classifier in zip(answers, classifiers, strict=True):
            (alone,) = classify([classifier], path.read_bytes()).answers
            assert (answer.label, answer.model, answer.model_hash) == (alone.label, alone.model, alone.model_hash)
            assert answer.confidence == pytest.approx(alone.confidence, abs=1e-3)
            assert answer.seconds > 0


def test_a_batch_in_which_nothing_can_be_read_is_told():
    found = list(batches.classify([], lambda _: (_ for _ in ()).throw(PictureError("empty")), range(3)))
    assert [str(error) for _, error in found] == ["empty"] * 3


def test_no_more_is_read_than_may_wait():
    begun = []

    def read(item):
        begun.append(item)
        raise PictureError("empty")

    results = batches.classify([], read, iter(range(10_000)))
    next(results)
    assert len(begun) <= batches.BATCH + prefetch.AHEAD
    results.close()


def test_classify_takes_many_files_in_batches_and_tells_the_same(pictures, monkeypatch, capsys):
    pictures.append(pictures[0].with_name("gone.jpg"))
    told, batched = [], []
    in_batches = batches.classify
    monkeypatch.setattr(batches, "classify", lambda *given: batched.append(command.FEW) or in_batches(*given))
    for few in (len(pictures), 1):
        monkeypatch.setattr(command, "FEW", few)
        assert main(["classify", "--json", "--model", "poor", *map(str, pictures)]) == 1
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        told.append([(line["source"], [a["label"] for a in line["answers"]] if "answers" in line else line["error"])
                     for line in lines])  # fmt: skip
    assert batched == [1]
    assert told[0] == told[1]
    assert told[0][-1][1] == {"reason": "cannot be read: No such file or directory"}
    assert [source for source, _ in told[0]] == [str(path) for path in pictures]
