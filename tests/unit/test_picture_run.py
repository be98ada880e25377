"""A run's pictures, its command for the notebook, a failure in words, and the report's thumbnails."""

from __future__ import annotations

import pytest
from PIL import Image


@pytest.fixture
def filters(load_plugin):
    return load_plugin("filter/picture_run")


def test_photos_are_taken_from_folders_named_cat_or_dog_at_any_depth(filters):
    paths = ["/p/cat/1.jpg", "/p/a/b/dog/2.jpg", "/p/other/3.jpg", "/p/4.jpg"]
    assert [(photo["file"], photo["label"]) for photo in filters.photo_list(paths, "/p")] == [
        ("cat/1.jpg", "cat"),
        ("a/b/dog/2.jpg", "dog"),
    ]


def test_every_picture_gets_an_id_of_the_run(filters):
    pictures = filters.picture_list(
        [{"path": "/t/cat-7.png", "label": "cat"}, {"path": "/t/dog-8.png", "label": "dog"}], "ab"
    )
    assert [(picture["file"], picture["correlation_id"]) for picture in pictures] == [
        ("cat-7.png", "ab-0001"),
        ("dog-8.png", "ab-0002"),
    ]


def test_command_begins_at_the_first_offset_of_each_partition_and_is_bounded(filters):
    places = [(0, 9), (1, 3), (0, 7)]
    pictures = [{"partition": p, "offset": o, "correlation_id": f"r-{n}"} for n, (p, o) in enumerate(places)]
    command = filters.receive_command(pictures, 20)
    assert command == (
        "env CATDOG_UNNOTED=1 "
        "timeout 50 catdog receive --json --timeout 20 --from-offset 0:7 1:3 --correlation-id r-0 r-1 r-2"
    )


def test_predictions_are_asked_for_by_their_pictures(filters):
    command = filters.watch_command([{"correlation_id": "r-0"}, {"correlation_id": "r-1"}], "rhte-predictions", 20)
    assert command == (
        "timeout 50 catdog watch --json --timeout 20 --predictions rhte-predictions --correlation-id r-0 r-1"
    )


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ({"failed": True, "msg": "no broker"}, "no broker"),
        (
            {"msg": "non-zero return code", "stderr": "No module named catdog"},
            "non-zero return code\nNo module named catdog",
        ),
        ({"msg": "items", "results": [{"failed": False, "msg": "fine"}, {"failed": True, "rc": 137}]}, "exit code 137"),
        ({}, "no reason given"),
    ],
)
def test_failure_is_told_in_its_own_words(filters, result, text):
    assert filters.failure_text(result) == text


def test_of_a_long_failure_the_beginning_and_the_end_are_told(filters):
    message = "\n".join(["Kafka is not ready", *(f"line {number}" for number in range(900)), "the last line"])
    text = filters.failure_text({"msg": message})
    assert text.startswith("Kafka is not ready\nline 0\n")
    assert text.endswith("line 899\nthe last line")
    assert "\n…\nline" in text
    assert len(text) <= 3010


def test_thumbnail_is_small_and_a_broken_file_has_none(load_plugin, tmp_path):
    thumbnail = load_plugin("filter/picture_thumbnail").picture_thumbnail
    Image.new("RGBA", (900, 300), "red").save(tmp_path / "wide.png")
    assert thumbnail(str(tmp_path / "wide.png"), 64).startswith("data:image/jpeg;base64,")
    (tmp_path / "broken.png").write_bytes((tmp_path / "wide.png").read_bytes()[:60])
    (tmp_path / "text.jpg").write_text("no picture")
    assert thumbnail(str(tmp_path / "broken.png")) == ""
    assert thumbnail(str(tmp_path / "text.jpg")) == ""
    assert thumbnail(str(tmp_path / "gone.jpg")) == ""


def test_table_is_aligned_and_leaves_no_blanks_at_the_end(load_plugin):
    table = load_plugin("filter/text_table").text_table(
        [{"name": "rhte", "state": "Ready"}, {"name": "x"}], ["name", "state"]
    )
    assert table == "NAME  STATE\nrhte  Ready\nx"
