"""OpenShift's API server and OAuth server as far as a login needs them: the simulation's login on this machine."""

from __future__ import annotations

import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from support.api_server import JsonAnswers

sys.path.append(str(Path(__file__).resolve().parents[3] / "molecule/openshift/simulation"))
from login import Login

TOKEN, WHO = "/oauth/token", "/apis/user.openshift.io/v1/users/~"


class OAuthServer:
    """users: passwords by name. tokens: users by token. is_openshift: else it has neither users nor a login."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}
        self.login = Login({"teacher": "secret"}, self._issue)
        self.is_openshift = True
        self.asked: list[str] = []

    @property
    def users(self) -> dict[str, str]:
        return self.login.users

    @property
    def api(self) -> str:
        return self.login.api

    def _issue(self, user: str) -> str:
        token = f"sha256~{user}-{len(self.tokens)}"
        self.tokens[token] = user
        return token

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """For an HTTPServer."""
        server = self

        class Handler(JsonAnswers, BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                server.asked.append(path)
                if not server.is_openshift:
                    self.answer(404, {"code": 404})
                elif server.login.answer(self):
                    return
                elif path == WHO:
                    user = server.tokens.get(self.headers["Authorization"].partition("Bearer ")[2])
                    self.answer(*((200, {"metadata": {"name": user}}) if user else (401, {"code": 401})))
                else:
                    self.answer(404, {"code": 404})

            do_POST = do_GET  # noqa: N815

        return Handler

    @contextmanager
    def served(self, folder: Path) -> Iterator[Path]:
        """The file of its authority, as long as the context lasts."""
        certificate = _certificate(folder)
        server = HTTPServer(("127.0.0.1", 0), self.handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        self.login.api = f"https://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield certificate
        server.shutdown()
        server.server_close()


def _certificate(folder: Path) -> Path:
    """One that signs itself, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = builder.add_extension(names, critical=True).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(signed.public_bytes(pem) + secret)
    return path
