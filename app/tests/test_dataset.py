"""Pictures found in folders or drawn, and the store of decoded ones."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from catdog import dataset
from catdog.dataset import Example, PictureStore
from catdog.errors import DataError

SIDE = 16


def write_pictures(folder: Path, cats: int = 2, dogs: int = 2) -> None:
    for label, count, colour in (("cat", cats, "red"), ("dog", dogs, "blue")):
        (folder / label).mkdir(parents=True)
        for number in range(count):
            Image.new("RGB", (20, 30), colour).save(folder / label / f"{number}.png")


def test_find_gives_cats_then_dogs_and_passes_over_hidden_files(tmp_path):
    write_pictures(tmp_path / "training")
    (tmp_path / "training" / "cat" / ".DS_Store").write_bytes(b"x")
    found = dataset.find(tmp_path, "training")
    assert [(example.label, example.target, example.source.name) for example in found] == [
        ("cat", 0, "0.png"), ("cat", 0, "1.png"), ("dog", 1, "0.png"), ("dog", 1, "1.png"),
    ]  # fmt: skip


def test_find_names_the_folder_that_is_missing(tmp_path):
    with pytest.raises(DataError, match=r"nowhere: no such folder; give one that holds training/cat and training/dog"):
        dataset.find(tmp_path / "nowhere", "training")
    (tmp_path / "training" / "cat").mkdir(parents=True)
    with pytest.raises(DataError, match=r"training/cat: holds no pictures"):
        dataset.find(tmp_path, "training")
    Image.new("RGB", (20, 20)).save(tmp_path / "training" / "cat" / "1.png")
    with pytest.raises(DataError, match=r"training/dog: no such folder"):
        dataset.find(tmp_path, "training")


def test_drawn_sets_do_not_meet():
    sets = [{(e.label, e.source) for e in dataset.drawn(name, 3000)} for name in dataset.DRAWN_SEEDS]
    sets += [{(e.label, e.source) for e in dataset.bundled(split)} for split in dataset.SPLITS]
    assert sum(map(len, sets)) == len(set().union(*sets))


def test_bundled_are_80_and_20_half_of_each():
    for split, count in (("training", 80), ("validation", 20)):
        labels = [example.label for example in dataset.bundled(split)]
        assert (labels.count("cat"), labels.count("dog")) == (count / 2, count / 2)


def test_store_holds_decoded_pictures_and_says_what_was_left_out(tmp_path):
    write_pictures(tmp_path / "pictures")
    (tmp_path / "pictures" / "cat" / "9.jpg").write_text("no picture")
    told = []
    store = PictureStore.open(
        dataset.find(tmp_path / "pictures"), tmp_path / "work", SIDE, lambda done, of: told.append((done, of))
    )
    assert store.pixels.shape == (4, SIDE, SIDE, 3)
    assert store.pixels.dtype == np.uint8
    assert store.targets.tolist() == [0, 0, 1, 1]
    assert store.pixels[0, 0, 0].tolist() == [255, 0, 0]
    assert [Path(item.name).name for item in store.left_out] == ["9.jpg"]
    assert store.left_out[0].reason.startswith("no picture that can be read: it is text")
    assert told[-1] == (5, 5)


def test_store_is_decoded_once_for_the_same_files(tmp_path, monkeypatch):
    write_pictures(tmp_path / "pictures")
    examples = dataset.find(tmp_path / "pictures")
    PictureStore.open(examples, tmp_path / "work", SIDE)
    monkeypatch.setattr(Example, "pixels", lambda *_: pytest.fail("decoded again"))
    assert len(PictureStore.open(examples, tmp_path / "work", SIDE)) == 4


def test_store_is_decoded_again_when_a_file_changes(tmp_path):
    write_pictures(tmp_path / "pictures")
    examples = dataset.find(tmp_path / "pictures")
    PictureStore.open(examples, tmp_path / "work", SIDE)
    Image.new("RGB", (21, 31), "lime").save(examples[0].source)
    assert PictureStore.open(examples, tmp_path / "work", SIDE).pixels[0, 0, 0].tolist() == [0, 255, 0]


def test_store_refuses_a_class_without_readable_pictures(tmp_path):
    write_pictures(tmp_path / "pictures", dogs=1)
    (tmp_path / "pictures" / "dog" / "0.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"no picture of a dog can be read; the first is .*dog/0.png: empty"):
        PictureStore.open(dataset.find(tmp_path / "pictures"), tmp_path / "work", SIDE)
    assert not list((tmp_path / "work").iterdir())
