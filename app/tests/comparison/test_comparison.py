"""Both models side by side: rows, what differs, what cannot be read; as a page and as a contact sheet."""

import io
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from PIL import Image

from catdog.comparison import contact_sheet
from catdog.comparison.comparison import Comparison, Row, Section, compare
from catdog.comparison.lists import Entry, Group
from catdog.comparison.page import page
from catdog.models.answer import Answer
from catdog.pictures import sources


def jpeg(colour: str, size=(64, 48)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG")
    return buffer.getvalue()


class FakeClassifier:
    """Says dog of pictures with much of one channel."""

    def __init__(self, name: str, channel: int):
        self.model = SimpleNamespace(name=name, hash=f"{name}-hash")
        self.channel = channel

    def classify(self, pixels):
        dog = pixels[..., self.channel].mean() > 127
        return Answer("dog" if dog else "cat", 0.75, 0.01, self.model.name, self.model.hash)


MODELS = [FakeClassifier("poor", 0), FakeClassifier("well", 1)]


@pytest.fixture
def compared(tmp_path):
    """Three pictures and a text in two groups: they agree, differ, -, differ. And what progress was told."""
    for name, data in {
        "white": jpeg("white"),
        "red": jpeg("red"),
        "text": b"meow",
        "wide": jpeg("red", (900, 90)),
    }.items():
        (tmp_path / f"{name}.jpg").write_bytes(data)
    entries = [Entry(f"{name}.jpg", str(tmp_path / f"{name}.jpg")) for name in ("white", "red", "text", "wide")]
    told = []
    groups = [Group("First & <b>best</b>", tuple(entries[:3])), Group("", tuple(entries[3:]))]
    result = compare("mine", groups, MODELS, lambda row, done, of: told.append((row.name, done, of)))
    return result, told


def test_rows_say_what_each_model_says_and_what_differs(compared):
    result, told = compared

    assert [[row.name for row in section.rows] for section in result.sections] == [
        ["white.jpg", "red.jpg", "text.jpg"], ["wide.jpg"],
    ]  # fmt: skip
    assert [row.differs for row in result.rows] == [False, True, False, True]
    assert [str(row) for row in result.rows[:2]] == [
        "white.jpg: poor model: dog (75%); well model: dog (75%)",
        "red.jpg: poor model: dog (75%); well model: cat (75%) - they differ",
    ]
    assert "text.jpg: not classified: no picture that can be read: it is text" in str(result.rows[2])
    assert told == [("white.jpg", 1, 4), ("red.jpg", 2, 4), ("text.jpg", 3, 4), ("wide.jpg", 4, 4)]
    assert result.summary() == "3 pictures classified, the models differ on 2; 1 could not be read."


def unread(*unreachable: bool) -> Comparison:
    rows = [Row(f"https://a/{one}", f"https://a/{one}", reason="r", unreachable=one) for one in unreachable]
    return Comparison("mine", (("poor", "h"),), (Section("", tuple(rows)),))


def test_says_in_words_that_there_is_no_way_to_the_internet():
    assert "there is no way to the internet from here" in unread(True, True).summary()
    assert unread(True, False).summary() == "0 pictures classified; 2 could not be read."


class Tags(HTMLParser):
    """Collects tags, attributes and text of a page."""

    def __init__(self, text: str):
        super().__init__()
        self.tags, self.attributes, self.texts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *attribute) for attribute in attrs]

    def handle_data(self, data):
        self.texts.append(data)


def test_page_holds_all_and_needs_nothing_beside_it(compared):
    found = Tags(page(compared[0]))

    assert found.tags.count("img") == 3
    assert all(value.startswith("data:image/jpeg;base64,") for _, name, value in found.attributes if name == "src")
    assert not {"script", "link", "iframe"} & set(found.tags)
    assert found.texts.count("they differ") == 2
    assert sum(attribute == ("tr", "class", "differs") for attribute in found.attributes) == 2
    assert any("it is text" in text for text in found.texts)
    assert "First & <b>best</b>" in found.texts


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", "' onerror='alert(1)", '" onerror="alert(1)'])
def test_page_escapes_whatever_others_wrote(evil):
    row = Row(
        evil, f"https://a/{evil}", Image.new("RGB", (9, 9)), (SimpleNamespace(model="m", label=evil, confidence=1),)
    )
    unread = Row(evil, f"javascript:{evil}", reason=evil)
    found = Tags(page(Comparison(evil, ((evil, evil),), (Section(evil, (row, unread)),))))

    assert "script" not in found.tags
    assert not [name for _, name, _ in found.attributes if name == "onerror"]
    assert [value for _, name, value in found.attributes if name == "href"] == [f"https://a/{evil}"]


def test_sheet_shows_each_picture_and_frames_what_differs(compared):
    sheet = contact_sheet.sheet(compared[0])

    colours = dict((colour, count) for count, colour in sheet.getcolors(sheet.width * sheet.height))
    frame = tuple(int(contact_sheet._DIFFERS[at : at + 2], 16) for at in (1, 3, 5))
    assert colours[frame] >= 2 * 4 * 160 * 5
    assert any(red > 240 and green < 10 and blue < 10 for red, green, blue in colours)
    assert sheet.width < 1100 and sheet.height < 800


def test_sheet_of_nothing_readable_and_long_names_is_made():
    rows = [Row("n" * 500, "a", reason="a long reason " * 40), Row("ж\udcff猫", "b", reason="short")]
    assert contact_sheet.sheet(Comparison("t" * 500, (), (Section("h" * 500, tuple(rows)),))).height > 200


def test_names_are_printable(tmp_path):
    row = compare("t", [Group("", (Entry("a\nb\udcff", str(tmp_path)),))], [])
    assert row.rows[0].name == sources.printable("a\nb\udcff") == "a?b?"
