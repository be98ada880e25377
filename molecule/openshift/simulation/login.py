"""OpenShift's login before a real API server: OAuth's answers are ours, every other request goes on as it came."""

from __future__ import annotations

import base64
import json
import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

WELL_KNOWN, AUTHORIZE, TOKEN = "/.well-known/oauth-authorization-server", "/oauth/authorize", "/oauth/token"
SEND_SECONDS = 60.0  # that a side may take to accept what the other sent
SECONDS = 86400  # that a token lasts, OpenShift's own default


class Login:
    """Passwords by user, and `issue`, which makes a user's token. `api`: the address that clients know."""

    def __init__(self, users: dict[str, str], issue: Callable[[str], str]) -> None:
        self.users, self.issue, self.api = users, issue, ""

    def answer(self, handler: BaseHTTPRequestHandler) -> bool:
        """Answers a request of OAuth; False for any other."""
        path = urlsplit(handler.path).path
        if path == WELL_KNOWN:
            places = {"authorization_endpoint": AUTHORIZE, "token_endpoint": TOKEN}
            _send(handler, 200, {name: self.api + place for name, place in places.items()})
        elif path == AUTHORIZE:
            self._authorize(handler)
        elif path == TOKEN:
            length = int(handler.headers.get("Content-Length", 0))
            given = parse_qs(handler.rfile.read(length).decode())
            token = self.issue(given["code"][0])
            _send(handler, 200, {"access_token": token, "expires_in": SECONDS, "scope": "user:full"})
        else:
            return False
        return True

    def _authorize(self, handler: BaseHTTPRequestHandler) -> None:
        given = base64.b64decode(handler.headers.get("Authorization", "").partition("Basic ")[2]).decode()
        name, _, password = given.partition(":")
        if not name or self.users.get(name) != password:
            _send(handler, 401, {"kind": "Status", "code": 401})
            return
        handler.send_response(302)
        handler.send_header("Location", f"{self.api}/oauth/token/implicit?code={name}&state=1")
        handler.send_header("Content-Length", "0")
        handler.send_header("Connection", "close")
        handler.end_headers()


class Forward(socketserver.BaseRequestHandler):
    """Passes a connection on byte for byte, as a load balancer before a router does. `place`: where to."""

    place: tuple[str, int]

    def handle(self) -> None:
        """Until one side has ended."""
        with socket.create_connection(self.place) as server:
            threading.Thread(target=_pump, args=(self.request, server), daemon=True).start()
            _pump(server, self.request)


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # a side has ended the connection


def _splice(one: ssl.SSLSocket, other: ssl.SSLSocket) -> None:
    """Passes on between two TLS connections until one ends; in one thread, for OpenSSL's are not to be shared."""
    peers = {one: other, other: one}
    while True:
        ready = [side for side in peers if side.pending()] or select.select([*peers], [], [])[0]
        for side in ready:
            side.settimeout(0)
            try:
                data = side.recv(65536)
            except ssl.SSLWantReadError:
                continue  # half a record
            except OSError:
                return
            finally:
                side.settimeout(SEND_SECONDS)
            if not data:
                return
            peers[side].sendall(data)


def front(login: Login, upstream: tuple[str, int], trust: ssl.SSLContext) -> type[BaseHTTPRequestHandler]:
    """A handler before the API server at `upstream`: requests are passed on with the connection that they came by."""

    class Front(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        rbufsize = 0  # what follows the headers stays in the connection

        def _any(self) -> None:
            self.close_connection = True
            if not login.answer(self):
                self._pass_on()

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):  # of any method
                return self._any
            raise AttributeError(name)

        def _pass_on(self) -> None:
            with socket.create_connection(upstream) as plain, trust.wrap_socket(plain) as server:
                lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
                server.sendall(self.raw_requestline + lines.encode() + b"\r\n")
                _splice(self.connection, server)

        def log_message(self, *arguments: object) -> None:
            """Silent."""

    return Front


def _send(handler: BaseHTTPRequestHandler, code: int, content: Any) -> None:
    body = json.dumps(content).encode()
    handler.send_response(code)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(body)
