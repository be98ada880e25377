"""Reads Kubernetes objects out of folders, files and URLs of manifests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.urls import open_url

from ansible_collections.catdog.lab.plugins.module_utils.url_errors import reason

SUFFIXES = {".yaml", ".yml"}
SECONDS = 30
# What a URL gives must have this sum, where it is given: https://…/manifests.yaml#sha256=<64 hex digits>
CHECKSUM = "#sha256="


class ManifestsError(Exception):
    """A source that cannot be read, in words: which, and why."""


def download(source: str) -> bytes:
    """What a URL gives. Raises ManifestsError if it has another SHA-256 than `source` ends with; OSError."""
    url, _, wanted = source.partition(CHECKSUM)
    content = open_url(url, timeout=SECONDS).read()
    found = hashlib.sha256(content).hexdigest()
    if wanted and found != wanted.lower():
        raise ManifestsError(f"{url} gives a file with the SHA-256 {found} instead of {wanted}.")
    return content


def contents(source: str, missing_ok: bool) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file that `source` stands for."""
    if source.startswith(("http://", "https://")):
        yield source.partition(CHECKSUM)[0], download(source)
        return
    path = Path(source).expanduser()
    if not path.exists() and not missing_ok:
        raise ManifestsError(f"{source} does not exist: expected a folder, a file or a URL of manifests.")
    if path.is_dir():
        for file in sorted(path.iterdir()):
            if file.suffix in SUFFIXES:
                yield str(file), file.read_bytes()
    elif path.exists():
        yield source, path.read_bytes()


def documents(name: str, content: bytes) -> Iterator[dict[str, Any]]:
    try:
        yield from filter(None, yaml.load_all(content.decode(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except UnicodeDecodeError as error:
        raise ManifestsError(
            f"{name} is no text: of a release's archive, unpack it and name its folder install/cluster-operator."
        ) from error
    except yaml.YAMLError as error:
        raise ManifestsError(f"{name} cannot be read: {error}") from error


def read_manifests(sources: Iterable[str], missing_ok: bool = False) -> list[dict[str, Any]]:
    """The objects of all sources in their order; files of a folder by name, empty documents left out.

    Raises ManifestsError.
    """
    found: list[dict[str, Any]] = []
    for source in sources:
        try:
            for name, content in contents(source, missing_ok):
                found += documents(name, content)
        except OSError as error:
            raise ManifestsError(f"The manifests of {source} cannot be read: {reason(error)}.") from error
    return found
