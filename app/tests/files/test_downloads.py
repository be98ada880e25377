"""Large downloads from a server on this machine: kept when broken, gone on with, checked."""

import hashlib
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from catdog.errors import ArchiveError, DownloadError, OutputError, UnreachableError
from catdog.files import downloads
from catdog.files.downloads import download

CONTENT = bytes(range(256)) * 4096  # 1 MiB


@dataclass
class Server:
    """What is served at every path, and how."""

    content: bytes = CONTENT
    tag: str = '"one"'
    breaks_after: list[int] = field(default_factory=list)  # of each answer in turn: bytes
    silent: list[float] = field(default_factory=list)  # of each answer that never comes: seconds until it is given up
    ranges: bool = True
    asked: list[str | None] = field(default_factory=list)  # Range of each request
    url: str = ""


@pytest.fixture
def server():
    served = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = self.headers.get("Range")
            served.asked.append(asked)
            if served.silent:
                time.sleep(served.silent.pop(0))
                self.close_connection = True
                return
            start = 0
            if asked and served.ranges and self.headers["If-Range"] == served.tag:
                start = int(asked.removeprefix("bytes=").removesuffix("-"))
            size = len(served.content)
            if start >= size:
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{size}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
            self.send_header("Content-Length", str(size - start))
            self.send_header("ETag", served.tag)
            self.end_headers()
            count = served.breaks_after.pop(0) if served.breaks_after else size
            self.wfile.write(served.content[start : start + count])
            self.close_connection = True

        def log_message(self, *_):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    served.url = f"http://127.0.0.1:{http.server_port}/photos.zip"
    yield served
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_comes_with_progress_and_is_not_asked_for_again(server, tmp_path):
    told = []
    download(server.url, tmp_path / "a", hashlib.sha256(CONTENT).hexdigest(), lambda *now: told.append(now))
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert names(tmp_path) == {"a"}
    download(server.url, tmp_path / "a")
    assert server.asked == [None]


def test_a_broken_connection_is_taken_up_where_it_broke(server, tmp_path):
    server.breaks_after = [100_000, 200_000]
    download(server.url, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert server.asked == [None, "bytes=100000-", "bytes=300000-"]


def test_an_answer_that_does_not_come_is_asked_for_again(server, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "TIMEOUT", 0.5)
    server.silent = [0, 1]
    download(server.url, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert server.asked == [None] * 3


def test_answers_that_never_come_are_told_with_the_address(server, tmp_path):
    server.silent = [0] * downloads._ATTEMPTS
    with pytest.raises(DownloadError, match=rf"^{server.url}: the connection broke: Remote end closed connection"):
        download(server.url, tmp_path / "a")
    assert len(server.asked) == downloads._ATTEMPTS
    assert names(tmp_path) == set()


def test_what_has_come_is_kept_when_nothing_more_comes_and_gone_on_with_later(server, tmp_path):
    server.breaks_after = [100_000, *[0] * downloads._ATTEMPTS]
    with pytest.raises(DownloadError, match=r"0.1 MB are kept in .*a.partial: give the same command again"):
        download(server.url, tmp_path / "a")
    assert (tmp_path / "a.partial").read_bytes() == CONTENT[:100_000]
    server.breaks_after, server.asked[:] = [], []
    download(server.url, tmp_path / "a")
    assert server.asked == ["bytes=100000-"]
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_it_begins_anew_when_the_file_has_changed_or_the_server_knows_no_ranges(server, tmp_path):
    for number, change in enumerate(({"tag": '"two"', "content": CONTENT[::-1]}, {"ranges": False})):
        path = tmp_path / str(number)
        path.with_name(f"{number}.partial").write_bytes(b"old" * 100)
        path.with_name(f"{number}.partial.version").write_text('"\\"one\\""')
        vars(server).update(change)
        download(server.url, path)
        assert path.read_bytes() == server.content


def test_a_whole_part_from_before_a_kill_is_not_fetched_again(server, tmp_path):
    (tmp_path / "a.partial").write_bytes(CONTENT)
    (tmp_path / "a.partial.version").write_text('"\\"one\\""')
    told = []
    download(server.url, tmp_path / "a", progress=lambda *now: told.append(now))
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert told == []


def test_a_part_longer_than_the_file_is_thrown_away(server, tmp_path):
    (tmp_path / "a.partial").write_bytes(CONTENT + b"more")
    (tmp_path / "a.partial.version").write_text('"\\"one\\""')
    download(server.url, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_another_hash_is_refused_and_the_file_kept(server, tmp_path):
    with pytest.raises(ArchiveError, match="give the right --sha256, or remove the file to have it anew"):
        download(server.url, tmp_path / "a", "0" * 64)
    download(server.url, tmp_path / "a", hashlib.sha256(CONTENT).hexdigest())
    assert len(server.asked) == 1


def test_no_server_no_address_and_no_room_are_told(server, tmp_path, monkeypatch):
    with pytest.raises(UnreachableError, match=r"127.0.0.1:1/a: the server cannot be reached: Connection refused"):
        download("http://127.0.0.1:1/a", tmp_path / "a")
    with pytest.raises(DownloadError, match=r"file:///a: is no address of http:// or https://"):
        download("file:///a", tmp_path / "a")
    with pytest.raises(DownloadError, match=r"http://127.0.0.1:x/a: no valid address: nonnumeric port"):
        download("http://127.0.0.1:x/a", tmp_path / "a")
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 500_000}))
    with pytest.raises(OutputError, match="1 MB are needed, 0 MB are free: make room"):
        download(server.url, tmp_path / "a")
    assert names(tmp_path) == set()
