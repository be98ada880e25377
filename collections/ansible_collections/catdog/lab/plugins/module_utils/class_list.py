"""Who is in a class, from a count, names or a table, and the names that each of them gets in Kubernetes.

A name in Kubernetes is made from a person's and stays the same as long as those before it in the list do: newcomers
belong at the end.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# A Route's first label, <notebook>-<namespace>, has at most 63 characters (RFC 1035): this leaves 22 for both prefixes.
LONGEST_NAME = 41
RESERVED = {"all", "attendees", "cluster", "embedded", "localhost", "ungrouped"}  # groups and hosts of inventories
DIGEST_LENGTH = 6  # hexadecimal digits in place of what is cut off
MOST_SEATS = 500  # as many blocks of five NodePorts as there are
# As German writes them where it has no umlauts; for all else python-slugify knows one letter each.
SPELLINGS = [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue")]


class ClassListError(ValueError):
    """The list cannot be used; the message names the line and what to do."""


@dataclass(frozen=True)
class Person:
    """Somebody on the list, with the place in it: `line 3`, `names[2]`."""

    place: str
    name: str
    email: str = ""


@dataclass(frozen=True)
class Seat:
    """A place in the class: the attendee's name in the inventory and in Kubernetes, and whose it is."""

    name: str
    person: Person


def counted(count: int) -> list[Person]:
    """attendee1, attendee2, … Raises ClassListError where it is no number of seats."""
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_SEATS:
        raise ClassListError(f"count is '{count}'. Give a number of attendees, 1 to {MOST_SEATS}.")
    return [Person(f"attendee {number}", f"attendee{number}") for number in range(1, count + 1)]


def listed(names: Iterable[object]) -> list[Person]:
    """A person a name. Raises ClassListError for what is no text."""
    people = []
    for number, name in enumerate(names):
        if not isinstance(name, str) or not name.strip():
            raise ClassListError(
                f"names[{number}] is '{name}'. Give a name, in quotation marks if it looks like a number."
            )
        people.append(Person(f"names[{number}]", " ".join(name.split())))
    return people


def tabled(text: str, file: str) -> list[Person]:
    """The people of a table of comma or semicolon separated values with a heading: `name`, and `email` if wanted.

    Empty lines are passed over. Raises ClassListError.
    """
    heading = text.splitlines()[0] if text.strip() else ""
    rows = _rows(text, file, ";" if heading.count(";") > heading.count(",") else ",")
    _, first = next(rows, ("", []))
    columns = [_column(cell) for cell in first]
    if "name" not in columns:
        raise ClassListError(f"{file}, line 1 is '{heading}'. Begin with the heading name, or name,email.")
    people = []
    for place, row in rows:
        cells = dict(zip(columns, (" ".join(cell.split()) for cell in row), strict=False))
        if not any(cells.values()):
            continue
        if len(row) > len(columns):
            raise ClassListError(
                f'{place} has {len(row)} values for {len(columns)} columns. Put a name with a comma in ".'
            )
        if not cells.get("name"):
            raise ClassListError(f"{place} has no name. Fill it in, or remove the line.")
        people.append(Person(place, cells["name"], cells.get("email", "")))
    return people


def _rows(text: str, file: str, delimiter: str) -> Iterator[tuple[str, list[str]]]:
    """Each row with its place. Raises ClassListError where there is no next one to be made out."""
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        for row in rows:
            yield f"{file}, line {rows.line_num}", row
    except csv.Error as error:
        raise ClassListError(f"{file}, line {rows.line_num} cannot be read: {error}. Mend it, or remove it.") from error


def _column(cell: str) -> str:
    return cell.strip().lstrip("\ufeff").lower().replace("-", "")  # a spreadsheet may begin its file with a mark


def seats(people: list[Person]) -> list[Seat]:
    """A seat for each person, in order, no two of the same name. Raises ClassListError."""
    if not people:
        raise ClassListError("there is nobody in the class. Name at least one attendee.")
    if len(people) > MOST_SEATS:
        raise ClassListError(f"there are {len(people)} attendees. Split the class: one has at most {MOST_SEATS}.")
    taken: dict[str, Person] = {}
    known: dict[tuple[str, str], Person] = {}
    for person in people:
        same = known.setdefault((person.name.casefold(), person.email.casefold()), person)
        if same is not person and person.email:
            raise ClassListError(f"{person.place}: {person.name} <{person.email}> is {same.place} already. Remove one.")
        name = plain = plain_name(person)
        number = 2
        while name in taken:
            name = _cut(f"{plain}-{number}")
            number += 1
        taken[name] = person
    return [Seat(name, person) for name, person in taken.items()]


def plain_name(person: Person) -> str:
    """The person's name as a label of RFC 1123 that begins with a letter; else what the address has before the @.

    Raises ClassListError where neither has a letter or a digit.
    """
    from slugify import slugify

    for text in (person.name, person.email.partition("@")[0]):
        if name := slugify(text, replacements=SPELLINGS):
            return _cut(name if name[0].isalpha() and name not in RESERVED else f"a-{name}")
    raise ClassListError(f"{person.place}: no name can be made of '{person.name}'. Write it in letters or digits.")


def _cut(name: str) -> str:
    """The name, or its beginning and a digest of all of it, so that long names that begin alike stay apart."""
    if len(name) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:DIGEST_LENGTH]
    return f"{name[: LONGEST_NAME - DIGEST_LENGTH - 1].rstrip('-')}-{digest}"
