"""Both models side by side on a list of pictures: what each says, where they differ, and what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from PIL import Image

from catdog.comparison.lists import Entry, Group
from catdog.errors import PictureError
from catdog.files import web
from catdog.models.answer import Answer
from catdog.models.classification import classify
from catdog.pictures import sources
from catdog.pictures.decoding import thumbnail

if TYPE_CHECKING:
    from catdog.models.classifier import Classifier

THUMBNAIL_PIXELS = 160


@dataclass(frozen=True)
class Row:
    """One picture of the list: its thumbnail and an answer of each model, or the reason why there are none."""

    name: str
    address: str
    thumbnail: Image.Image | None = None
    answers: tuple[Answer, ...] = ()
    reason: str = ""
    unreachable: bool = False

    @property
    def differs(self) -> bool:
        """Whether not all models say the same."""
        return len({answer.label for answer in self.answers}) > 1

    def __str__(self) -> str:
        if self.reason:
            return f"{self.name}: not classified: {self.reason}"
        said = "; ".join(f"{one.model} model: {one.label} ({one.confidence:.0%})" for one in self.answers)
        return f"{self.name}: {said}{' - they differ' if self.differs else ''}"


@dataclass(frozen=True)
class Section:
    """A group of the list with its rows."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Comparison:
    """The whole list. models: name and hash of each, in the order of a row's answers."""

    title: str
    models: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]

    @property
    def rows(self) -> list[Row]:
        """Of all groups."""
        return [row for section in self.sections for row in section.rows]

    def summary(self) -> str:
        """One or two sentences: how many pictures, where the models differ, what could not be read."""
        rows = self.rows
        unread = sum(bool(row.reason) for row in rows)
        classified = len(rows) - unread
        told = f"{_count(classified)} classified"
        if classified:
            told += f", the models differ on {sum(row.differs for row in rows)}"
        told += f"; {unread} could not be read." if unread else "."
        from_web = [row for row in rows if web.is_url(row.address)]
        if from_web and all(row.unreachable for row in from_web):
            told += " No address on the web could be reached: there is no way to the internet from here, or the "
            told += "servers are gone. Lists of files work without it."
        return told


def compare(
    title: str,
    groups: Sequence[Group],
    classifiers: Sequence[Classifier],
    progress: Callable[[Row, int, int], None] | None = None,
) -> Comparison:
    """Ask all classifiers about every picture of the groups; progress is told (row, done, of).

    What cannot be read becomes a row with its reason.
    """
    entries = [entry for group in groups for entry in group.entries]
    found = sources.read_all(entry.address for entry in entries)
    rows = []
    for entry, one in zip(entries, found, strict=True):
        rows.append(_row(entry, one, classifiers))
        if progress:
            progress(rows[-1], len(rows), len(entries))
    left = iter(rows)
    sections = tuple(Section(group.heading, tuple(islice(left, len(group.entries)))) for group in groups)
    return Comparison(title, tuple((one.model.name, one.model.hash) for one in classifiers), sections)


def _row(entry: Entry, found: sources.Found, classifiers: Sequence[Classifier]) -> Row:
    name = sources.printable(entry.name)
    if found.reason:
        return Row(name, entry.address, reason=found.reason, unreachable=found.unreachable)
    try:
        classified = classify(classifiers, found.data)
        return Row(name, entry.address, thumbnail(classified.pixels, THUMBNAIL_PIXELS), classified.answers)
    except PictureError as error:
        return Row(name, entry.address, reason=str(error))


def _count(number: int) -> str:
    return f"{number} picture{'' if number == 1 else 's'}"
