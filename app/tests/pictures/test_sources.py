"""Where pictures come from: files, folders, addresses and standard input give bytes or a reason, in their order."""

import io
import os
import sys
from types import SimpleNamespace

import pytest

from catdog.errors import DownloadError, UnreachableError
from catdog.files import web
from catdog.limits import MAX_MESSAGE_BYTES
from catdog.pictures import sources


@pytest.fixture
def on_the_web(monkeypatch):
    """Addresses and what lies there, bytes or an error; a list of those that were asked for."""
    there, asked = {}, []

    class Download:
        def __init__(self, url, max_bytes):
            asked.append(url)
            self.found = there[url]

        def result(self):
            if isinstance(self.found, Exception):
                raise self.found
            return self.found

    monkeypatch.setattr(web, "Download", Download)
    return SimpleNamespace(there=there, asked=asked)


def test_expands_a_folder_by_name_without_what_is_hidden(tmp_path):
    for name in ("b.jpg", "a.jpg", ".hidden.jpg", "below/c.jpg", ".git/d.jpg"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()

    assert sources.expand(tmp_path) == [str(tmp_path / name) for name in ("a.jpg", "b.jpg", "below/c.jpg")]
    assert sources.expand(tmp_path / "a.jpg") == [str(tmp_path / "a.jpg")]
    assert sources.expand("https://a/b") == ["https://a/b"]


def test_gives_bytes_or_reasons_in_order(tmp_path, on_the_web):
    (tmp_path / "a.jpg").write_bytes(b"a")
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    on_the_web.there |= {
        "https://a/": b"web",
        "https://b/": UnreachableError("no way"),
        "https://c/": DownloadError("the server answers 404 Not Found"),
    }
    addresses = ["https://a/", f"{tmp_path}//a.jpg", "https://b/", f"{tmp_path}/empty", f"{tmp_path}/pipe",
                 f"{tmp_path}/none", "https://c/"]  # fmt: skip

    found = list(sources.read_all(addresses))

    assert [one.address for one in found] == addresses
    assert [one.data for one in found] == [b"web", b"a", b"", b"", b"", b"", b""]
    assert [one.reason for one in found] == [
        "", "", "no way", "a folder in which there is no file", "is no file",
        "cannot be read: No such file or directory", "the server answers 404 Not Found",
    ]  # fmt: skip
    assert [one.address for one in found if one.unreachable] == ["https://b/"]


def test_gives_a_reason_for_a_path_that_cannot_be_one():
    assert sources.read("with\0zero").reason.startswith("cannot be read: ")


def test_begins_a_few_downloads_ahead_and_no_more(on_the_web):
    addresses = [f"https://a/{number}" for number in range(2 * sources.AHEAD)]
    on_the_web.there |= dict.fromkeys(addresses, b"x")

    reading = sources.read_all(addresses)
    next(reading)

    assert on_the_web.asked == addresses[: sources.AHEAD]
    assert len(list(reading)) == len(addresses) - 1


def test_refuses_a_file_of_too_many_bytes_without_reading_it(tmp_path):
    with (tmp_path / "cat.jpg").open("wb") as file:
        file.truncate(MAX_MESSAGE_BYTES + 1)

    assert "10485761 bytes are more than the limit" in sources.read(str(tmp_path / "cat.jpg")).reason


def test_reads_standard_input_unless_it_is_a_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"bytes"), isatty=lambda: False))
    assert sources.read("-").data == b"bytes"
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    assert "standard input is a terminal" in sources.read("-").reason


def test_a_name_is_one_line_of_text():
    assert sources.printable("tom\n\x1b[31m\udcff.jpg") == "tom??[31m?.jpg"
    assert sources.printable("grüne Katze.jpg") == "grüne Katze.jpg"
