"""A page is asked for by a host's name at an address, and a server that does not answer is told."""

from __future__ import annotations

import datetime
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "page.lab.example"


@pytest.fixture(scope="module")
def module(load_plugin) -> ModuleType:
    return load_plugin("modules/page_info")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[str, Path]:
    """A certificate for the host (PEM), and a file with its key as well."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([])
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = built.public_bytes(serialization.Encoding.PEM).decode()
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_text(key.private_bytes(serialization.Encoding.PEM, *form).decode() + pem)
    return pem, file


class Page(BaseHTTPRequestHandler):
    """Answers with the host that was asked for; /away leads elsewhere."""

    def do_GET(self) -> None:
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", f"https://{HOST}/")
        self.end_headers()
        self.wfile.write(self.headers["Host"].encode())

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


@pytest.fixture
def port(certificate, request) -> Iterator[int]:
    """Port of a server, with TLS unless the test says otherwise."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    if getattr(request, "param", True):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate[1])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def ask(module, port: int, host: str = HOST, path: str = "/", ca: str = "") -> dict:
    return module.ask("127.0.0.1", port, host, path, ca, 5)


def test_the_host_is_named_in_tls_and_in_the_request(module, port, certificate):
    page = ask(module, port, ca=certificate[0])
    assert (page["status"], page["content"], page["problem"]) == (200, f"{HOST}:{port}", "")


def test_a_certificate_of_another_host_is_told(module, port, certificate):
    page = ask(module, port, host="other.example", ca=certificate[0])
    assert page["status"] == 0 and "Hostname mismatch" in page["problem"]


@pytest.mark.parametrize("port", [False], indirect=True)
def test_where_a_page_without_tls_leads_is_told(module, port):
    page = ask(module, port, path="/away")
    assert (page["status"], page["location"]) == (302, f"https://{HOST}/")


def test_a_server_that_is_not_there_is_told(module):
    page = ask(module, 1)
    assert (page["status"], page["problem"]) == (0, "Connection refused")
