"""How a run was asked for, in words that ask for it again: quoted for a shell, secrets left out."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

DEFAULT_INVENTORY = "inventories/embedded"  # the Makefile's
HIDDEN = "…"
_SECRET = r"[\w.-]*(?:token|passw(?:or)?d|passphrase|secret|webhook)[\w.-]*"
_QUOTED = r"\"(?:\\.|[^\"\\])*\"|'[^']*'"
# name=value as Ansible splits it, and "name": value as JSON and YAML have it.
_SECRETS = re.compile(
    rf"(?P<pair>\b{_SECRET}=)(?:{_QUOTED}|\S+)"
    rf"|(?P<entry>[\"']?\b{_SECRET}[\"']?\s*:\s*)(?:{_QUOTED}|[{{\[].*|[^,}}\]]+)",
    re.IGNORECASE | re.DOTALL,
)


def without_secrets(argument: str) -> str:
    """The argument with the values of variables hidden whose names tell that they are secret."""
    option = argument.partition("=")[0]
    if argument.startswith("--") and not "--extra-vars".startswith(option):
        return argument
    return _SECRETS.sub(lambda found: (found["pair"] or found["entry"]) + HIDDEN, argument)


def without_option(arguments: Sequence[str], letter: str, name: str) -> list[str]:
    """The arguments without an option and its value, in whichever of its forms: -t x, -tx, --tags x, --tags=x."""
    kept, is_value = [], False
    for argument in arguments:
        is_option = argument in (f"-{letter}", f"--{name}")
        if not is_value and not is_option and not re.match(rf"--{name}=|-{letter}.", argument):
            kept.append(argument)
        is_value = is_option and not is_value
    return kept


def again(
    argv: Sequence[str], playbooks: Sequence[str], verb: str = "", only_tag: str = "", only_host: str = ""
) -> str:
    """The command that does the same again: `make <verb>` if it was that, else `ansible-playbook`.

    `argv` is the command line as Ansible got it, `playbooks` what of it names playbooks. With `only_tag` or `only_host`
    it runs that alone.
    """
    program, arguments = argv[0], [without_secrets(argument) for argument in argv[1:]]
    if only_tag:
        arguments = [*without_option(arguments, "t", "tags"), "--tags", only_tag]
    if only_host:
        arguments = [*without_option(arguments, "l", "limit"), "--limit", only_host]
    if not verb:
        return shlex.join([Path(program).name if Path(program).is_absolute() else program, *arguments])
    inventory = ""
    if arguments[:1] == ["--inventory"]:  # the Makefile's own comes first
        inventory, arguments = arguments[1], arguments[2:]
    words = ["make", verb] + ([f"INVENTORY={inventory}"] if inventory not in ("", DEFAULT_INVENTORY) else [])
    options = shlex.join([argument for argument in arguments if argument not in playbooks]).replace("$", "$$")
    return shlex.join(words) + (f" ARGS={shlex.quote(options)}" if options else "")
