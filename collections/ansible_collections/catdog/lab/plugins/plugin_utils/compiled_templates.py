"""Templates stay compiled while a run lasts; Ansible compiles each wherever a variable or a condition is read.

Fits the ansible-core of the locked ansible only (locks/).
"""

from __future__ import annotations

from types import CodeType
from typing import Any

from ansible._internal._templating._jinja_bits import AnsibleEnvironment, _TemplateCompileContext
from jinja2.environment import Environment

Key = tuple[str, str | None, str | None, bool, bool | None]
COMPILED: dict[Key, CodeType] = {}


def compile_once(
    self: Environment,
    source: Any,
    name: str | None = None,
    filename: str | None = None,
    raw: bool = False,
    defer_init: bool = False,
) -> Any:
    """`Environment.compile` of Jinja: the code of a text that was compiled before by the same rules, else new code.

    Ansible's environments differ in what `overlay` is given, and a text in whether backslashes are escaped.
    """
    if self.overlayed or raw or not isinstance(source, str):
        return Environment.compile(self, source, name, filename, raw, defer_init)
    rules = _TemplateCompileContext.current(optional=True)
    key = (str(source), name, filename, defer_init, rules and rules.escape_backslashes)
    if key not in COMPILED:
        COMPILED[key] = Environment.compile(self, source, name, filename, raw, defer_init)
    return COMPILED[key]


def keep_compiled() -> None:
    """From now on, in this process and in those that it forks."""
    AnsibleEnvironment.compile = compile_once
