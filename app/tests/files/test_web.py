"""Addresses on the web: what comes, what is refused, and that nothing can hold us; all from a server in the test."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from catdog.errors import DownloadError, UnreachableError
from catdog.files import web

BODY = bytes(range(256)) * 20


class Site(BaseHTTPRequestHandler):
    """One answer a path."""

    def do_GET(self):
        kind = self.path.partition("?")[0].strip("/")
        if kind.startswith("hops"):
            left = int(kind.removeprefix("hops"))
            self.answer(302, location=f"/hops{left - 1}" if left else "/picture")
        elif kind == "elsewhere":
            self.answer(301, location="file:///etc/hostname")
        elif kind == "ftp":
            self.answer(301, location="ftp://127.0.0.1/cat.jpg")
        elif kind == "missing":
            self.answer(404)
        elif kind == "claims":
            self.answer(200, length=10**9)
        elif kind == "endless":
            self.answer(200, length=None)
            while not self.server.over.is_set():
                try:
                    self.wfile.write(BODY)
                except OSError:
                    return
        elif kind == "broken":
            self.answer(200, BODY, length=len(BODY) + 1)
        elif kind == "silent":
            self.server.over.wait(30)
        elif kind == "garbage":
            self.wfile.write(b"no HTTP at all\r\n\r\n")
        else:
            self.answer(200, BODY + self.path.encode())

    def answer(self, status, body=b"", location=None, length=0):
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        if length is not None:
            self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.over = threading.Event()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.over.set()
    server.shutdown()
    server.server_close()


def get(url, max_bytes=10_000, timeout=20):
    return web.Download(url, max_bytes, timeout).result()


def test_brings_the_bytes(site):
    assert get(f"{site}/picture") == BODY + b"/picture"


def test_encodes_spaces_and_letters_and_leaves_the_query(site):
    assert get(f"{site}/grüne katze.jpg?itok=o-V5_DxL&a=b%20c#there").endswith(
        b"/gr%C3%BCne%20katze.jpg?itok=o-V5_DxL&a=b%20c"
    )


def test_follows_a_few_redirects(site):
    assert get(f"{site}/hops4") == BODY + b"/picture"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("hops6", "redirects more than 5 times"),
        ("elsewhere", "redirects more than 5 times, or to what is not http"),
        ("ftp", "leads to what is not http:// or https://: unknown url type: ftp"),
        ("missing", "the server answers 404 Not Found"),
        ("claims", "1000000000 bytes are more than the limit of 10000"),
        ("endless", "more than the limit of 10000 bytes"),
        ("broken", "the connection broke after 5120 of 5121 bytes"),
        ("garbage", "does not speak HTTP"),
    ],
)
def test_says_why_there_are_no_bytes(site, path, reason):
    with pytest.raises(DownloadError, match=reason):
        get(f"{site}/{path}")


def test_gives_up_on_a_server_that_does_not_answer(site):
    with pytest.raises(UnreachableError, match=r"did not come within 0\.2 s"):
        get(f"{site}/silent", timeout=0.2)


def test_gives_up_on_a_name_service_that_does_not_answer(monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(http.client.socket, "create_connection", lambda *_, **__: over.wait(30))
    with pytest.raises(UnreachableError, match=r"did not come within 0\.2 s"):
        get("http://a.invalid/cat.jpg", timeout=0.2)
    over.set()


def test_tells_that_nothing_listens(site):
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as taken:
        port = taken.server_port
    with pytest.raises(UnreachableError, match="cannot be reached: Connection refused"):
        get(f"http://127.0.0.1:{port}/")


def test_tells_that_a_name_is_not_known(monkeypatch):
    def unknown(*_, **__):
        raise web.socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(http.client.socket, "create_connection", unknown)
    with pytest.raises(UnreachableError, match="name is not known here: no such server, or no way to the internet"):
        get("https://a.invalid/cat.jpg")


@pytest.mark.parametrize(
    "url", ["ftp://a.invalid/cat.jpg", "file:///etc/hostname", "http:///cat.jpg", "http://[::1/cat.jpg"]
)
def test_refuses_what_is_no_address_of_the_web(url):
    with pytest.raises(DownloadError, match=r"is no address of http://|no valid address"):
        get(url)


@pytest.mark.parametrize(
    ("address", "expected"), [("https://a/b", True), ("ftp://a", True), ("cats/tom.jpg", False), ("C:/cat.jpg", False)]
)
def test_tells_addresses_from_paths(address, expected):
    assert web.is_url(address) is expected


def test_trusts_certifi_where_the_system_has_no_authorities(monkeypatch, tmp_path):
    none = web.ssl.get_default_verify_paths()._replace(cafile=None, capath=str(tmp_path))
    monkeypatch.setattr(web.ssl, "get_default_verify_paths", lambda: none)
    monkeypatch.setattr(web.ssl, "create_default_context", lambda: web.ssl.SSLContext(web.ssl.PROTOCOL_TLS_CLIENT))
    assert web._authorities().cert_store_stats()["x509_ca"] > 50
