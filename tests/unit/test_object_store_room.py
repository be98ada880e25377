"""What the gateway's pod knows of its volume: how full it is, when nothing more is let in, how a bucket is emptied."""

from __future__ import annotations

import importlib.util
import json
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "embedded/images/radosgw/bin/object_store_room.py"
PREFIX = "/var/lib/object-store/dbstore-default_ns"  # of Ceph's tables, as 18.2.7 names them
MIB = 1024**2


@pytest.fixture(scope="module")
def room() -> ModuleType:
    spec = importlib.util.spec_from_file_location("object_store_room", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A store's folder: ada has ten objects of 1 MiB each, bo has one of 1 KiB."""
    folder = tmp_path / "data"
    folder.mkdir()
    with closing(connected(folder)) as connection, connection:
        connection.execute(f'CREATE TABLE "{PREFIX}_bucket_table" (BucketName TEXT)')
        for bucket, sizes in {"ada": [MIB] * 10, "bo": [1024]}.items():
            connection.execute(f'INSERT INTO "{PREFIX}_bucket_table" VALUES (?)', [bucket])
            connection.execute(f'CREATE TABLE "{PREFIX}_{bucket}_object_table" (ObjName TEXT)')
            connection.execute(f'CREATE TABLE "{PREFIX}_{bucket}_objectdata_table" (Size INTEGER, Data BLOB)')
            for number, size in enumerate(sizes):
                connection.execute(f'INSERT INTO "{PREFIX}_{bucket}_object_table" VALUES (?)', [str(number)])
                row = [size, bytes(size)]
                connection.execute(f'INSERT INTO "{PREFIX}_{bucket}_objectdata_table" VALUES (?, ?)', row)
    return folder


def connected(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "dbstore-default_ns.db")


def rows(folder: Path, bucket: str, part: str) -> int:
    with closing(connected(folder)) as connection:
        return connection.execute(f'SELECT COUNT(*) FROM "{PREFIX}_{bucket}_{part}_table"').fetchone()[0]


class Gateway:
    """The admin socket of a gateway that lets in objects of so many bytes."""

    def __init__(self, path: Path) -> None:
        self.path, self.most, self.changes = path, "5368709120", 0
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                asked = b""
                while not asked.endswith(b"\0"):
                    asked += connection.recv(4096)
                answer = json.dumps(self._answer(**json.loads(asked[:-1]))).encode()
                connection.sendall(len(answer).to_bytes(4, "big") + answer)

    def _answer(self, prefix: str, var: str, format: str, val: tuple[str, ...] = ()) -> dict[str, str]:
        assert (var, format) == ("rgw_max_put_size", "json")
        if prefix == "config set":
            (self.most,) = val
            self.changes += 1
            return {"success": ""}
        assert prefix == "config get"
        return {var: self.most}

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    made = Gateway(tmp_path / "asok")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("size", "expected"), [("", None), ("5Gi", 5 * 1024**3), ("1.5Gi", 1536 * MIB), ("1k", 1000), ("7", 7)]
)
def test_sizes_are_kubernetes_own(room, size, expected):
    assert room.bytes_of(size) == expected


def test_what_is_no_size_is_told(room):
    with pytest.raises(ValueError, match="OBJECT_STORE_SIZE is '5 GB': use one such as 5Gi"):
        room.bytes_of("5 GB")


def test_pages_that_are_free_take_no_room(room, data):
    before = room.measure(data, None).taken
    assert 10 * MIB < before < 11 * MIB
    file = (data / "dbstore-default_ns.db").stat().st_size
    with closing(connected(data)) as connection, connection:
        connection.execute(f'DELETE FROM "{PREFIX}_ada_objectdata_table"')
    assert (data / "dbstore-default_ns.db").stat().st_size == file
    assert room.measure(data, None).taken < MIB


def test_a_database_that_is_being_made_is_empty(room, tmp_path):
    (tmp_path / "config.db").touch()
    assert room.measure(tmp_path, 100).taken == 0


@pytest.mark.parametrize(
    ("size", "free", "most"),
    [
        (100 * MIB, 10**12, 90 * MIB),  # a folder of the node, larger than what was asked for
        (100 * MIB, 9 * MIB, 0.9 * (9 * MIB)),  # beside what is held; the node's disk is nearly full
        (None, 9 * MIB, 0.9 * (9 * MIB)),
    ],
)
def test_the_most_is_the_volumes_or_the_disks(room, data, monkeypatch, size, free, most):
    monkeypatch.setattr(room.os, "statvfs", lambda path: SimpleNamespace(f_bavail=free, f_frsize=1))
    held = (data / "dbstore-default_ns.db").stat().st_size
    bound_by_disk = free < 10**12
    assert room.measure(data, size).most == pytest.approx(most + 0.9 * held * bound_by_disk, abs=2)


def test_each_buckets_bytes_are_known(room, data):
    assert room.buckets(data) == {"ada": 10 * MIB, "bo": 1024}


def test_a_bucket_is_cleared_and_no_other(room, data):
    assert [room.clear(data, bucket) for bucket in ("nobody", "bo")] == [0, 0]
    assert room.buckets(data) == {"ada": 10 * MIB, "bo": 0}
    assert [rows(data, "bo", "object"), rows(data, "ada", "object"), rows(data, "ada", "objectdata")] == [0, 10, 10]


def test_a_step_is_small(room, data, monkeypatch):
    """By its rows and by its bytes: four of 1 MiB. Without patience there is one step a table."""
    assert room.clear(data, "ada", patience=0) == 6
    monkeypatch.setattr(room, "ROWS", 2)
    assert room.clear(data, "ada", patience=0) == 4


def test_what_is_cleared_is_free_at_once_without_a_large_journal(room, data, monkeypatch):
    journal, largest = data / "dbstore-default_ns.db-journal", []
    delete = room.sqlite3.connect

    def watched(path: Any, **options: Any) -> sqlite3.Connection:
        connection = delete(path, **options)
        connection.set_progress_handler(lambda: largest.append(journal.stat().st_size if journal.exists() else 0), 1)
        return connection

    monkeypatch.setattr(room.sqlite3, "connect", watched)
    assert room.clear(data, "ada") == 0
    assert 0 < max(largest) < MIB
    assert room.measure(data, None).taken < MIB


def test_uploads_are_refused_beyond_the_most_and_taken_again_below_it(room, data, gateway, capsys):
    taken = room.measure(data, None).taken
    just_enough = int(taken / room.USABLE) + 100
    assert room.look(data, gateway.path, just_enough, False) is False
    assert gateway.changes == 0
    assert room.look(data, gateway.path, just_enough - 10000, False) is True
    assert (gateway.most, gateway.changes) == ("1024", 1)
    assert "object-store-room: uploads are refused: the store is full: 10 of 10 MiB" in capsys.readouterr().err
    # Not opened by a little.
    assert room.look(data, gateway.path, just_enough, True) is True
    assert gateway.changes == 1
    room.clear(data, "ada")
    assert room.look(data, gateway.path, just_enough, True) is False
    assert gateway.most == str(5 * 1024**3)


def test_a_gateway_that_does_not_answer_yet_is_told_by_an_error(room, data, tmp_path):
    with pytest.raises(OSError):
        room.look(data, tmp_path / "nowhere", 1, False)


def test_all_is_shown_in_one_answer(room, data, gateway):
    shown = json.loads(room.show(data, gateway.path, 100 * MIB))
    assert shown == {
        "taken": room.measure(data, None).taken,
        "most": 90 * MIB,
        "refuses": False,
        "buckets": {"ada": 10 * MIB, "bo": 1024},
    }
    gateway.most = "1024"
    assert json.loads(room.show(data, gateway.path, None))["refuses"] is True


def test_a_database_that_is_written_at_every_look_is_an_error(room, data, gateway, monkeypatch):
    looks = []

    def torn(_: Path) -> dict[str, int]:
        looks.append(1)
        raise sqlite3.DatabaseError("malformed")

    monkeypatch.setattr(room, "buckets", torn)
    monkeypatch.setattr(room.time, "sleep", lambda _: None)
    with pytest.raises(sqlite3.DatabaseError):
        room.show(data, gateway.path, None)
    assert len(looks) == 5
