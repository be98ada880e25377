"""Large files by http and https: what has come is kept, and the same call goes on from there."""

from __future__ import annotations

import hashlib
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from catdog import __version__
from catdog.errors import ArchiveError, DownloadError
from catdog.files import web
from catdog.files.disk_errors import require_space, writing

# For a connection, and for each part that is waited for.
TIMEOUT = 30.0
_ATTEMPTS = 5
_PART = 256 * 1024

Listener = Callable[[int, int | None], None]


class _BrokenError(Exception):
    """The connection ended before the file did."""


def download(url: str, path: Path, sha256: str | None = None, progress: Listener | None = None) -> None:
    """Have what is at `url` in the file `path`; at once if it is there.

    Until it is whole it is `path` with .partial, from which a later call goes on (HTTP Range, RFC 9110), unless the
    server's file has changed since. A connection that breaks is taken up again, a few times in a row without a byte.
    progress is told (bytes, of). Raises DownloadError, ArchiveError for another SHA-256, OutputError.
    """
    if not path.exists():
        partial = path.with_name(f"{path.name}.partial")
        _fetch_all(url, partial, progress)
        with writing(path):
            partial.replace(path)
            _about(partial).unlink(missing_ok=True)
    if sha256:
        check_hash(path, sha256)


def check_hash(path: Path, wanted: str) -> None:
    """Raises ArchiveError when the file's SHA-256 is another."""
    with path.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != wanted.lower():
        raise ArchiveError(
            f"{path}: is not the file that was asked for: its SHA-256 is {actual}, not {wanted}; "
            "give the right --sha256, or remove the file to have it anew"
        )


def _fetch_all(url: str, partial: Path, progress: Listener | None) -> None:
    failures = 0
    while True:
        before = _size(partial)
        try:
            return _fetch_rest(url, partial, progress)
        except (_BrokenError, DownloadError) as error:
            kept = _size(partial)
            failures = 1 if kept > before else failures + 1
            # One that never began is told at once: the address is wrong, or there is no network.
            if failures == _ATTEMPTS or isinstance(error, DownloadError):
                more = f"; {kept / 1e6:.1f} MB are kept in {partial}: give the same command again" if kept else ""
                kind = type(error) if isinstance(error, DownloadError) else DownloadError
                raise kind(f"{url}: {error}{more}") from None


def _fetch_rest(url: str, partial: Path, progress: Listener | None) -> None:
    have, known = _size(partial), _read_about(partial)
    headers = {"User-Agent": f"catdog/{__version__} (class lab)"}
    if have and known:
        headers |= {"Range": f"bytes={have}-", "If-Range": known}
    request = urllib.request.Request(web.encoded(url), headers=headers)
    try:
        with _answer(request) as response:
            goes_on = response.status == http.client.PARTIAL_CONTENT
            start = have if goes_on else 0
            told = response.headers.get("Content-Length", "")
            total = start + int(told) if told.isdigit() else None
            if goes_on and not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                partial.unlink()
                raise _BrokenError("the server sent another part than was asked for")
            if total:
                require_space(partial.parent, total - start)
            with writing(partial):
                # An ETag that is weak, or none: a later part might not fit, so none is asked for.
                version = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
                _about(partial).write_text(json.dumps("" if version.startswith("W/") else version))
                with partial.open("ab" if goes_on else "wb") as file:
                    _copy(response, file, start, total, progress)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            if error.headers.get("Content-Range") == f"bytes */{have}":
                return  # it was whole already
            partial.unlink()  # longer than the file: begin again
            raise _BrokenError("the file has changed") from None
        raise web.refusal(error) from None
    except urllib.error.URLError as error:
        raise web.unreachable(error.reason, TIMEOUT) from None
    except (ValueError, http.client.InvalidURL) as error:
        raise DownloadError(f"no valid address: {error}") from None


def _answer(request: urllib.request.Request) -> http.client.HTTPResponse:
    """The server's, as soon as its headers are there."""
    try:
        return web.opener().open(request, timeout=TIMEOUT)
    except (urllib.error.URLError, http.client.InvalidURL):
        raise
    except (OSError, http.client.HTTPException) as error:
        raise _BrokenError(f"the connection broke: {error}") from None


def _copy(response: http.client.HTTPResponse, file, start: int, total: int | None, progress: Listener | None) -> None:
    done = start
    while True:
        try:
            part = response.read1(_PART)
        except (OSError, http.client.HTTPException) as error:
            raise _BrokenError(f"the connection broke: {error}") from None
        if not part:
            break
        file.write(part)
        done += len(part)
        if progress:
            progress(done, total)
    if total is not None and done < total:
        raise _BrokenError(f"the connection broke after {done} of {total} bytes")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _about(partial: Path) -> Path:
    """Beside the unfinished file: which version of the server's it is of."""
    return partial.with_name(f"{partial.name}.version")


def _read_about(partial: Path) -> str:
    try:
        return json.loads(_about(partial).read_text())
    except (OSError, ValueError):
        return ""
