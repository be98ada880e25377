"""Decision records are numbered without gaps, listed in their index, and each says what was decided and why."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path


def records(root: Path) -> list[Path]:
    return sorted(path for path in (root / "docs/decisions").glob("*.md") if path.name != "README.md")


def test_numbers_have_no_gap(root: Path):
    numbers = [int(path.name[:4]) for path in records(root)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers, "there is no decision record"


def test_the_index_lists_every_record_in_order(root: Path):
    index = (root / "docs/decisions/README.md").read_text()
    assert re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", index) == [path.name for path in records(root)]


def test_a_record_starts_with_its_title(root: Path):
    untitled = [path.name for path in records(root) if not path.read_text().startswith("# ")]
    assert untitled == []


def test_every_direct_dependency_has_its_reason(root: Path):
    project = tomllib.loads((root / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    lists = [project["project"]["dependencies"], *extras.values(), *project["dependency-groups"].values()]
    named = {re.match(r"[\w-]+", requirement).group() for requirements in lists for requirement in requirements}
    table = [
        line
        for line in (root / "docs/decisions/0007-python-dependencies.md").read_text().splitlines()
        if line.startswith("| ")
    ]
    explained = {name for line in table for name in re.findall(r"`([\w-]+)`", line.split("|")[2])}
    assert explained == named
