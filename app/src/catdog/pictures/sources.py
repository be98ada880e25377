"""Where a picture to be classified comes from: a file, a folder, an address on the web, or standard input."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from catdog.errors import DownloadError, PictureError, UnreachableError
from catdog.files import web
from catdog.limits import MAX_MESSAGE_BYTES
from catdog.pictures import decoding

STANDARD_INPUT = "-"
# Downloads that go on at the same time: those that hang do not hold up the others, and memory stays below 80 MiB.
AHEAD = 8


@dataclass(frozen=True)
class Found:
    """What an address gave: the picture's bytes, or why there are none; unreachable: because no server answered."""

    address: str
    data: bytes = b""
    reason: str = ""
    unreachable: bool = False


def expand(address: str | Path) -> list[str]:
    """A folder's files, those below it too, by name, hidden ones passed over; anything else, as it is."""
    address = str(address)
    if address == STANDARD_INPUT or web.is_url(address) or not Path(address).is_dir():
        return [address]
    files = []
    for folder, folders, names in os.walk(address):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += [str(Path(folder) / name) for name in sorted(names) if not name.startswith(".")]
    return files or [address]


def read_all(addresses: Iterable[str]) -> Iterator[Found]:
    """What is found at each of the addresses, in their order. Never raises for an address: the reason is in Found."""
    begun: deque[Callable[[], Found]] = deque()
    for address in addresses:
        begun.append(_begin(address))
        if len(begun) == AHEAD:
            yield begun.popleft()()
    while begun:
        yield begun.popleft()()


def read(address: str) -> Found:
    """What is found at one address."""
    return _begin(address)()


def printable(name: str) -> str:
    """The name on one line: a file's may hold bytes that are no text, and line breaks."""
    text = name.encode("utf-8", "replace").decode()
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _begin(address: str) -> Callable[[], Found]:
    if web.is_url(address):
        download = web.Download(address, MAX_MESSAGE_BYTES)
        return lambda: _found(address, download.result)
    if address == STANDARD_INPUT:
        return lambda: _found(address, _standard_input)
    return lambda: _found(address, lambda: _file(address))


def _found(address: str, get: Callable[[], bytes]) -> Found:
    try:
        return Found(address, get())
    except (DownloadError, PictureError) as error:
        reason = str(error).removeprefix(f"{address}: ")
        return Found(address, reason=reason, unreachable=isinstance(error, UnreachableError))


def _file(address: str) -> bytes:
    if Path(address).is_dir():
        raise PictureError("a folder in which there is no file")
    try:
        return decoding.read_bytes(address)
    except PictureError as error:
        # The message names the path as pathlib writes it.
        raise PictureError(str(error).removeprefix(f"{Path(address)}: ")) from None


def _standard_input() -> bytes:
    if sys.stdin is None or sys.stdin.isatty():
        raise PictureError("standard input is a terminal: send a picture into it, as in `catdog classify - < cat.jpg`")
    # One byte above the limit is enough to be refused when it is decoded.
    return sys.stdin.buffer.read(MAX_MESSAGE_BYTES + 1)
