"""A small object storage in this process."""

import hashlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest


class Storage:
    """One bucket, `photos`. refuse: (status, code) of every answer; cut_after: GETs until connections break midway."""

    def __init__(self, url):
        self.url, self.objects, self.refuse, self.cut_after = url, {}, None, None
        self.asked = []  # (method, key)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    storage: Storage

    def log_message(self, *_):
        pass

    def _answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refused(self):
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

    def do_PUT(self):
        if not self._refused():
            meta = {name: value for name, value in self.headers.items() if name.lower().startswith("x-amz-meta-")}
            self.storage.objects[self.key] = (self.body, meta)
            self._answer(200, headers=[("ETag", f'"{hashlib.md5(self.body).hexdigest()}"')])

    def do_DELETE(self):
        if not self._refused():
            self.storage.objects.pop(self.key, None)
            self._answer(204)

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
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

    def _list(self, prefix):
        found = "".join(
            f"<Contents><Key>{key}</Key><Size>{len(body)}</Size><ETag>&quot;{hashlib.md5(body).hexdigest()}&quot;</ETag>"
            "</Contents>"
            for key, (body, _) in sorted(self.storage.objects.items())
            if key.startswith(prefix)
        )
        xml = f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
        self._answer(200, xml.encode(), [("Content-Type", "application/xml")])


@pytest.fixture
def storage(monkeypatch):
    """The storage, with the environment that names it."""
    handler = type("OfThisTest", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.storage = Storage(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    for name in ("AWS_CA_BUNDLE", "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "no_proxy": "*", "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL_S3": handler.storage.url,
        "AWS_ACCESS_KEY_ID": "anna", "AWS_SECRET_ACCESS_KEY": "secret",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    yield handler.storage
    server.shutdown()
    server.server_close()


@pytest.fixture
def data(tmp_path):
    """A data folder with three pictures of each class in each split."""
    for name in (f"{s}/{c}/{n}.jpg" for s in ("training", "validation") for c in ("cat", "dog") for n in range(3)):
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / name).write_bytes(re.sub("/", " ", name).encode())
    return tmp_path / "data"
