"""Writes meta/argument_specs.yml: every entry point with the inputs that it reads."""

from __future__ import annotations

import re
import textwrap
from typing import Any

import yaml

from .entry_points import EntryPoint
from .inputs import Input

HEAD = "# Made from defaults/main.yml and the task files by `make manuals`: change those.\n---\nargument_specs:\n"
WIDTH = 140


def specification(inputs: dict[str, Input], points: list[EntryPoint]) -> str:
    """The text of the file. An input stands whole in the first entry point that reads it, and as an alias in others."""
    text = HEAD
    described: set[str] = set()
    for point in points:
        text += f"  {point.name}:\n{_head(point)}    options:{'' if point.reads else ' {}'}\n"
        for name in point.reads:
            text += f"      {name}: "
            text += f"*{name}\n" if name in described else f"&{name}\n{_option(inputs[name])}"
        described |= set(point.reads)
    return text


def _head(point: EntryPoint) -> str:
    """What an entry point does: its first sentence, and all of them where there are more."""
    short, *more = re.split(r"(?<=\.) (?=[A-Z])", point.text, maxsplit=1)
    text = _yaml({"short_description": short.rstrip(".")}, "    ")
    return text + _description(point.text, "    ") if more else text


def _option(entry: Input) -> str:
    """An input as Ansible's argument specification has it."""
    option: dict[str, Any] = {"type": entry.type}
    if entry.elements and entry.elements != "raw":
        option["elements"] = entry.elements
    if entry.choices:
        option["choices"] = list(entry.choices)
    if entry.required:
        option["required"] = True
    if entry.has_default:
        option["default"] = entry.default
    return _description(entry.text, "        ") + _yaml(option, "        ")


def _description(text: str, indent: str) -> str:
    """A text as YAML folds it: nothing in it needs quotes."""
    width = WIDTH - len(indent)
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return f"{indent}description: >-\n" + "".join(f"{indent}  {line}\n" for line in lines)


class _Dumper(yaml.SafeDumper):
    """Writes YAML as the rest of the project is written: lists indented, templates in double quotes."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, '"' if "{{" in text or not text else None)


_Dumper.add_representer(str, _text)


def _yaml(value: dict, indent: str) -> str:
    return textwrap.indent(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000), indent)
