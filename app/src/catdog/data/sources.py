"""Where photos come from: a folder, an archive (file or URL), TensorFlow Datasets' cats_vs_dogs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from catdog.data import archives, tfrecords
from catdog.data.items import Item, Source
from catdog.errors import DataError, InputError, PictureError
from catdog.files.downloads import check_hash, download

TFDS = "tfds:cats_vs_dogs"
# What TensorFlow Datasets' own builder of cats_vs_dogs (4.0.1) downloads, 825 MB.
TFDS_ARCHIVE = (
    "https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/kagglecatsanddogs_5340.zip"
)
TFDS_SHA256 = "b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9"


@contextmanager
def open_source(
    source: str, work: Path, sha256: str | None, on_download: Callable[[int, int | None], None] | None
) -> Iterator[Source]:
    """What `source` holds; a URL's archive is downloaded into `work` first.

    Raises InputError, DataError, ArchiveError, DownloadError.
    """
    if source == TFDS:
        if prepared := tfrecords.prepared():
            if sha256:
                raise InputError(f"{prepared} is prepared and no archive: leave --sha256 out")
            yield tfrecords.source(prepared)
            return
        source, sha256 = TFDS_ARCHIVE, sha256 or TFDS_SHA256
    elif source.startswith("tfds:"):
        raise InputError(f"{source}: of TensorFlow Datasets there is {TFDS} only")
    if "://" in source:
        path = work / (Path(urlsplit(source).path).name or "archive")
        download(source, path, sha256, on_download)
    else:
        path = Path(source)
        if path.is_dir():
            if sha256:
                raise InputError(f"{path} is a folder: --sha256 is for archives, leave it out")
            yield tfrecords.source(path) if tfrecords.is_prepared(path) else _folder(path, work.parent)
            return
        if not path.exists():
            raise DataError(f"{path}: no such folder or file; give a folder, an archive, a URL or {TFDS}")
        if sha256:
            check_hash(path, sha256)
    with archives.source(path) as found:
        yield found


def _folder(folder: Path, out: Path) -> Source:
    """All files below it, but not those that go to `out`, which may lie in it."""
    items = []
    out = out.resolve()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and out not in path.resolve().parents:
            items.append(Item(path.relative_to(folder).as_posix(), path.stat().st_size, _reader(path)))
    return Source.of(items)


def _reader(path: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise PictureError(f"cannot be read: {error.strerror or error}") from None

    return read
