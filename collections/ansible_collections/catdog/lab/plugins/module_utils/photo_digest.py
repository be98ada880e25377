"""What a folder of photos is worth for an image's tag: the names and bytes of its photos, wherever the folder is.

Bytes are read once. The build cache remembers their SHA-256 with size, times and inode of each file, by which a file
that was changed is known; and the digest of all, with what it was that stood for their states, which is asked first.
A file that was changed a moment ago is not remembered: it may change again within the same time stamp.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.photo_folder import check_photos, found_photos, unreadable

# Seconds: FAT, the coarsest of file systems, counts time in twos.
MOMENT = 2.0


def photos_digest(folder: Path, cache: Path) -> str:
    """SHA-256 of the photos' paths and bytes, 64 hex digits. Raises PhotoFolderError where the folder cannot be used.

    cache: the build cache; where it cannot be written, photos are read anew each time.
    """
    now = time.time()
    files = dict(sorted(found_photos(folder).items()))
    states = {name: [one.st_size, one.st_mtime_ns, one.st_ctime_ns, one.st_ino] for name, one in files.items()}
    whole = sha256(json.dumps(states))
    place = cache / "photos" / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    last = read(place.with_suffix(".last"))
    if last.get("states") == whole:
        return last["digest"]
    check_photos(folder, list(files))
    known = read(place.with_suffix(".files"))
    hashes = {name: remembered(known, name, state) or file_sha256(folder, name) for name, state in states.items()}
    digest = sha256(json.dumps(hashes))
    settled = {
        name for name, one in files.items() if all(abs(now - at) > MOMENT for at in (one.st_mtime, one.st_ctime))
    }
    write(place.with_suffix(".files"), {name: [states[name], hashes[name]] for name in settled})
    if len(settled) == len(files):
        write(place.with_suffix(".last"), {"states": whole, "digest": digest})
    return digest


def remembered(known: Mapping[str, Any], name: str, state: list[int]) -> str | None:
    """The SHA-256 of a file that has not changed since."""
    before, known_sha256 = known.get(name, (None, None))
    return known_sha256 if before == state else None


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def file_sha256(folder: Path, name: str) -> str:
    """Raises PhotoFolderError."""
    try:
        with (folder / name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise unreadable(folder, error) from error


def read(path: Path) -> dict[str, Any]:
    """What an earlier call left; empty where there is nothing of use."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Whole or not at all; without it there is more to read the next time."""
    partial = path.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(content))
        partial.replace(path)
