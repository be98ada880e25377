"""Pictures that come one by one: whole files only, nothing taken for complete that is not, and gone on with."""

import json

import pytest

from catdog.data.arrivals import Arrivals, check_size, place_of
from catdog.data.dataset import find
from catdog.data.split import Place
from catdog.errors import DataError, InputError, OutputError, PictureError
from catdog.limits import MAX_MESSAGE_BYTES

ABOUT = {"source": "topic photos", "topic_id": "1"}
PLACES = [Place(split, label, f"{label}.jpg") for split in ("training", "validation") for label in ("cat", "dog")]


def fill(out, places=PLACES, about=ABOUT):
    with Arrivals(out, about) as arrivals:
        for place in places:
            arrivals.put(place, str(place).encode())
        return arrivals.finish()


def test_in_the_end_all_are_in_their_places(tmp_path):
    summary = fill(tmp_path / "out")
    assert summary.photos == {split: {"cat": 1, "dog": 1} for split in ("training", "validation")}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"photos.json", "training", "validation"}
    assert (tmp_path / "out/training/dog/dog.jpg").read_bytes() == b"training/dog/dog.jpg"
    assert len(find(tmp_path / "out", "training")) == 2


def test_until_then_no_training_takes_the_folder_and_the_next_call_goes_on(tmp_path):
    with Arrivals(tmp_path / "out", ABOUT) as arrivals:
        assert arrivals.put(PLACES[0], b"bytes")
        arrivals.note({"offsets": {"0": 1}})
        arrivals.leave_out("photos partition 0 offset 0", "has no label")
    with pytest.raises(DataError, match=r"out: is not complete: give the command .* or remove .*out/unfinished"):
        find(tmp_path / "out", "training")
    with Arrivals(tmp_path / "out", ABOUT) as arrivals:
        assert {"offsets": {"0": 1}} in arrivals.notes
        assert not arrivals.put(PLACES[0], b"bytes"), "it is there"
        for place in PLACES[1:]:
            arrivals.put(place, str(place).encode())
        summary = arrivals.finish()
    assert (summary.count, summary.left_out) == (4, 1)
    assert (tmp_path / "out/left_out.txt").read_text() == "photos partition 0 offset 0: has no label\n"


def test_more_from_the_same_source_is_added_and_a_newer_picture_takes_the_place_of_an_older(tmp_path):
    fill(tmp_path / "out")
    with Arrivals(tmp_path / "out", ABOUT) as arrivals:
        assert not arrivals.put(PLACES[0], str(PLACES[0]).encode())
        assert arrivals.put(PLACES[0], b"other")
        assert arrivals.put(Place("training", "cat", "new.jpg"), b"new")
        assert arrivals.finish().count == 5
    assert (tmp_path / "out/training/cat/cat.jpg").read_bytes() == b"other"


def test_what_validates_is_not_trained_on_too(tmp_path):
    fill(tmp_path / "out")
    with Arrivals(tmp_path / "out", ABOUT) as arrivals:
        arrivals.put(Place("validation", "cat", "moved.jpg"), b"training/cat/cat.jpg")
        arrivals.put(Place("training", "cat", "more.jpg"), b"more")
        summary = arrivals.finish()
    assert (summary.photos, summary.left_out) == (
        {"training": {"cat": 1, "dog": 1}, "validation": {"cat": 2, "dog": 1}}, 1,
    )  # fmt: skip
    assert [path.name for path in (tmp_path / "out/training/cat").iterdir()] == ["more.jpg"]
    assert (tmp_path / "out/left_out.txt").read_text() == (
        "training/cat/cat.jpg: has the same bytes as validation/cat/moved.jpg, and what validates is not trained on\n"
    )


def test_what_is_of_another_source_is_left_alone(tmp_path):
    fill(tmp_path / "out")
    with pytest.raises(InputError, match=r"training is there already, from elsewhere"):
        Arrivals(tmp_path / "out", ABOUT | {"topic_id": "2"})
    Arrivals(tmp_path / "half", ABOUT).__exit__(None, None, None)
    with pytest.raises(InputError, match=r"unfinished is of other pictures \(source topic photos, topic_id 1\)"):
        Arrivals(tmp_path / "half", {"source": "s3://b"})


def test_of_two_who_fill_a_folder_the_last_one_completes_it(tmp_path):
    with Arrivals(tmp_path / "out", ABOUT) as first, Arrivals(tmp_path / "out", ABOUT) as second:
        for place in PLACES:
            first.put(place, str(place).encode())
        first.finish()
        assert (tmp_path / "out/unfinished").exists()
        assert not (tmp_path / "out/photos.json").exists()
        second.put(Place("training", "cat", "late.jpg"), b"late")
        assert second.finish().count == 5
    assert json.loads((tmp_path / "out/photos.json").read_text())["photos"]["training"] == {"cat": 2, "dog": 1}
    assert not (tmp_path / "out/unfinished").exists()


def test_nothing_is_told_with_the_first_reason_and_leaves_nothing(tmp_path):
    with (
        Arrivals(tmp_path / "out", ABOUT) as arrivals,
        pytest.raises(
            DataError,
            match=r"topic photos: holds no labelled picture of a cat or a dog: 1 were left out; the first: x: no",
        ),
    ):
        arrivals.leave_out("x", "no label")
        arrivals.finish()
    assert not (tmp_path / "out").exists()


def test_a_disk_that_fills_up_leaves_no_part_of_a_picture_and_all_goes_on(tmp_path, files_of_at_most):
    with Arrivals(tmp_path / "out", ABOUT) as arrivals:
        with files_of_at_most(1000), pytest.raises(OutputError, match=r"cat.jpg: the file would be larger"):
            arrivals.put(PLACES[0], b"x" * 2000)
        assert {path.name for path in (tmp_path / "out/unfinished").rglob("*") if path.is_file()} == {"journal.jsonl"}
        assert arrivals.put(PLACES[0], b"x" * 2000)


@pytest.mark.parametrize(
    ("split", "label", "name", "reason"),
    [
        ("training", None, "a.jpg", "has no label: cat or dog is expected"),
        ("training", "bird", "a.jpg", "has the label 'bird'"),
        (None, "cat", "a.jpg", "has no split: training or validation is expected"),
        ("training", "cat", "..", "'..' for a name"),
        ("training", "cat", ".a.jpg", "for a name"),
        ("training", "cat", "a\0.jpg", "for a name"),
    ],
)
def test_what_has_no_place_is_told(split, label, name, reason):
    with pytest.raises(PictureError, match=reason):
        place_of(split, label, name, "0" * 64)


def test_a_name_leads_nowhere_else_and_is_no_longer_than_a_file_system_takes():
    assert str(place_of("training", "cat", "../../../etc/x.jpg", "0" * 64)) == "training/cat/x.jpg"
    assert place_of("training", "cat", "ü" * 200 + ".jpg", "ab" * 32).name == "ab" * 8 + ".jpg"


def test_a_name_that_is_no_text_has_a_place_and_can_be_told(tmp_path):
    assert place_of("training", "cat", "k\udce4tzchen.jpg", "0" * 64).name == "k?tzchen.jpg"
    with Arrivals(tmp_path / "out", ABOUT) as arrivals:
        arrivals.put(PLACES[0], b"bytes")
        arrivals.leave_out("k\udce4tzchen.jpg", "is empty")
        arrivals.finish()
    assert (tmp_path / "out/left_out.txt").read_text() == "k\\udce4tzchen.jpg: is empty\n"


def test_bytes_that_are_none_or_too_many_are_refused():
    check_size(MAX_MESSAGE_BYTES)
    for size, reason in ((0, "is empty"), (MAX_MESSAGE_BYTES + 1, "more than the limit of .*10 MiB")):
        with pytest.raises(PictureError, match=reason):
            check_size(size)
