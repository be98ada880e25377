"""The page of the last pictures over HTTP: it needs nothing but this server."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from urllib.parse import unquote

from catdog.errors import InputError
from catdog.watching.wall import Wall


@contextmanager
def served(address: str, port: int, wall: Wall) -> Iterator[int]:
    """Serves while the context lasts; gives the port, any where 0 is given. Raises InputError if it is taken."""

    class Handler(_Handler):
        shown = wall

    try:
        server = ThreadingHTTPServer((address, port), Handler)
    except OSError as error:
        raise InputError(f"{address}:{port}: cannot listen there: {error.strerror}; give another --serve") from None
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="page", daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    shown: Wall

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/":
            self._page()
        elif path == "/state":
            self._send(200, "application/json", json.dumps(self.shown.as_dict()).encode())
        elif path == "/picture" and (jpeg := self.shown.picture(unquote(query))):
            self._send(200, "image/jpeg", jpeg)
        else:
            self._send(404, "text/plain; charset=utf-8", b"not here (any more)\n")

    def _page(self) -> None:
        # Names come from whoever sends: the page runs this one script, and loads from here alone.
        nonce = secrets.token_urlsafe(16)
        policy = f"default-src 'self'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; frame-ancestors 'self'"
        text = files("catdog.watching").joinpath("page.html").read_text(encoding="utf-8").replace("NONCE", nonce)
        self._send(200, "text/html; charset=utf-8", text.encode(), {"Content-Security-Policy": policy})

    def _send(self, code: int, kind: str, body: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(code)
        named = {"Content-Type": kind, "Content-Length": str(len(body)), "X-Content-Type-Options": "nosniff"}
        for name, value in (named | {"Cache-Control": "no-store"} | (more or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """The terminal is for predictions."""
