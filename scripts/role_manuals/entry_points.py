"""Finds a role's entry points, and which inputs each of them reads.

An entry point is main.yml, verify.yml, each task file that no other one of the role includes, and each that the project
names by `tasks_from`. It reads what its files, those they include, the templates, and the variables used there name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .inputs import Input, ManualError

INCLUDES = ("ansible.builtin.include_tasks", "ansible.builtin.import_tasks")
CALLS = ("ansible.builtin.include_role", "ansible.builtin.import_role")


@dataclass(frozen=True)
class EntryPoint:
    """A task file that others start a role by: what its leading comment says, the names of the inputs it reads."""

    name: str
    text: str
    reads: tuple[str, ...]


def read_entry_points(role: Path, inputs: dict[str, Input], called: set[str]) -> list[EntryPoint]:
    """All entry points of a role, main first. `called` are the task files that the project names for this role."""
    folder = role / "tasks"
    files = {str(path.relative_to(folder).with_suffix("")): path for path in sorted(folder.glob("**/*.yml"))}
    texts = {name: path.read_text(encoding="utf-8") for name, path in files.items()}
    included = {name: _included(yaml.safe_load(text) or [], set(files)) for name, text in texts.items()}
    inner = set().union(*included.values())
    names = {"main"} | {name for name in files if name == "verify" or name in called or name not in inner}
    definitions = _definitions(role) | {name: str(entry.default) for name, entry in inputs.items()}
    templates = "\n".join(path.read_text(encoding="utf-8") for path in role.glob("templates/**/*") if path.is_file())
    points = []
    for name in sorted(names, key=lambda name: (name != "main", name)):
        text = "\n".join(texts[file] for file in _reached(name, included))
        used = _used(text + templates * (".j2" in text), definitions)
        reads = tuple(entry for entry in inputs if entry in used)
        points.append(EntryPoint(name, _leading_comment(files[name]), reads))
    if unread := [name for name in inputs if not any(name in point.reads for point in points)]:
        raise ManualError(f"{role / 'defaults' / 'main.yml'}: no task reads {', '.join(unread)}. Remove it.")
    return points


def read_calls(root: Path) -> dict[str, set[str]]:
    """Task files of roles that playbooks, scenarios and other roles name by `tasks_from`, by the role's name."""
    calls: dict[str, set[str]] = {}
    for folder in ("playbooks", "molecule", "roles"):
        for path in root.glob(f"{folder}/**/*.yml"):
            for task in _mappings(yaml.safe_load(path.read_text(encoding="utf-8"))):
                for call in filter(None, (task.get(module) for module in CALLS)):
                    calls.setdefault(call["name"], set()).add(call.get("tasks_from", "main"))
    return calls


def _included(tasks: list, names: set[str]) -> set[str]:
    """The task files that these tasks include. Of a name that is made at run time: those its task names, else all."""
    found: set[str] = set()
    for task in _mappings(tasks):
        for file in filter(None, (task.get(module) for module in INCLUDES)):
            pattern = r"\w+".join(map(re.escape, re.split(r"\{\{.*?\}\}", file.removesuffix(".yml"))))
            possible = {name for name in names if re.fullmatch(pattern, name)}
            named = {name for name in possible if re.search(rf"\b{Path(name).name}\b", str(task))}
            found |= named or possible
    return found


def _mappings(value: Any) -> list[dict]:
    """Every mapping in a YAML document, at any depth."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return ([value] if isinstance(value, dict) else []) + [mapping for part in inner for mapping in _mappings(part)]


def _reached(name: str, included: dict[str, set[str]]) -> set[str]:
    """A task file and all that are included from it."""
    reached, new = set(), {name}
    while new:
        reached |= new
        new = set().union(*(included[file] for file in new)) - reached
    return reached


def _definitions(role: Path) -> dict[str, str]:
    """The variables of vars/main.yml, each with the text that it is made from."""
    path = role / "vars" / "main.yml"
    values = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
    return {name: str(value) for name, value in (values or {}).items()}


def _used(text: str, definitions: dict[str, str]) -> set[str]:
    """The variables that a text uses, with those that they are made from. Comments do not count."""
    used: set[str] = set()
    new = definitions.keys() & set(re.findall(r"\w+", re.sub(r"(^|\s)#.*", "", text, flags=re.MULTILINE)))
    while new:
        used |= new
        new = definitions.keys() & {word for name in new for word in re.findall(r"\w+", definitions[name])} - used
    return used


def _leading_comment(path: Path) -> str:
    """The comment above a task file's first line; ManualError where there is none."""
    lines = path.read_text(encoding="utf-8").partition("---\n")[0].splitlines()
    if not lines:
        raise ManualError(f"{path} has no comment above its first line `---`. Write there what this entry point does.")
    return " ".join(line.lstrip("# ") for line in lines)
