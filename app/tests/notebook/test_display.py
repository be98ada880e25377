"""What a notebook shows of a picture costs one decoding, and one answer of each model."""

import io

import pytest
from PIL import Image

from catdog.comparison.comparison import compare
from catdog.comparison.lists import Entry, Group
from catdog.drawing import draw
from catdog.kafka.reader import Record
from catdog.models.classifier import Classifier
from catdog.notebook import display


def jpeg() -> bytes:
    buffer = io.BytesIO()
    draw("cat", 1, 700).save(buffer, "JPEG")
    return buffer.getvalue()


def show_picture(classifiers, _):
    display.picture_and_answers("tom.jpg", jpeg(), classifiers)


def show_record(classifiers, _):
    display.show_answers([Record("rhte", 0, 0, 1, {}, jpeg())], classifiers)


def show_row(classifiers, folder):
    (folder / "tom.jpg").write_bytes(jpeg())
    compare("mine", [Group("", (Entry("tom.jpg", str(folder / "tom.jpg")),))], classifiers)


@pytest.fixture(scope="module")
def classifiers():
    return [Classifier.named("poor"), Classifier.named("well")]


@pytest.mark.parametrize("show", [show_picture, show_record, show_row])
def test_a_picture_is_decoded_once_and_classified_once_by_each_model(show, classifiers, tmp_path, monkeypatch):
    opened, asked = [], []
    open_image, ask = Image.open, Classifier.logits
    monkeypatch.setattr(Image, "open", lambda *given, **options: opened.append(given) or open_image(*given, **options))
    monkeypatch.setattr(Classifier, "logits", lambda self, images: asked.append(self) or ask(self, images))

    show(classifiers, tmp_path)

    assert len(opened) == 1
    assert asked == classifiers


@pytest.mark.parametrize("show", [show_picture, show_record])
def test_what_is_shown_is_noted(show, classifiers, noted, tmp_path):
    show(classifiers, tmp_path)
    assert noted() == {"classified": 1}


def test_a_comparison_is_noted_with_the_pictures_that_could_be_read(classifiers, noted, tmp_path):
    (tmp_path / "tom.jpg").write_bytes(jpeg())
    (tmp_path / "mine.txt").write_text("tom.jpg\ngone.jpg\n")
    display.show_comparison(tmp_path / "mine.txt", classifiers)
    assert noted() == {"compared": 1}


def test_a_record_that_is_no_picture_is_not_noted(classifiers, noted):
    display.show_answers([Record("rhte", 0, 0, 1, {}, b"text")], classifiers)
    assert noted() == {}


def test_a_reason_is_text_and_no_markup(monkeypatch):
    def refuse(*_):
        raise display.PictureError("it is <text>")

    monkeypatch.setattr(display, "classify", refuse)
    assert "not classified</b>: it is &lt;text&gt;" in display.picture_and_answers("<i>", b"", [])
