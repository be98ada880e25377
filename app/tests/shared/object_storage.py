"""A small object storage: in a test's own process, or, so that it can be killed, as one of its own.

    python object_storage.py PORT FOLDER SECONDS

keeps its objects in FOLDER, and takes so many seconds for each request.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
import time
from collections.abc import Iterator, MutableMapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

# An object: its bytes, and the headers that tell its metadata.
Object = tuple[bytes, dict[str, str]]


class Storage:
    """One bucket, `photos`. refuse: (status, code) of every answer; cut_after: GETs until connections break midway."""

    def __init__(self, url: str, objects: MutableMapping[str, Object], seconds: float = 0) -> None:
        self.url, self.objects, self.seconds = url, objects, seconds
        self.refuse: tuple[int, str] | None = None
        self.cut_after: int | None = None
        self.asked: list[tuple[str, str]] = []  # (method, key)


class OnDisk(MutableMapping):
    """Objects as files of a folder, each there as a whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _file(self, key: str) -> Path:
        return self.folder / quote(key, safe="")

    def __getitem__(self, key: str) -> Object:
        try:
            return pickle.loads(self._file(key).read_bytes())
        except FileNotFoundError:
            raise KeyError(key) from None

    def __setitem__(self, key: str, value: Object) -> None:
        partial = self.folder / f".{time.monotonic_ns()}"
        partial.write_bytes(pickle.dumps(value))
        partial.replace(self._file(key))

    def __delitem__(self, key: str) -> None:
        try:
            self._file(key).unlink()
        except FileNotFoundError:
            raise KeyError(key) from None

    def __iter__(self) -> Iterator[str]:
        return (unquote(path.name) for path in self.folder.iterdir() if not path.name.startswith("."))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    storage: Storage

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: int, body: bytes = b"", headers: list[tuple[str, str]] | None = None) -> None:
        self.send_response(status)
        for name, value in headers or ():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refused(self) -> bool:
        time.sleep(self.storage.seconds)
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        address = urlsplit(self.path)
        bucket, _, self.key = unquote(address.path).lstrip("/").partition("/")
        self.query = parse_qs(address.query)
        self.storage.asked.append((self.command, self.key))
        status, code = self.storage.refuse or (None, None)
        if bucket != "photos":
            status, code = 404, "NoSuchBucket"
        if status:
            self._answer(status, f"<Error><Code>{code}</Code><Message>said so</Message></Error>".encode())
        return bool(status)

    def do_PUT(self) -> None:
        if not self._refused():
            meta = {name: value for name, value in self.headers.items() if name.lower().startswith("x-amz-meta-")}
            self.storage.objects[self.key] = (self.body, meta)
            self._answer(200, headers=[("ETag", f'"{hashlib.md5(self.body).hexdigest()}"')])

    def do_DELETE(self) -> None:
        if not self._refused():
            self.storage.objects.pop(self.key, None)
            self._answer(204)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if self._refused():
            return
        if "list-type" in self.query:
            self._list(self.query.get("prefix", [""])[0])
            return
        body, meta = self.storage.objects[self.key]
        if self.storage.cut_after is not None:
            self.storage.cut_after -= 1
            if self.storage.cut_after < 0:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body) + 10))
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = True
                return
        self._answer(200, body, [("ETag", f'"{hashlib.md5(body).hexdigest()}"'), *meta.items()])

    def _list(self, prefix: str) -> None:
        found = "".join(
            f"<Contents><Key>{key}</Key><Size>{len(body)}</Size><ETag>&quot;{hashlib.md5(body).hexdigest()}&quot;</ETag>"
            "</Contents>"
            for key, (body, _) in sorted(self.storage.objects.items())
            if key.startswith(prefix)
        )
        xml = f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
        self._answer(200, xml.encode(), [("Content-Type", "application/xml")])


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1; port 0 is any. Its `storage` has the address."""

    # As many as come at once while it starts.
    request_queue_size = 64

    def __init__(self, port: int, objects: MutableMapping[str, Object], seconds: float = 0) -> None:
        handler = type("Handler", (_Handler,), {})
        super().__init__(("127.0.0.1", port), handler)
        handler.storage = self.storage = Storage(f"http://127.0.0.1:{self.server_port}", objects, seconds)


if __name__ == "__main__":
    with Server(int(sys.argv[1]), OnDisk(Path(sys.argv[2])), float(sys.argv[3])) as server:
        print(server.storage.url, flush=True)
        server.serve_forever()
