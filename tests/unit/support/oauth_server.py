"""OpenShift's API server and OAuth server as far as a login needs them: one HTTPS server on this machine."""

from __future__ import annotations

import base64
import ssl
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

WELL_KNOWN, AUTHORIZE, TOKEN, WHO = (
    "/.well-known/oauth-authorization-server",
    "/oauth/authorize",
    "/oauth/token",
    "/apis/user.openshift.io/v1/users/~",
)


class OAuthServer:
    """users: passwords by name. tokens: users by token. is_openshift: else it has neither users nor a login."""

    def __init__(self) -> None:
        self.users = {"teacher": "secret"}
        self.tokens: dict[str, str] = {}
        self.is_openshift = True
        self.asked: list[str] = []
        self.api = ""

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """For an HTTPServer."""
        server = self

        class Handler(JsonAnswers, BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                server.asked.append(path)
                if path == WELL_KNOWN and server.is_openshift:
                    places = {"authorization_endpoint": AUTHORIZE, "token_endpoint": TOKEN}
                    self.answer(200, {name: server.api + place for name, place in places.items()})
                elif path == AUTHORIZE:
                    self.authorize()
                elif path == WHO and server.is_openshift:
                    user = server.tokens.get(self.headers["Authorization"].partition("Bearer ")[2])
                    self.answer(*((200, {"metadata": {"name": user}}) if user else (401, {"code": 401})))
                else:
                    self.answer(404, {"code": 404})

            def authorize(self) -> None:
                given = base64.b64decode(self.headers["Authorization"].partition("Basic ")[2]).decode()
                name, _, password = given.partition(":")
                if server.users.get(name) != password:
                    self.answer(401, {"code": 401})
                    return
                self.send_response(302)
                self.send_header("Location", f"{server.api}/oauth/token/implicit?code={name}&state=1")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_POST(self) -> None:
                server.asked.append(self.path)
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                name = dict(pair.split("=") for pair in body.split("&"))["code"]
                token = f"sha256~{name}-{len(server.tokens)}"
                server.tokens[token] = name
                self.answer(200, {"access_token": token, "expires_in": 86400, "scope": "user:full"})

        return Handler

    @contextmanager
    def served(self, folder: Path) -> Iterator[Path]:
        """The file of its authority, as long as the context lasts."""
        certificate = _certificate(folder)
        server = HTTPServer(("127.0.0.1", 0), self.handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        self.api = f"https://127.0.0.1:{server.server_port}"
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
