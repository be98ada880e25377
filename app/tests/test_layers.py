"""Imports lead down the table of the app's README, never up nor across: what classifies knows nothing of who asks."""

import ast
import graphlib
import re
from pathlib import Path

APP = Path(__file__).resolve().parent.parent
PACKAGE = APP / "src" / "catdog"
PARTS = {entry.stem for entry in PACKAGE.iterdir()} - {"__init__", "__pycache__"}


def depths() -> dict[str, int]:
    """Row of each part, such as `models` or `errors`, in the README's table."""
    table = (APP / "README.md").read_text().split("| `src/catdog/` | holds |\n|---|---|\n")[1]
    rows = [row.split("|")[1] for row in table.split("\n\n")[0].splitlines()]
    named = re.compile(r"`([a-z_][a-z0-9_]*)(?:/|\.py)`")
    return {name: depth for depth, row in enumerate(rows) for name in named.findall(row)}


def module_of(path: Path) -> str:
    """Such as `models.files`; `models` for a package itself."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"}


def imported(path: Path) -> set[str]:
    """Modules of catdog that a module imports, wherever in it: at its top, for types only, or in a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are absolute"
            # Of `from catdog.models import files` the module counts, of `from catdog.drawing import draw` the package.
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found.update(name if name.removeprefix("catdog.") in MODULES else node.module for name in names)
    return {name.removeprefix("catdog.") for name in found if name.startswith("catdog.")} & MODULES.keys()


def test_imports_lead_down():
    wrong, depth = [], depths()
    for module, path in MODULES.items():
        own = module.split(".")[0]
        others = {name.split(".")[0] for name in imported(path)} - {own}
        wrong += [f"{module} imports {other}" for other in others if depth[other] <= depth[own]]
    assert not wrong


def test_the_readme_lists_every_part():
    assert depths().keys() == PARTS


def test_no_modules_import_each_other_in_a_circle():
    graphlib.TopologicalSorter({module: imported(path) for module, path in MODULES.items()}).prepare()
