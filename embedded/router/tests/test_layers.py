"""Imports lead down the table of the router's README, never up."""

import ast
import re
from pathlib import Path

ROUTER = Path(__file__).resolve().parent.parent
PACKAGE = ROUTER / "src" / "embedded_router"
PARTS = {entry.stem for entry in PACKAGE.iterdir()} - {"__init__", "__pycache__"}


def depths() -> dict[str, int]:
    """Row of each part in the README's table."""
    table = (ROUTER / "README.md").read_text().split("| `src/embedded_router/` | holds |\n|---|---|\n")[1]
    rows = [row.split("|")[1] for row in table.split("\n\n")[0].splitlines()]
    return {name: depth for depth, row in enumerate(rows) for name in re.findall(r"`([a-z_]+)(?:/|\.py)`", row)}


def imported(path: Path) -> set[str]:
    """Parts of the package that a module imports from."""
    up = len(path.relative_to(PACKAGE).parts)  # dots that lead to the package itself
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    return {node.module.split(".")[0] for node in nodes if node.level == up and node.module} & PARTS


def test_imports_lead_down():
    depth, wrong = depths(), []
    for path in PACKAGE.rglob("*.py"):
        own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        wrong += [f"{own} imports {part}" for part in imported(path) if own in PARTS and depth[part] < depth[own]]
    assert not wrong


def test_the_readme_lists_every_part():
    assert depths().keys() == PARTS
