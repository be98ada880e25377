"""Which files of a folder of photos count, the same ones as in the app, and in which words a folder is refused."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image, features

from ansible_collections.catdog.lab.plugins.module_utils import photo_folder
from ansible_collections.catdog.lab.plugins.module_utils.photo_folder import PhotoFolderError, photo_files
from catdog.data.folder import UNFINISHED, label_of, split_of
from catdog.data.labelled import labelled_files
from catdog.pictures.decoding import FORMATS

JPEG = b"\xff\xd8\xff\xe0"
LAID_OUT = [f"{split}/{label}/1.jpg" for split in ("training", "validation") for label in ("cat", "dog")]
FLAT = [f"{label}/{number}.jpg" for label in ("cat", "dog") for number in range(3)]
GIVE = "Give one that holds {training,validation}/{cat,dog} or {cat,dog}."


def write(folder: Path, *names: str, content: bytes = JPEG) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content + name.encode())
    return folder


@pytest.mark.parametrize("names", [LAID_OUT, FLAT, ["cat.1.jpg", "cat.2.jpg", "Dogs/a.PNG", "dog_2.jpg"]])
def test_what_the_app_takes_is_taken(tmp_path: Path, names: list[str]) -> None:
    write(tmp_path, *names, "notes.txt", "photos.json", "left_out.txt", ".cat/x.jpg", "cat/.x.jpg", "birds/cat/y/z.jpg")
    (tmp_path / "cat").mkdir(exist_ok=True)
    (tmp_path / "cat/linked.jpg").symlink_to(tmp_path / names[0])
    (tmp_path / "dog").mkdir(exist_ok=True)
    (tmp_path / "dog/folder").symlink_to(tmp_path / "cat")
    (tmp_path / "dog/gone.jpg").symlink_to(tmp_path / "nowhere")
    found = photo_files(tmp_path)
    app, left_out = labelled_files(tmp_path)
    neither = {line.split(": ")[0] for line in left_out if line.endswith("neither training nor validation")}
    assert set(found) == {file.path.relative_to(tmp_path).as_posix() for file in app} | neither
    assert set(names) <= set(found)
    assert found["cat/linked.jpg"].st_size == len(JPEG) + len(names[0])


@pytest.mark.parametrize(
    "name",
    [*LAID_OUT, "cats/1.jpg", "train/1.jpg", "valid/1.jpg", "CATS/dog/1.jpg", "dogs/x/cat.jpg",
     "Train/Dogs/1.jpg", "val/valid/train/cat.1.jpg", "catalog/1.jpg",
     "cat-1.jpg", "category.jpg", "1.jpg", "cat", "test/cat/1.jpg"],
)  # fmt: skip
def test_class_and_split_are_told_as_in_the_app(name: str) -> None:
    assert (photo_folder.label_of(name), photo_folder.split_of(name)) == (label_of(name), split_of(name))


@pytest.mark.parametrize("kind", FORMATS)
def test_every_picture_that_the_app_decodes_begins_as_one(tmp_path: Path, kind: str) -> None:
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("Pillow was built without AVIF")
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, kind)
    path = tmp_path / f"x.{kind.lower()}"
    path.write_bytes(buffer.getvalue())
    assert photo_folder.begins_as_picture(path)


@pytest.mark.parametrize("content", [b"", b"text", b"%PDF-1", b"\0\0\0\x18ftypheic", b"RIFF1234WAVE"])
def test_what_is_no_picture_does_not(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.jpg").write_bytes(content)
    assert not photo_folder.begins_as_picture(tmp_path / "x.jpg")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["chats/1.jpg", "chiens/1.jpg", "x.jpg"],
         "holds no picture of a cat or a dog: no file is in a folder called cat or dog, or has a name as cat.17.jpg. "
         f"In it are chats/, chiens/, x.jpg. {GIVE}"),
        (list("gfedcba"), f"In it are a, b, c, d, e, f, …. {GIVE}"),
        ([".hidden"], f"is empty. {GIVE}"),
        (["cat/1.jpg", "cat/2.jpg", "dog/1.jpg"],
         "holds 2 of a cat and 1 of a dog: at least 2 of each are needed, one to train with and one to validate with."),
        (["training/cat/1.jpg", "training/dog/1.jpg", "validation/dog/1.jpg"], "holds 1 of a cat and 2 of a dog: "),
        ([*FLAT, f"{UNFINISHED}/journal.jsonl"], "is not complete: {folder}/unfinished is there. "
         "Give the command that makes it again and let it end."),
    ],
)  # fmt: skip
def test_a_folder_that_cannot_be_used_is_refused_in_words(tmp_path: Path, names: list[str], said: str) -> None:
    with pytest.raises(PhotoFolderError) as refused:
        photo_files(write(tmp_path, *names))
    assert str(refused.value).startswith(f"the folder of photos {tmp_path} (lab_photos) ")
    assert said.replace("{folder}", str(tmp_path)) in str(refused.value)


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        (["cat/1.jpg", "dog/1.jpg", "dog/2.jpg"], ["cat/2.heic", "cat/3.heic"],
         "holds 3 files of cat, of which 1 can be a picture that the notebook reads: 2 at least must be JPEG, PNG, "
         "GIF, BMP, WebP, TIFF or AVIF. cat/2.heic is not."),
        (LAID_OUT[:3], [LAID_OUT[3]],
         "holds 1 files of validation/dog, of which none can be a picture that the notebook reads: 1 at least "),
    ],
)  # fmt: skip
def test_files_that_are_no_pictures_are_refused(tmp_path: Path, good: list[str], bad: list[str], said: str) -> None:
    write(tmp_path, *good)
    write(tmp_path, *bad, content=b"\0\0\0\x18ftypheic")
    with pytest.raises(PhotoFolderError) as refused:
        photo_files(tmp_path)
    assert said in str(refused.value)


def test_what_is_missing_or_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PhotoFolderError) as refused:
        photo_files(tmp_path / "none")
    assert str(refused.value) == f"the folder of photos {tmp_path}/none (lab_photos) does not exist. {GIVE}"
    archive = write(tmp_path, "pets.zip") / "pets.zip"
    with pytest.raises(PhotoFolderError) as refused:
        photo_files(archive)
    assert f"is a file. {GIVE} Of an archive it is made by: " in str(refused.value)
    assert f"catdog prepare {archive} --out NEW" in str(refused.value)


def test_a_name_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    write(tmp_path, *FLAT)
    (tmp_path / "cat" / os.fsdecode(b"\xe9t\xe9.jpg")).write_bytes(JPEG)
    with pytest.raises(
        PhotoFolderError, match=r"has a file whose name is no UTF-8: b'cat/\\xe9t\\xe9.jpg'. Rename it."
    ):
        photo_files(tmp_path)


def test_what_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(photo_folder.os, "scandir", denied)
    with pytest.raises(
        PhotoFolderError, match=rf"cannot be read: {tmp_path}: Permission denied. Let this user read it"
    ):
        photo_files(tmp_path)


def test_the_filters_say_it_and_how_large_it_is(load_plugin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filters = load_plugin("filter/photo_folder")
    write(tmp_path / "photos", *FLAT)
    (tmp_path / "photos/cat/large.jpg").write_bytes(JPEG + bytes(1024 * 1024))
    monkeypatch.chdir(tmp_path)
    assert (filters.photo_failures(""), filters.photo_size("")) == ([], 0)
    assert (filters.photo_failures("photos"), filters.photo_size("photos")) == ([], 2)
    assert filters.photo_size("none") == 0
    assert filters.photo_failures("none") == [
        f"the folder of photos {tmp_path}/none (lab_photos) does not exist. {GIVE}"
    ]
    [built_elsewhere] = filters.photo_failures("photos", images_built=False)
    assert "(lab_photos) cannot be used: this inventory builds no images" in built_elsewhere
