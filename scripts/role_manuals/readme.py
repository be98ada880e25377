"""Writes the tables of a role's README.md, each between two markers. The rest is written by hand."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from .inputs import Input, ManualError

BEGIN, END = "<!-- inputs: made by `make manuals` -->\n", "<!-- end of inputs -->\n"


def with_inputs(path: Path, inputs: dict[str, Input]) -> str:
    """The README with the table of the inputs as they are now; ManualError where it has no place for it."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ManualError(f"{path} has no place for its inputs. Put there, under `## Inputs`:\n{BEGIN}{END}")
    rows = [f"| `{entry.name}` | {_meaning(entry)} | {_default(entry)} |\n" for entry in inputs.values()]
    return f"{before}{BEGIN}| input | meaning | default |\n|---|---|---|\n{''.join(rows)}{END}{after}"


def _meaning(entry: Input) -> str:
    """The manual's text, an example as code, and the values that are allowed."""
    text, example, value = entry.text.partition("Example: ")
    if example and "`" not in value:
        value = f"`{value}`"
    choices = f" One of: {', '.join(f'`{choice}`' for choice in entry.choices)}." if entry.choices else ""
    return _escape(text + example + value + choices)


def _default(entry: Input) -> str:
    """What holds where nothing is set: the inventory's variable and the value without it, or the value."""
    if entry.required:
        return "must be set"
    if not entry.has_default:
        return "none"
    if entry.variable:
        return f"`{entry.variable}`, else {_code(entry.fallback)}"
    return _code(entry.default)


def _code(value: object) -> str:
    """A value as YAML on one line."""
    if isinstance(value, str):
        return _escape(f"`{value}`") if value else "empty"
    return _escape(f"`{yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10000).splitlines()[0]}`")


def _escape(text: str) -> str:
    """What Markdown would take for a table, a tag or emphasis, save in code, as itself."""
    parts = re.split(r"(`[^`]*`)", text.replace("|", r"\|"))
    return "".join(part if part.startswith("`") else re.sub(r"([<*])", r"\\\1", part) for part in parts)
