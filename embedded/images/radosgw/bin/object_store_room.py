#!/usr/bin/python3
"""How much the store holds, a guard that lets no more in than its volume takes, and the removal of much in small steps.

On a full volume SQLite can remove nothing any more, for it writes a journal first, and uploads are told that they are
not allowed. Before that the guard has the gateway refuse whatever is larger than REFUSED_FROM (S3's EntityTooLarge).

Ceph removes a bucket's content in one transaction: with all of it in the journal (Debian's SQLite overwrites what is
removed), and the store locked for everybody, for minutes. So it is taken out here before, some rows at a time.

`guard` does not end. `show` prints JSON: taken, most, buckets (by name): bytes; refuses: whether uploads are refused.
`clear BUCKET` prints how many rows are left when its time is up.
Environment: OBJECT_STORE_SIZE, the size that the volume was asked for, as Kubernetes has it; empty where none was.
"""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

DATA = Path("/var/lib/object-store")
GATEWAY = Path("/tmp/gateway.asok")  # its admin socket
SECONDS = 0.5  # from one look of the guard to the next
USABLE = 0.9  # of the volume; the rest is for journals, and for what comes in between two looks
OPTION, ANY_SIZE, REFUSED_FROM = "rgw_max_put_size", 5 * 1024**3, 1024
OPENS_AT = 0.95  # of what may be held: not at once, or it would open and close all the time
# A step of `clear`: rows and bytes at most, seconds of pause after it; and seconds in all.
ROWS, BYTES, PAUSE, PATIENCE = 256, 4 * 1024**2, 0.02, 30
UNITS = {"": 1} | {f"{name}i": 1024**power for power, name in enumerate("KMGT", 1)}
UNITS |= {name: 1000**power for power, name in enumerate("kMGT", 1)}
DATABASE_HEADER = 100  # bytes


class Room(NamedTuple):
    """Bytes that what is stored takes, and the most that it may."""

    taken: int
    most: int


def bytes_of(size: str) -> int | None:
    """`5Gi` in bytes; none where nothing is given. Raises ValueError for what is no size."""
    if not size:
        return None
    found = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", size)
    if not found or found[2] not in UNITS:
        raise ValueError(f"OBJECT_STORE_SIZE is '{size}': use one such as 5Gi")
    return int(float(found[1]) * UNITS[found[2]])


def pages_of(database: Path) -> tuple[int, int]:
    """Bytes of a SQLite database and those of them that are free, by its header; none while it is being made."""
    with database.open("rb") as file:
        header = file.read(DATABASE_HEADER)
    size, count, free = (int.from_bytes(header[at : at + length], "big") for at, length in ((16, 2), (28, 4), (36, 4)))
    size = 65536 if size == 1 else size
    return size * count, size * free


def measure(data: Path, size: int | None) -> Room:
    """Of the databases in the folder `data`, of a volume that was asked for with so many bytes."""
    pages = [pages_of(path) for path in data.glob("*.db")]
    held, free = (sum(part) for part in zip(*pages, strict=True)) if pages else (0, 0)
    disk = os.statvfs(data)
    volume = held + disk.f_bavail * disk.f_frsize
    if size is not None:  # a folder of the node has no bound of its own
        volume = min(volume, size)
    return Room(held - free, int(USABLE * volume))


def tables(connection: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """By bucket, its tables as Ceph 18 names them: of objects, and of their bytes."""
    named = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    prefix = next((name.removesuffix("bucket_table") for name in named if name.endswith("_bucket_table")), None)
    found = connection.execute(f'SELECT BucketName FROM "{prefix}bucket_table"').fetchall() if prefix else []
    parts = ("object", "objectdata")
    return {
        bucket: tuple(name for part in parts if (name := f"{prefix}{bucket}_{part}_table") in named)
        for (bucket,) in found
    }


def buckets(data: Path) -> dict[str, int]:
    """Bytes of each bucket's objects, with those that were replaced or removed and not yet given back.

    Reads beside the gateway without a lock, which would be in its way. Raises sqlite3.Error where it was just written.
    """
    found: dict[str, int] = {}
    for path in data.glob("dbstore-*.db"):
        with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as connection:
            for bucket, (*_, table) in tables(connection).items():
                (found[bucket],) = connection.execute(f'SELECT COALESCE(SUM(Size), 0) FROM "{table}"').fetchone()
    return found


def clear(data: Path, bucket: str, patience: float = PATIENCE) -> int:
    """Take out what is in the bucket in steps after which others get a turn; how many rows are left.

    Raises sqlite3.Error where the others leave it none.
    """
    left, end = 0, time.monotonic() + patience
    for path in data.glob("dbstore-*.db"):
        with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as connection:
            connection.execute("PRAGMA secure_delete = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            for table, size in zip(tables(connection).get(bucket, ()), ("0", "Size"), strict=False):
                average = connection.execute(f'SELECT COALESCE(AVG({size}), 0) FROM "{table}"').fetchone()[0]
                rows = max(1, min(ROWS, int(BYTES / max(1, average))))
                step = f'DELETE FROM "{table}" WHERE rowid IN (SELECT rowid FROM "{table}" LIMIT {rows})'
                while connection.execute(step).rowcount and time.monotonic() < end:
                    time.sleep(PAUSE)
                left += connection.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]
    return left


def ask(gateway: Path, **command: object) -> dict[str, str]:
    """The gateway's answer to a command of its admin socket. Raises OSError where nobody answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(5)
        connection.connect(str(gateway))
        connection.sendall(json.dumps(command | {"format": "json"}).encode() + b"\0")
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return json.loads(answer[4:])  # after its length


def refuses(gateway: Path) -> bool:
    return ask(gateway, prefix="config get", var=OPTION)[OPTION] == str(REFUSED_FROM)


def look(data: Path, gateway: Path, size: int | None, refused: bool) -> bool:
    """One look of the guard: has the gateway refuse uploads, or take them again; whether it refuses them now."""
    room = measure(data, size)
    wanted = room.taken > room.most * (OPENS_AT if refused else 1)
    if wanted != refused:
        ask(gateway, prefix="config set", var=OPTION, val=[str(REFUSED_FROM if wanted else ANY_SIZE)])
        done = "refused: the store is full" if wanted else "taken again"
        told = f"{room.taken >> 20} of {room.most >> 20} MiB are held"
        print(f"object-store-room: uploads are {done}: {told}", file=sys.stderr, flush=True)
    return wanted


def guard(data: Path, gateway: Path, size: int | None) -> None:
    refused = False  # as a gateway starts
    while True:
        # Until the gateway answers it is asked again.
        with suppress(OSError, ValueError):
            refused = look(data, gateway, size, refused)
        time.sleep(SECONDS)


def show(data: Path, gateway: Path, size: int | None, tries: int = 5) -> str:
    """What `show` prints. Raises sqlite3.Error where the database was written at every look."""
    for left in reversed(range(tries)):
        try:
            found = buckets(data)
            break
        except sqlite3.Error:
            if not left:
                raise
            time.sleep(0.1)
    return json.dumps(measure(data, size)._asdict() | {"refuses": refuses(gateway), "buckets": found})


def main() -> None:
    size = bytes_of(os.environ.get("OBJECT_STORE_SIZE", ""))
    if sys.argv[1:] == ["guard"]:
        guard(DATA, GATEWAY, size)
    elif sys.argv[1:] == ["show"]:
        print(show(DATA, GATEWAY, size))
    elif len(sys.argv) == 3 and sys.argv[1] == "clear":
        print(clear(DATA, sys.argv[2]))
    else:
        sys.exit("object_store_room.py: guard, show or clear BUCKET")


if __name__ == "__main__":
    main()
