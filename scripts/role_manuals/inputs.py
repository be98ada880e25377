"""Reads a role's inputs from its defaults/main.yml, which is the manual.

A comment stands above each input. Its lines are the manual's text, save the marks at its end:

    # Type: list of int          where the default does not tell it: a template, an empty list
    # One of: full, compact      the values that are allowed
    # Required                   an input without default that must be set

An input without default stands there commented out, with an example as its value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TYPES = {"bool", "dict", "float", "int", "list", "path", "raw", "str"}
MARK = re.compile(r"(?P<mark>Type|One of): (?P<value>.+?)\.?|(?P<required>Required)\.?")
# `{{ lab_x | default(…) }}` with a value that YAML reads as Jinja does.
LITERAL = re.compile(
    r"\{\{ (?P<variable>lab_\w+) \| default\((?P<literal>'[^']*'|[\d.]+|true|false|\[[^\]]*\]|\{[^}]*\})\) \}\}"
)
MISSING = object()


class ManualError(Exception):
    """The files of a role do not tell what its manual needs: says where, what, and what to do."""


@dataclass(frozen=True)
class Input:
    """One input of a role.

    `default` is MISSING where there is none, `elements` the type of a list's items ("" if it is no list or they are of
    any type), `variable` the inventory variable that the default reads, `fallback` its value where that is not set
    (both only in defaults of the form `{{ lab_x | default(…) }}`).
    """

    name: str
    text: str
    default: Any
    type: str
    elements: str = ""
    choices: tuple = ()
    required: bool = False
    variable: str = ""
    fallback: Any = MISSING

    @property
    def has_default(self) -> bool:
        """Whether the role has a value for it."""
        return self.default is not MISSING


def read_inputs(role: Path) -> dict[str, Input]:
    """All inputs of a role by name, in the order of defaults/main.yml; ManualError where one is not told wholly."""
    path = role / "defaults" / "main.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    values = yaml.safe_load("\n".join(lines)) or {}
    inputs: dict[str, Input] = {}
    comment: list[str] = []
    for line in lines:
        if set_here := re.match(r"([a-z]\w*):", line):
            name, value = set_here[1], values[set_here[1]]
        elif left_out := re.match(rf"# ({role.name}_\w+): (.*)", line):
            name, value = left_out[1], MISSING
            example = yaml.safe_load(left_out[2])
        else:
            comment = [*comment, line[1:].strip()] if line.startswith("#") else comment if line.startswith(" ") else []
            continue
        inputs[name] = _input(path, name, comment, value, example if value is MISSING else value)
        comment = []
    return inputs


def _input(path: Path, name: str, comment: list[str], default: Any, sample: Any) -> Input:
    """One input of its comment and default; `sample` is a value whose type is the input's."""
    text, marks = _split(comment)
    if not text:
        raise ManualError(f"{path}: {name} has no comment of its own. Write above it what it is for and its shape.")
    literal = LITERAL.fullmatch(default) if isinstance(default, str) else None
    fallback = yaml.safe_load(literal["literal"]) if literal else MISSING
    kind, elements = _type(marks.get("Type", ""), sample if fallback is MISSING else fallback)
    if kind not in TYPES or (elements and elements not in TYPES) or (kind == "list" and not elements):
        raise ManualError(
            f"{path}: the default of {name} does not tell its type. End its comment with a line `# Type: …`: "
            f"{', '.join(sorted(TYPES - {'list'}))}, or a list of one of them."
        )
    choices = tuple(yaml.safe_load(f"[{marks['One of']}]")) if "One of" in marks else ()
    required = "Required" in marks
    if required and default is not MISSING:
        raise ManualError(f"{path}: {name} is required and has a default. Choose one of the two.")
    variable = literal["variable"] if literal else ""
    return Input(name, text, default, kind, elements, choices, required, variable, fallback)


def _split(comment: list[str]) -> tuple[str, dict[str, str]]:
    """The text of a comment, and its marks by name."""
    marks: dict[str, str] = {}
    while comment and (mark := MARK.fullmatch(comment[-1])):
        marks[mark["mark"] or mark["required"]] = mark["value"] or ""
        comment = comment[:-1]
    return " ".join(comment), marks


def _type(mark: str, sample: Any) -> tuple[str, str]:
    """Type and, for lists, type of the elements; of the mark, or of the sample. Empty where neither tells."""
    if mark:
        kind, _, elements = mark.partition(" of ")
        return kind, elements
    if isinstance(sample, list):
        elements = {_type("", element)[0] for element in sample}
        return "list", elements.pop() if len(elements) == 1 else ""
    if isinstance(sample, str) and re.fullmatch(r"\{\{.*\}\}", sample):
        return "", ""
    if isinstance(sample, str) and sample.startswith("/"):
        return "path", ""
    return type(sample).__name__, ""
