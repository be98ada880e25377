"""A folder of labelled pictures as a sender sees it."""

import hashlib
import os
from collections import Counter

import pytest

from catdog.data.labelled import labelled_files
from catdog.errors import DataError


def write(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(os.fsencode(name))
    return folder


def laid_out(folder):
    return write(folder, *(f"{split}/{label}/{n}.jpg" for split in ("training", "validation")
                           for label in ("cat", "dog") for n in range(3)))  # fmt: skip


def test_a_data_folder_keeps_its_split(tmp_path):
    files, left_out = labelled_files(laid_out(tmp_path))
    assert sorted(str(file.place) for file in files) == sorted(
        str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.jpg")
    )
    assert all(hashlib.sha256(file.path.read_bytes()).hexdigest() == file.sha256 for file in files)
    assert left_out == []
    assert str(files[0]) == str(files[0].path), "as errors name it"


def test_of_a_flat_folder_a_fifth_of_each_class_validates_the_same_ones_every_time(tmp_path):
    write(tmp_path, *(f"{label}/{n}.jpg" for label in ("cat", "dog") for n in range(10)))
    files, _ = labelled_files(tmp_path)
    assert Counter((file.place.split, file.place.label) for file in files) == {
        ("training", "cat"): 8, ("training", "dog"): 8, ("validation", "cat"): 2, ("validation", "dog"): 2,
    }  # fmt: skip
    assert labelled_files(tmp_path)[0] == files


def test_what_has_no_class_is_told_and_what_the_app_writes_is_not(tmp_path):
    laid_out(tmp_path)
    write(tmp_path, "notes.txt", "photos.json", "left_out.txt", ".hidden/cat/1.jpg", "test/cat/9.jpg")
    files, left_out = labelled_files(tmp_path)
    assert len(files) == 12
    assert left_out == ["notes.txt: neither a folder nor the file's name says cat or dog",
                        "test/cat/9.jpg: is in neither training nor validation"]  # fmt: skip


def test_two_of_one_name_have_places_of_their_own(tmp_path):
    laid_out(tmp_path)
    write(tmp_path, "training/cat/more/0.jpg")
    names = [file.place.name for file in labelled_files(tmp_path)[0] if file.place.split == "training"]
    assert len(names) == len(set(names)) + 3, "each of 0, 1, 2 is in both classes, and one 0 has another name"


def test_names_that_are_no_text_have_places_of_their_own(tmp_path):
    laid_out(tmp_path)
    write(tmp_path, *(f"training/cat/{os.fsdecode(name)}.jpg" for name in (b"k\xe4tzchen", b"k\xf6tzchen")))
    names = [file.place.name for file in labelled_files(tmp_path)[0] if file.place.name.startswith("k")]
    assert names[0] == "k?tzchen.jpg"
    assert names[1].startswith("k?tzchen-")


def test_refuses_what_holds_none_or_is_not_complete(tmp_path):
    with pytest.raises(DataError, match="nowhere: no such folder"):
        labelled_files(tmp_path / "nowhere")
    with pytest.raises(DataError, match="holds no picture of a cat or a dog: 1 files were looked at; give a folder"):
        labelled_files(write(tmp_path / "none", "x.txt"))
    with pytest.raises(DataError, match=r"is not complete \(.*unfinished is there\)"):
        labelled_files(write(laid_out(tmp_path / "half"), "unfinished/journal.jsonl"))
