"""What a source of photos holds: files, in a fixed order, read one at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_HIDDEN = re.compile(r"(^|/)(\.|__MACOSX/)")


@dataclass(frozen=True)
class Item:
    """A file of a source. name: its path there, with slashes; size: bytes; read: raises PictureError if damaged."""

    name: str
    size: int
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Source:
    """Items in a fixed order; `total` of them, of `bytes` together at most."""

    items: Iterable[Item]
    total: int
    bytes: int

    @classmethod
    def of(cls, items: list[Item]) -> Source:
        """Of items that are known; what systems add (names that begin with a dot, __MACOSX) is passed over."""
        visible = [item for item in items if not _HIDDEN.search(item.name)]
        return cls(visible, len(visible), sum(item.size for item in visible))
