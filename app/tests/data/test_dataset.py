"""Pictures found in folders or drawn, and the store of decoded ones."""

import os
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from catdog import LABELS
from catdog.data import dataset
from catdog.data.dataset import Example, PictureStore
from catdog.data.folder import SPLITS
from catdog.errors import DataError, OutputError
from catdog.prefetch import AHEAD

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


def test_a_name_that_is_no_text_is_a_picture_as_any_other(tmp_path):
    write_pictures(tmp_path / "pictures")
    (tmp_path / "pictures" / "cat" / "0.png").rename(tmp_path / "pictures" / "cat" / os.fsdecode(b"k\xe4tzchen.png"))
    assert len(PictureStore.open(dataset.find(tmp_path / "pictures"), tmp_path / "work", SIDE)) == 4


def test_what_is_no_file_is_told_with_what_is_left_out(tmp_path):
    write_pictures(tmp_path / "pictures")
    (tmp_path / "pictures" / "cat" / "more").mkdir()
    os.mkfifo(tmp_path / "pictures" / "cat" / "pipe")
    (tmp_path / "pictures" / "dog" / "gone.jpg").symlink_to(tmp_path / "nowhere")
    store = PictureStore.open(dataset.find(tmp_path / "pictures"), tmp_path / "work", SIDE)
    assert len(store) == 4
    reasons = {Path(item.name).name: item.reason for item in store.left_out}
    assert reasons == {
        "more": "is a folder; only pictures right in the class's folder are used", "pipe": "is no file",
        "gone.jpg": "cannot be read: No such file or directory",
    }  # fmt: skip


def test_use_is_told_with_the_first_that_are_left_out():
    left_out = [dataset.LeftOut(f"{number}.jpg", "empty") for number in range(5)]
    store = PictureStore(np.zeros((3, 1, 1, 3)), np.zeros(3), left_out)
    assert dataset.usage_report("training", store, most=2).splitlines() == [
        "training: 3 pictures are used, 5 left out", "  left out: 0.jpg: empty", "  left out: 1.jpg: empty",
        "  … and 3 more",
    ]  # fmt: skip


def test_drawn_sets_do_not_meet():
    sets = [{(e.label, e.source) for e in dataset.drawn(name, 3000)} for name in dataset.DRAWN_SEEDS]
    sets += [{(e.label, e.source) for e in dataset.bundled(split)} for split in SPLITS]
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


def test_store_is_decoded_again_for_another_picture_of_the_same_size_and_time(tmp_path):
    """As in two images, whose files have all the same time."""
    write_pictures(tmp_path / "pictures")
    examples = dataset.find(tmp_path / "pictures")
    path = examples[0].source
    for colour in ("red", "blue"):
        Image.new("RGB", (20, 30), colour).save(path, "BMP")
        os.utime(path, (315532800, 315532800))
        store = PictureStore.open(examples, tmp_path / "work", SIDE)
    assert store.pixels[0, 0, 0].tolist() == [0, 0, 255]


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: os.truncate(path, 100)])
def test_store_is_decoded_again_when_its_file_is_gone_or_cut(damage, tmp_path):
    write_pictures(tmp_path / "pictures")
    examples = dataset.find(tmp_path / "pictures")
    PictureStore.open(examples, tmp_path / "work", SIDE)
    damage(next((tmp_path / "work").glob("*.u8")))
    assert PictureStore.open(examples, tmp_path / "work", SIDE).pixels[0, 0, 0].tolist() == [255, 0, 0]


def test_store_never_holds_more_than_it_states(tmp_path, monkeypatch):
    side, count = 32, 40 * AHEAD
    picture = np.zeros((side, side, 3), np.uint8)
    monkeypatch.setattr(Example, "pixels", lambda *_: picture.copy())
    examples = [Example(LABELS[number % 2], number) for number in range(count)]
    tracemalloc.start()
    try:
        store = PictureStore.open(examples, tmp_path, side)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(store) == count
    assert peak < 2 * AHEAD * picture.nbytes < count * picture.nbytes / 10


def test_store_is_decoded_again_after_a_kill(tmp_path):
    write_pictures(tmp_path / "pictures", cats=20)
    code = f"""
import os, signal
from pathlib import Path
from catdog.data import dataset
pixels, begun = dataset.Example.pixels, []
def kill_at_the_tenth(example, side):
    begun.append(example)
    if len(begun) == 10:
        os.kill(os.getpid(), signal.SIGKILL)
    return pixels(example, side)
dataset.Example.pixels = kill_at_the_tenth
dataset.PictureStore.open(dataset.find(Path({str(tmp_path)!r}) / "pictures"), Path({str(tmp_path)!r}) / "work", {SIDE})
"""
    environment = os.environ | {"PYTHONPATH": str(Path(dataset.__file__).parents[2])}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == -signal.SIGKILL
    assert [path.suffix for path in (tmp_path / "work").iterdir()] == [".partial"]
    assert len(PictureStore.open(dataset.find(tmp_path / "pictures"), tmp_path / "work", SIDE)) == 22
    assert sorted(path.suffix for path in (tmp_path / "work").iterdir()) == [".json", ".u8"]


def test_store_where_there_is_no_room_or_a_file_in_the_way_is_refused(tmp_path, monkeypatch):
    write_pictures(tmp_path / "pictures")
    examples = dataset.find(tmp_path / "pictures")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match=r"file/work: cannot be made, as there is a file in the place of a folder"):
        PictureStore.open(examples, tmp_path / "file" / "work", SIDE)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 3000}))
    with pytest.raises(OutputError, match=r"work: 0 MB are needed, 0 MB are free: make room, or choose another folder"):
        PictureStore.open(examples, tmp_path / "work", SIDE)


def test_store_refuses_a_class_without_readable_pictures(tmp_path):
    write_pictures(tmp_path / "pictures", dogs=1)
    (tmp_path / "pictures" / "dog" / "0.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"no picture of a dog can be read; the first is .*dog/0.png: empty"):
        PictureStore.open(dataset.find(tmp_path / "pictures"), tmp_path / "work", SIDE)
    assert not list((tmp_path / "work").iterdir())
