"""The image's photos as a data folder: links to what the image has now, whatever an earlier one had."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from catdog import cli
from catdog.data.dataset import find
from catdog.errors import DataError
from catdog.transfer import from_image
from catdog.transfer.from_image import image_folder, load_image


def write(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    return folder


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.jpg")}


@pytest.fixture
def photos(data, tmp_path, monkeypatch):
    """The photos of this notebook's image: three of each class in each split."""
    monkeypatch.setenv(from_image.PHOTOS, str(data.rename(tmp_path / "photos")))
    return tmp_path / "photos"


@pytest.fixture
def catdog(capsys):
    """Runs `catdog load --from-image`: exit code, lines of stdout and stderr."""

    def run(*arguments):
        code = cli.main(["load", "--from-image", *(str(argument) for argument in arguments)])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err.splitlines()

    return run


def test_a_data_folder_of_links_is_made(photos, tmp_path, catdog):
    out = tmp_path / "out"
    assert catdog("--out", out)[:2] == (
        0, ["training: 3 cats, 3 dogs", "validation: 3 cats, 3 dogs", f"12 pictures are in {out}"],
    )  # fmt: skip
    assert names(out) == names(photos)
    assert all(path.readlink() == photos / path.relative_to(out) for path in out.rglob("*.jpg"))
    assert len(find(out, "training")) == 6
    assert {path.name for path in out.iterdir()} == {"photos.json", "training", "validation"}


def test_of_photos_without_a_split_a_fifth_validates(tmp_path):
    photos = write(
        tmp_path / "photos", *(f"{label}/{number}.jpg" for label in ("cats", "dogs") for number in range(10))
    )
    assert load_image(photos, tmp_path / "out").photos == {
        "training": {"cat": 8, "dog": 8}, "validation": {"cat": 2, "dog": 2},
    }  # fmt: skip


def test_a_home_that_stays_has_the_photos_of_the_next_image(photos, tmp_path, catdog):
    out = tmp_path / "out"
    write(photos, "test/cat/left_out.jpg")
    catdog("--out", out)
    assert "test/cat/left_out.jpg: is in neither" in (out / "left_out.txt").read_text()
    write(out, "training/cat/my_own.jpg")
    shutil.rmtree(photos)
    write(photos, *(f"{split}/{label}/new.jpg" for split in ("training", "validation") for label in ("cat", "dog")))
    with pytest.raises(DataError, match="holds no pictures"):
        find(out, "validation")

    assert catdog("--out", out)[1][-1] == f"5 pictures are in {out}"
    assert names(out) == names(photos) | {"training/cat/my_own.jpg"}
    assert json.loads((out / "photos.json").read_text())["photos"]["training"] == {"cat": 2, "dog": 1}
    assert not (out / "left_out.txt").exists()


def test_what_validates_is_not_trained_on_too_but_ones_own_file_stays(photos, tmp_path, catdog):
    out = tmp_path / "out"
    shutil.copy(photos / "validation/cat/0.jpg", photos / "training/cat/copy.jpg")
    catdog("--out", out)
    assert not os.path.lexists(out / "training/cat/copy.jpg")
    assert (photos / "training/cat/copy.jpg").exists()
    shutil.copy(photos / "validation/dog/0.jpg", out / "training/dog/my_own.jpg")
    catdog("--out", out)
    assert (out / "training/dog/my_own.jpg").exists()


def test_a_part_is_never_taken_for_the_whole_and_the_next_call_makes_it(photos, tmp_path, monkeypatch):
    def killed(self):
        raise KeyboardInterrupt

    out = tmp_path / "out"
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(from_image.Arrivals, "finish", killed)
        load_image(photos, out)
    with pytest.raises(DataError, match="is not complete"):
        find(out, "training")
    (photos / "training/cat/0.jpg").rename(photos / "training/cat/new.jpg")
    assert load_image(photos, out).count == 12
    assert names(out) == names(photos)


def test_what_is_of_another_source_is_left_alone(photos, data, tmp_path, catdog):
    write(data, "training/cat/0.jpg")
    code, _, err = catdog("--out", data)
    assert (code, names(data)) == (2, {"training/cat/0.jpg"})
    assert "training is there already, from elsewhere: give another --out" in err[0]


@pytest.mark.parametrize("has", ["no variable", "no folder", "an empty folder"])
def test_an_image_without_photos_says_whom_to_ask(has, tmp_path, monkeypatch, catdog):
    monkeypatch.setenv(from_image.PHOTOS, str(tmp_path / "photos"))
    if has == "no variable":
        monkeypatch.delenv(from_image.PHOTOS)
    elif has == "an empty folder":
        (tmp_path / "photos").mkdir()
    assert image_folder() is None
    code, _, err = catdog("--out", tmp_path / "out")
    assert (code, err) == (
        2, ["catdog: this notebook's image has no photos: ask your instructor for one that has, "
            "which `make lab ARGS='-e lab_photos=FOLDER'` makes of a folder of photos"],
    )  # fmt: skip
    assert not (tmp_path / "out").exists()


def test_a_group_is_not_for_it(photos, tmp_path, catdog):
    code, _, err = catdog("--group", "g", "--out", tmp_path / "out")
    assert (code, err) == (2, ["catdog: --group is for --from-kafka: leave it out"])


def test_the_image_says_where_its_photos_are():
    text = (Path(__file__).parents[2] / "Containerfile").read_text()
    (place,) = re.findall(rf"{from_image.PHOTOS}=(\S+)", text)
    assert f"COPY photos/ {place}/" in text
