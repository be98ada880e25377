"""The diary: what was done and how often, never with what; and it disturbs nobody."""

import json

import pytest

from catdog import diary


@pytest.fixture(autouse=True)
def home(noted, tmp_path):
    return tmp_path


def test_adds_up_what_was_done_by_its_kind():
    diary.note("classified", 3)
    diary.note("compared", 7)
    diary.note("classified", 1)

    done = diary.read()
    assert {what: doing.pictures for what, doing in done.items()} == {"classified": 4, "compared": 7}
    assert done["classified"].last >= done["compared"].last


def test_a_line_says_what_when_and_how_many_and_no_more():
    diary.note("classified", 3)
    assert json.loads(diary.file().read_text()).keys() == {"did", "pictures", "at"}


def test_nothing_without_a_picture_and_nothing_where_it_is_not_to_be_noted(monkeypatch):
    diary.note("classified", 0)
    monkeypatch.setenv("CATDOG_UNNOTED", "1")
    diary.note("classified", 2)
    assert diary.read() == {}
    assert not diary.file().exists()


def test_a_damaged_line_hides_no_other():
    diary.note("classified", 3)
    with diary.file().open("ab") as file:
        file.write(b'\xff\n{"did": "classified"}\n{"did": "compared", "pictures": 1, "at": "soon"}\n[]\n{"did": ')
    diary.note("classified", 1)
    assert {what: doing.pictures for what, doing in diary.read().items()} == {"classified": 3}
    diary.note("classified", 1)
    assert diary.read()["classified"].pictures == 4


def test_a_home_that_cannot_be_written_stops_nothing(home):
    (home / ".catdog").write_text("a file is in the way")
    diary.note("classified", 1)
    assert diary.read() == {}


def test_it_ends_growing(monkeypatch):
    monkeypatch.setattr(diary, "MOST_BYTES", 100)
    for _ in range(50):
        diary.note("classified", 1)
    assert diary.file().stat().st_size < 200
