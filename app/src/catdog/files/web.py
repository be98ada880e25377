"""What lies at an address on the web: http and https only, of bounded size, in bounded time, or the reason why not."""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from catdog import __version__
from catdog.errors import DownloadError, UnreachableError

TIMEOUT = 20.0
MAX_REDIRECTS = 5
_CHUNK = 64 * 1024
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_REDIRECTS = {301, 302, 303, 307, 308}


def is_url(address: str) -> bool:
    """Whether it begins like an address on the web, of whatever scheme, and not like a file's path."""
    return bool(_SCHEME.match(address))


class Download:
    """Bytes on their way. A thread of its own fetches them, as neither a server nor a name service can be hurried.

    max_bytes: more is refused; timeout: seconds for all of it, from the name to the last byte.
    """

    def __init__(self, url: str, max_bytes: int, timeout: float = TIMEOUT) -> None:
        self._url, self._max_bytes, self._timeout = url, max_bytes, timeout
        self._deadline = time.monotonic() + timeout
        self._data = b""
        self._error: Exception | None = None
        self._done = threading.Event()
        # A daemon: one that hangs is left behind, and does not keep the program from ending.
        threading.Thread(target=self._run, daemon=True).start()

    def result(self) -> bytes:
        """Wait for the bytes. Raises DownloadError, or its UnreachableError where no server answered."""
        if not self._done.wait(max(0, self._deadline - time.monotonic())):
            raise unreachable(TimeoutError(), self._timeout)
        if self._error:
            raise self._error
        return self._data

    def _run(self) -> None:
        try:
            self._data = self._fetch()
        except DownloadError as error:
            self._error = error
        except urllib.error.HTTPError as error:
            self._error = refusal(error)
            error.close()
        except urllib.error.URLError as error:
            self._error = unreachable(error.reason, self._timeout)
        except (OSError, http.client.HTTPException) as error:
            self._error = unreachable(error, self._timeout)
        except ValueError as error:
            self._error = DownloadError(f"no valid address: {error}")
        except Exception as error:  # unforeseen: raised where the bytes are waited for, not lost in the thread
            self._error = error
        finally:
            self._done.set()

    def _fetch(self) -> bytes:
        request = urllib.request.Request(
            encoded(self._url),
            headers={"User-Agent": f"catdog/{__version__} (class lab)", "Accept": "image/*, */*;q=0.5"},
        )
        with opener().open(request, timeout=self._timeout) as response:
            told = response.headers.get("Content-Length", "")
            length = int(told) if told.isdigit() and response.length is not None else None
            if length is not None and length > self._max_bytes:
                raise DownloadError(f"{length} bytes are more than the limit of {self._max_bytes}")
            data = bytearray()
            while len(data) != length and (chunk := response.read1(_CHUNK)):
                data += chunk
                if len(data) > self._max_bytes:
                    raise DownloadError(f"more than the limit of {self._max_bytes} bytes")
                if time.monotonic() > self._deadline:
                    raise unreachable(TimeoutError(), self._timeout)
        if length is not None and len(data) < length:
            raise DownloadError(f"the connection broke after {len(data)} of {length} bytes: try again")
        return bytes(data)


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = MAX_REDIRECTS


def opener() -> urllib.request.OpenerDirector:
    """Unlike urllib's own it has no handler for files, FTP and data addresses, to which a server may redirect."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=_authorities()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    return opener


def _authorities() -> ssl.SSLContext:
    """Trusts what the system trusts; where that has no authorities, as in the notebook's image, those of certifi."""
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if not paths.cafile and not (paths.capath and any(Path(paths.capath).iterdir())):
        with contextlib.suppress(ImportError):
            import certifi

            context.load_verify_locations(certifi.where())
    return context


def encoded(url: str) -> str:
    """As it goes over the wire: spaces and letters beyond ASCII encoded. Raises DownloadError for another scheme."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DownloadError("is no address of http:// or https://")
    netloc = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    path, query = (quote(part, safe="/%:=&?~+!$,;'@()*[]") for part in (parts.path, parts.query))
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def unreachable(reason: object, timeout: float) -> DownloadError:
    """What to say when no answer came within `timeout` seconds, or none that could be understood."""
    if isinstance(reason, TimeoutError):
        return UnreachableError(f"did not come within {timeout:g} s")
    if isinstance(reason, socket.gaierror):
        return UnreachableError("the server's name is not known here: no such server, or no way to the internet")
    if isinstance(reason, ssl.SSLCertVerificationError):
        return UnreachableError(f"the server's certificate is not trusted here: {reason.verify_message}")
    if isinstance(reason, http.client.HTTPException):
        return UnreachableError(f"the server does not speak HTTP: {type(reason).__name__} {reason}".rstrip())
    if isinstance(reason, OSError):
        return UnreachableError(f"the server cannot be reached: {reason.strerror or reason}")
    return DownloadError(f"leads to what is not http:// or https://: {reason}")


def refusal(error: urllib.error.HTTPError) -> DownloadError:
    """What to say of a server's refusal."""
    if error.code in _REDIRECTS:
        return DownloadError(f"redirects more than {MAX_REDIRECTS} times, or to what is not http:// or https://")
    try:
        phrase = HTTPStatus(error.code).phrase
    except ValueError:
        phrase = ""
    return DownloadError(f"the server answers {error.code} {phrase}".rstrip())
