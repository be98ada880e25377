"""Imports lead down the table of the operator's README, never up: what decides knows nothing of who asks it to."""

import ast
import re
from pathlib import Path

OPERATOR = Path(__file__).resolve().parent.parent
PACKAGE = OPERATOR / "src" / "embedded_operator"
PARTS = {entry.stem for entry in PACKAGE.iterdir()} - {"__init__", "__pycache__"}


def depths() -> dict[str, int]:
    """Row of each part, such as `objects` or `errors`, in the README's table; `*_operator` stands for all processes."""
    table = (OPERATOR / "README.md").read_text().split("| `src/embedded_operator/` | holds |\n|---|---|\n")[1]
    rows = [row.split("|")[1] for row in table.split("\n\n")[0].splitlines()]
    named = {name: depth for depth, row in enumerate(rows) for name in re.findall(r"`([a-z_*]+)(?:/|\.py)`", row)}
    processes = named.pop("*_operator")
    return {**dict.fromkeys((part for part in PARTS if part.endswith("_operator")), processes), **named}


def imported_parts(path: Path) -> set[str]:
    """Parts of the package, such as `objects` or `errors`, that a module imports from."""
    up = len(path.relative_to(PACKAGE).parts)  # dots that lead to the package itself
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == up:
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found.update(name.split(".")[0] for name in names)
    return found & PARTS


def test_imports_lead_down():
    wrong, depth = [], depths()
    for path in sorted(PACKAGE.rglob("*.py")):
        own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if own != "__init__":
            wrong += [f"{own} imports {part}" for part in imported_parts(path) if depth[part] < depth[own]]
    assert not wrong


def test_the_readme_lists_every_part():
    assert depths().keys() == PARTS
