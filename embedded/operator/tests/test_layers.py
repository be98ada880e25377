"""Imports lead down the table of the operator's README, never up: what decides knows nothing of who asks it to."""

import ast
import re
from pathlib import Path

OPERATOR = Path(__file__).resolve().parent.parent
PACKAGE = OPERATOR / "src" / "embedded_operator"
LAYERS = [
    {"cluster_operator", "topic_operator", "user_operator", "entity_process"},
    {"clusters"},
    {"topics", "users"},
    {"objects", "kafka_clients"},
    {"model"},
    {"status"},
    {"kubernetes"},
    {"certificates", "settings", "logs", "errors"},
]
DEPTH = {name: depth for depth, layer in enumerate(LAYERS) for name in layer}


def imported_parts(path: Path) -> set[str]:
    """Parts of the package, such as `objects` or `errors`, that a module imports from."""
    up = len(path.relative_to(PACKAGE).parts)  # dots that lead to the package itself
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == up:
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found.update(name.split(".")[0] for name in names)
    return found & {entry.stem for entry in PACKAGE.iterdir()}


def test_imports_lead_down():
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if own != "__init__":
            wrong += [f"{own} imports {part}" for part in imported_parts(path) if DEPTH[part] < DEPTH[own]]
    assert not wrong


def test_the_readme_lists_every_part():
    table = (OPERATOR / "README.md").read_text().split("| `src/embedded_operator/` | holds |")[1].split("\n\n")[0]
    listed = set(re.findall(r"`([a-z_*]+)(?:/|\.py)`", table)) - {"*_operator"}
    assert listed == DEPTH.keys() - {"cluster_operator", "topic_operator", "user_operator"}
