"""Lists of pictures: a text file with a heading in brackets for each group, and below it a file, folder or URL a line.

    # a comment
    [Cats that look like dogs]
    https://www.example.com/cat.jpg
    photos/tom.jpg

Paths are relative to the list's folder. Empty lines do not count; a file whose name begins with # or [ is written
./#… or ./[….
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from catdog.errors import InputError
from catdog.files import web
from catdog.pictures import sources

# A contact sheet of more would be no picture that one looks at.
MAX_PICTURES = 1000
_MAX_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Entry:
    """One picture of a list. name: as the list has it; address: where it is read, a path or URL."""

    name: str
    address: str


@dataclass(frozen=True)
class Group:
    """Pictures below one heading; the heading is empty for those that stand before the first."""

    heading: str
    entries: tuple[Entry, ...]


def read(path: str | Path) -> list[Group]:
    """The groups of a list, without those that are empty.

    Raises InputError when it cannot be read, is no text, names no picture, or more than MAX_PICTURES.
    """
    path = Path(path)
    groups: list[tuple[str, list[Entry]]] = [("", [])]
    for line in (line.strip() for line in _text(path).splitlines()):
        if line.startswith("[") and line.endswith("]"):
            groups.append((line[1:-1].strip(), []))
        elif line and not line.startswith("#"):
            groups[-1][1].extend(_entries(line, path.parent))
    count = sum(len(entries) for _, entries in groups)
    if not count:
        raise InputError(f"{path}: names no picture: write a file, a folder or a URL on each line")
    if count > MAX_PICTURES:
        raise InputError(
            f"{path}: names {count} pictures, more than {MAX_PICTURES}: shorten it; "
            "`catdog evaluate` and `catdog classify` take folders of any size"
        )
    return [Group(heading, tuple(entries)) for heading, entries in groups if entries]


def _text(path: Path) -> str:
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a folder: write a list that names it, or use `catdog classify {path}`")
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(f"{path}: is no list of pictures: it has more than {_MAX_BYTES} bytes")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: the list cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is no list of pictures: it is not text in UTF-8") from None


def _entries(line: str, folder: Path) -> list[Entry]:
    if web.is_url(line):
        return [Entry(line, line)]
    given = folder / Path(line).expanduser()
    found = sources.expand(given)
    if found == [str(given)]:
        return [Entry(line, found[0])]
    return [Entry(str(Path(line) / os.path.relpath(address, given)), address) for address in found]
