"""Folders that are not laid out as expected: what is said of them."""

import re
from pathlib import Path

import pytest

from catdog.data import dataset
from catdog.data.folder import label_of, split_of
from catdog.errors import DataError


def make(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def laid_out(*splits: str) -> list[str]:
    return [f"{split}/{label}/1.jpg" for split in splits for label in ("cat", "dog")]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["1.jpg", "2.jpg"], "training/cat: no such folder; pictures are expected in training/cat and training/dog of "
                             "DIR. Found in DIR: 2 files"),
        (["cat.1.jpg", "dog.1.jpg"], "Found in DIR: 2 files: `catdog prepare DIR --out NEW` lays these out as"),
        (["cat/1.jpg", "cat/2.jpg", "dog/1.jpg"],
         "Found in DIR: cat/ (2 files), dog/ (1 file): `catdog prepare DIR --out NEW` lays these out"),
        (["inner/" + name for name in laid_out("training", "validation")],
         "Found in DIR: inner/ (2 folders): give DIR/inner"),
        (["a/b/" + name for name in laid_out("training", "validation")], "Found in DIR: a/ (1 folder): give DIR/a/b"),
        (["training/cat/1.jpg", "validation/cat/1.jpg"],
         "DIR/training/dog: no such folder; pictures are expected in training/cat and training/dog of DIR. "
         "Found in DIR: training/ (1 folder), validation/ (1 folder)"),
        (["training/cat/new/1.jpg"], "DIR/training/cat: holds no pictures; put pictures of a cat right into it. "
                                     "Found in DIR: training/ (1 folder)"),
        (["training/cat/1.jpg"], "DIR/training/dog: no such folder"),
        (["training.tar"], "Found in DIR: 1 file: `catdog prepare DIR/training.tar --out NEW` lays out what is in"),
        ([".hidden"], "Found in DIR: nothing"),
        ([f"{n}/x" for n in range(9)], "5/ (1 file), 3 more folders"),
    ],
)  # fmt: skip
def test_a_folder_laid_out_otherwise_is_told_with_what_to_do(names, said, tmp_path):
    folder = make(tmp_path / "data", *names)
    with pytest.raises(DataError, match=re.escape(said.replace("DIR", str(folder)))):
        dataset.find(folder, "training")


def test_one_folder_too_deep_is_told(tmp_path):
    folder = make(tmp_path, *laid_out("training", "validation"))
    with pytest.raises(DataError, match=rf": give {tmp_path}$"):
        dataset.find(folder / "training", "training")


def test_a_split_that_is_missing_is_told(tmp_path):
    folder = make(tmp_path, *laid_out("training"))
    with pytest.raises(DataError, match="validation/cat: no such folder; pictures are expected in validation/cat and"):
        dataset.find(folder, "validation")


def test_an_archive_is_told_from_a_folder(tmp_path):
    with pytest.raises(DataError, match=r"photos.zip: is a file; give a folder .*: `catdog prepare` makes one"):
        dataset.find(make(tmp_path, "photos.zip") / "photos.zip", "training")


@pytest.mark.parametrize(
    ("name", "label", "split"),
    [
        ("PetImages/Cat/1.jpg", "cat", None), ("train/dog.17.jpg", "dog", "training"),
        ("val/dogs/x.png", "dog", "validation"),
        ("dogs/cats/1.jpg", "cat", None), ("category/1.jpg", None, None), ("catalog.jpg", None, None),
        ("valid/Cat.jpg", "cat", "validation"), ("1.jpg", None, None), ("dog", "dog", None),
    ],
)  # fmt: skip
def test_class_and_split_are_told_by_the_path(name, label, split):
    assert (label_of(name), split_of(name)) == (label, split)
