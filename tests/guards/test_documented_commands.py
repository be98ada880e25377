"""Each `make …` of the documents is one that make takes, with variables that the bundle reads."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATTERNS = ("README.md", "CONTRIBUTING.md", "docs/*/README.md", "roles/*/README.md")
DOCUMENTS = [path for pattern in PATTERNS for path in ROOT.glob(pattern)]
# A command alone in a line of a block, or between backticks; a comment may follow.
COMMAND = re.compile(r"^make [a-z][^\n#`]*|`(make [a-z][^`\n]*)`", re.MULTILINE)
PLACEHOLDER = re.compile(r"[<…{]")
VARIABLE = re.compile(r"-e '?\"?([a-z_]+)=")


def commands() -> Iterator[tuple[str, str]]:
    for document in DOCUMENTS:
        for found in COMMAND.finditer(document.read_text()):
            line = (found[1] or found[0]).strip()
            if not PLACEHOLDER.search(line):
                yield str(document.relative_to(ROOT)), line


FOUND = sorted(set(commands()))


def test_there_are_some() -> None:
    assert len(FOUND) > 40


@pytest.mark.parametrize("line", sorted({line for _, line in FOUND}))
def test_make_takes_it(line: str) -> None:
    said = subprocess.run([*shlex.split(line), "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr


@pytest.mark.parametrize("variable", sorted({name for _, line in FOUND for name in VARIABLE.findall(line)}))
def test_something_reads_its_variables(variable: str) -> None:
    files = [*ROOT.glob("inventories/*/group_vars/all/*.yml"), *ROOT.glob("roles/*/defaults/main.yml")]
    assert any(re.search(rf"^(# )?{variable}:", file.read_text(), re.MULTILINE) for file in files)
