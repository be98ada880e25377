"""Photos are checked and set aside one by one, with a journal, so that after a kill none is looked at again."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from types import TracebackType

from catdog.data.folder import label_of, split_of
from catdog.data.items import Item, Source
from catdog.data.split import Photo
from catdog.errors import InputError, PictureError
from catdog.files.disk_errors import require_space, writing
from catdog.limits import MAX_MESSAGE_BYTES, MAX_MESSAGE_SIZE
from catdog.pictures.decoding import decode

JOURNAL = "journal.jsonl"
_COMPLETE = {"complete": True}


class Intake:
    """The journal in `work`: what is asked for, then a line an item. `complete` once all items have been looked at."""

    def __init__(self, work: Path, about: dict) -> None:
        """Raises InputError when `work` is of something else."""
        self.photos: list[Photo] = []
        self.left_out: list[str] = []
        self.complete = False
        self._work = work
        self._seen: set[tuple[str, int]] = set()
        self._first: dict[str, str] = {}  # SHA-256 -> name of the first photo with these bytes
        path = work / JOURNAL
        lines = list(_lines(path))
        if lines and lines[0][0] != about:
            if len(lines) > 1:
                before = ", ".join(f"{key} {value}" for key, value in lines[0][0].items())
                raise InputError(
                    f"{work} is of photos asked for otherwise ({before}): remove it, or give another --out"
                )
            lines = []
        for line, _ in lines[1:]:
            self._replay(line)
        whole = lines[-1][1] if lines else 0
        self._journal = path.open("r+b" if path.exists() else "wb")
        self._journal.truncate(whole)  # what a kill has left half-written
        self._journal.seek(whole)
        if not lines:
            self._write(about)

    def __enter__(self) -> Intake:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with contextlib.suppress(OSError):  # a line that the disk has no room for, which was told when it was written
            self._journal.close()

    def take(self, source: Source, on_photo: Callable[[int, int], None] | None = None) -> None:
        """Look at all items that have not been looked at."""
        require_space(self._work, source.bytes - sum(size for _, size in self._seen))
        for number, item in enumerate(source.items, start=1):
            if (item.name, item.size) not in self._seen:
                line = {"name": item.name, "size": item.size} | self._look(item)
                self._write(line)
                self._replay(line)
            if on_photo:
                on_photo(number, source.total)
        self._write(_COMPLETE)
        self.complete = True

    def _look(self, item: Item) -> dict:
        label = label_of(item.name)
        if not label:
            return {"reason": "neither a folder nor the file's name says cat or dog"}
        try:
            if item.size > MAX_MESSAGE_BYTES:
                raise PictureError(
                    f"{item.size} bytes are more than the limit of {MAX_MESSAGE_BYTES} ({MAX_MESSAGE_SIZE})"
                )
            data = item.read()
            decode(data)
        except PictureError as error:
            return {"reason": str(error)}
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 in self._first:
            return {"reason": f"has the same bytes as {self._first[sha256]}"}
        staged = sha256 + PurePosixPath(item.name).suffix.lower()[:8]
        with writing(self._work / staged):
            (self._work / staged).write_bytes(data)
        return {"label": label, "split": split_of(item.name), "sha256": sha256, "staged": staged}

    def _replay(self, line: dict) -> None:
        if line == _COMPLETE:
            self.complete = True
        elif "reason" in line:
            self.left_out.append(f"{line['name']}: {line['reason']}")
        elif "sha256" in line and "name" in line:
            keys = ("name", "label", "split", "sha256", "staged")
            self.photos.append(Photo(**{key: line[key] for key in keys}))
            self._first[line["sha256"]] = line["name"]
        if "size" in line:
            self._seen.add((line["name"], line["size"]))

    def _write(self, line: dict) -> None:
        with writing(self._work):
            self._journal.write(json.dumps(line).encode() + b"\n")
            self._journal.flush()


def _lines(path: Path) -> Iterator[tuple[dict, int]]:
    """The journal's whole lines, and where each ends."""
    if not path.exists():
        return
    end = 0
    for line in path.read_bytes().splitlines(keepends=True):
        if not line.endswith(b"\n"):
            return
        end += len(line)
        yield json.loads(line), end
