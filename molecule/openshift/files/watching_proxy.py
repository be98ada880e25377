#!/usr/bin/env python3
"""watching_proxy.py ADDRESS PORT FILE: an HTTP proxy that lets nobody through and notes in FILE what was asked for.

It ends when FILE is gone.
"""

from __future__ import annotations

import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def watching(file: Path) -> type[BaseHTTPRequestHandler]:
    """A handler that notes there."""
    lock = threading.Lock()

    class Watching(BaseHTTPRequestHandler):
        def refuse(self) -> None:
            with lock, file.open("a") as notes:
                notes.write(f"{self.path}\n")
            self.send_error(403, "nothing is fetched here")

        do_CONNECT = do_GET = do_HEAD = do_POST = refuse  # noqa: N815 - the handler's own names

    return Watching


def main(address: str, port: int, file: Path) -> None:
    """Watch as long as the file is there."""
    file.touch()
    server = ThreadingHTTPServer((address, port), watching(file))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while file.exists():
        time.sleep(0.5)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
