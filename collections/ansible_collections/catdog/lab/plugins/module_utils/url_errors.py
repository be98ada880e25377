"""Why an address did not answer, in words for a message."""

from __future__ import annotations

from urllib.error import HTTPError, URLError


def reason(error: Exception) -> str:
    """What is wrong, without the wrapping of Python's own."""
    cause = error.reason if isinstance(error, URLError) and not isinstance(error, HTTPError) else error
    return getattr(cause, "strerror", None) or str(cause)
