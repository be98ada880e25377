"""Lists of a class and the names made from them."""

from __future__ import annotations

import re

import pytest

from ansible_collections.catdog.lab.plugins.module_utils.class_list import (
    LONGEST_NAME,
    ClassListError,
    Person,
    counted,
    listed,
    seats,
    tabled,
)

LONG = "Maximiliane-Josephine von und zu Hohenlohe-Langenburg-Schillingsfürst"


def names(*people: str) -> list[str]:
    return [seat.name for seat in seats(listed(people))]


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ("alice", "alice"),
        ("  Jürgen   Müller ", "juergen-mueller"),
        ("Åsa Ødegård", "asa-odegard"),
        ("O'Brien, Éva", "o-brien-eva"),
        ("李雷", "li-lei"),
        ("007", "a-007"),
        ("Cluster", "a-cluster"),
        ("--x--", "x"),
    ],
)
def test_a_persons_name_becomes_a_label(person: str, name: str) -> None:
    assert names(person) == [name]


def test_long_names_are_cut_and_stay_apart() -> None:
    made = names(LONG, f"{LONG} the Younger", LONG)
    assert len(set(made)) == 3
    assert all(len(name) <= LONGEST_NAME and re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", name) for name in made)
    assert all(name.startswith("maximiliane-josephine-von-und-zu") for name in made)


def test_the_same_name_twice_gives_two_seats() -> None:
    assert names("Anna", "anna ", "Anna 2", "Ánna") == ["anna", "anna-2", "anna-2-2", "anna-3"]


def test_newcomers_at_the_end_leave_the_others_as_they_are() -> None:
    assert names("Bo", "Anna", "Bo")[:2] == names("Bo", "Anna")


def test_a_count_makes_numbered_attendees() -> None:
    assert [seat.name for seat in seats(counted(3))] == ["attendee1", "attendee2", "attendee3"]


@pytest.mark.parametrize("count", [0, -1, 501, True, "6"])
def test_a_count_that_is_none_is_refused(count: object) -> None:
    with pytest.raises(ClassListError, match="1 to 500"):
        counted(count)


@pytest.mark.parametrize("name", ["", "  ", 7, None])
def test_a_name_that_is_none_is_refused_with_its_place(name: object) -> None:
    with pytest.raises(ClassListError, match=r"names\[1\]"):
        listed(["Anna", name])


@pytest.mark.parametrize(
    "text",
    [
        "name,email\nAnna Berg,anna@example.org\n\nBo,\n",
        "\ufeffName;E-Mail\r\nAnna Berg;anna@example.org\r\nBo;\r\n",
        'email,group,name\nanna@example.org,blue,"Anna  Berg"\n,,Bo\n',
        "name,email\nAnna Berg,anna@example.org\nBo\n",
    ],
)
def test_tables_as_spreadsheets_write_them(text: str) -> None:
    people = tabled(text, "class.csv")
    assert [(person.name, person.email) for person in people] == [("Anna Berg", "anna@example.org"), ("Bo", "")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "class.csv, line 1 is ''"),
        ("Anna\nBo\n", "class.csv, line 1 is 'Anna'. Begin with the heading"),
        ("name,email\n,anna@example.org\n", "class.csv, line 2 has no name"),
        ("email,name\nanna@example.org\n", "class.csv, line 2 has no name"),
        (f"name\nBo\n{'x' * 200_000}\n", "class.csv, line 3 cannot be read: field larger than field limit"),
        ("name\nBerg, Anna\n", "class.csv, line 2 has 2 values for 1 columns"),
    ],
)
def test_a_table_that_is_none_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ClassListError, match=re.escape(said)):
        tabled(text, "class.csv")


def test_the_same_person_twice_is_refused_with_both_lines() -> None:
    people = tabled("name,email\nAnna,anna@example.org\nBo,b@example.org\nanna,Anna@example.org\n", "class.csv")
    with pytest.raises(ClassListError, match=r"class.csv, line 4: .* is class.csv, line 2 already"):
        seats(people)


def test_a_name_without_letters_comes_from_the_address_or_is_refused() -> None:
    assert [seat.name for seat in seats([Person("line 2", "***", "b.star@example.org")])] == ["b-star"]
    with pytest.raises(ClassListError, match="line 2: no name can be made"):
        seats([Person("line 2", "***")])


def test_a_class_of_nobody_and_one_too_large_are_refused() -> None:
    with pytest.raises(ClassListError, match="nobody"):
        seats([])
    with pytest.raises(ClassListError, match="Split the class"):
        seats(listed(f"Person {number}" for number in range(501)))
