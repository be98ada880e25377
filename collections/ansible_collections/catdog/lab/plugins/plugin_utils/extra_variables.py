"""Variables of the command line that nothing reads: Ansible takes them in silence, a mistyped one with no effect."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

WORD = re.compile(r"\b[a-z]\w+")


def files(playbook: Path, roles: Path, inventories: Iterable[str]) -> Iterator[Path]:
    """What can read a variable."""
    yield from playbook.parent.glob("*.yml")
    yield from (path for path in roles.glob("**/*") if path.suffix in (".yml", ".j2"))
    for inventory in map(Path, inventories):
        yield from (path for path in [inventory, *inventory.glob("**/*")] if path.is_file())


def unread(names: Iterable[str], playbook: Path, inventories: Iterable[str]) -> str:
    """Which of these variables is named nowhere, in words; empty if none.

    Those are judged whose names begin like those of inventories (lab_) or of a role's inputs; others may be anybody's.
    Roles are beside the playbook or its folder; without any nothing is judged.
    """
    roles = next((folder / "roles" for folder in playbook.parents[:2] if (folder / "roles").is_dir()), None)
    if roles is None:
        return ""
    prefixes = ("lab_", *(f"{path.name}_" for path in roles.iterdir()))
    if not (asked := [name for name in names if name.startswith(prefixes)]):
        return ""
    known = {
        word for path in files(playbook, roles, inventories) for word in WORD.findall(path.read_text(errors="replace"))
    }
    if not (unknown := sorted(set(asked) - known)):
        return ""
    meant = difflib.get_close_matches(unknown[0], [word for word in known if word.startswith(prefixes)], 1, 0.8)
    return f"nothing reads the variable {' or '.join(unknown)}.{f' Is {meant[0]} meant?' if meant else ''}"
