"""The button for one's own photo: what is uploaded is shown with its answers, what is no picture with its reason."""

import io
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from PIL import Image

from catdog.models.answer import Answer
from catdog.notebook import display
from catdog.notebook.upload import PhotoUpload


@pytest.fixture
def upload(monkeypatch):
    """Below a button that asks one model, which says cat to everything."""
    monkeypatch.setattr(display, "panel", lambda classified, classifiers: Image.fromarray(classified.pixels))
    return PhotoUpload([SimpleNamespace(classify=lambda pixels: Answer("cat", 0.75, 0.01, "well", "abc"))])


def choose(upload: PhotoUpload, **files: bytes) -> None:
    """As the browser tells it."""
    now = datetime.now(UTC)
    upload.button.value = [
        {"name": name, "type": "image/png", "size": len(content), "last_modified": now, "content": memoryview(content)}
        for name, content in files.items()
    ]


def png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20)).save(buffer, "PNG")
    return buffer.getvalue()


def test_shows_every_photo_with_its_answers(upload):
    choose(upload, **{"<i>tom": png(), "rex.png": png()})

    assert upload.shown.value.count("data:image/png;base64") == 2
    assert upload.shown.value.count("75%") == 2
    assert "&lt;i&gt;tom" in upload.shown.value


def test_says_what_is_no_picture_and_goes_on(upload):
    choose(upload, text=b"<html>", rex=png())

    assert "not classified</b>: no picture that can be read: it is an HTML page" in upload.shown.value
    assert upload.shown.value.count("data:image/png;base64") == 1
