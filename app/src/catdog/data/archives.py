"""Archives, tar or zip. Members are read, never unpacked by name; one that could do harm unpacked refuses the whole."""

from __future__ import annotations

import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from catdog.data.items import Item, Source
from catdog.errors import ArchiveError, PictureError

_DAMAGED = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError)
_DRIVE = re.compile(r"[A-Za-z]:")


@contextmanager
def source(path: Path) -> Iterator[Source]:
    """The archive's files. Raises ArchiveError: no archive, damaged, encrypted, or with a member that is unsafe."""
    if zipfile.is_zipfile(path):
        reader = _zip
    elif tarfile.is_tarfile(path):
        reader = _tar
    else:
        raise ArchiveError(
            f"{path}: no archive that can be read: give a whole .zip, .tar, .tar.gz, .tar.bz2 or .tar.xz"
        )
    with reader(path) as items:
        yield Source.of(items)


@contextmanager
def _zip(path: Path) -> Iterator[list[Item]]:
    with _told_of(path):
        archive = zipfile.ZipFile(path)
    with archive:
        items = []
        for member in archive.infolist():
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise _unsafe(path, member.filename, "a link" if kind == stat.S_IFLNK else "a device or pipe")
            name = _checked_name(path, member.filename)
            if member.flag_bits & 1:
                raise ArchiveError(f"{path}: {name} is encrypted: give an archive without a password")
            if not member.is_dir():
                items.append(Item(name, member.file_size, _zip_reader(archive, member)))
        yield items


def _zip_reader(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            return archive.read(member)
        except (*_DAMAGED, NotImplementedError) as error:
            raise PictureError(f"cannot be unpacked: {error}") from None

    return read


@contextmanager
def _tar(path: Path) -> Iterator[list[Item]]:
    with _told_of(path):
        archive = tarfile.open(path)  # noqa: SIM115 it is closed below
    with archive:
        items = []
        with _told_of(path):
            members = archive.getmembers()
        for member in members:
            if not (member.isfile() or member.isdir()):
                what = "a link" if member.issym() or member.islnk() else "a device or pipe"
                raise _unsafe(path, member.name, what)
            name = _checked_name(path, member.name)
            if member.isfile():
                items.append(Item(name, member.size, _tar_reader(path, archive, member)))
        yield items


def _tar_reader(path: Path, archive: tarfile.TarFile, member: tarfile.TarInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        with _told_of(path):
            return archive.extractfile(member).read()

    return read


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGED as error:
        raise ArchiveError(f"{path}: damaged or truncated: {error}; get the whole archive again") from None


def _checked_name(path: Path, name: str) -> str:
    """With slashes, and inside the folder that the archive would be unpacked to."""
    name = name.replace("\\", "/")
    if name.startswith("/") or _DRIVE.match(name):
        raise _unsafe(path, name, "an absolute path")
    if ".." in PurePosixPath(name).parts:
        raise _unsafe(path, name, "a path that leads out of its folder")
    return name


def _unsafe(path: Path, name: str, what: str) -> ArchiveError:
    return ArchiveError(f"{path}: refused, nothing was taken from it: its member {name!r} is {what}")
