"""Writes the generated files of all roles; with --check it changes nothing and fails where one differs.

    python -m role_manuals [--check] [FOLDER]        FOLDER: the checkout
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .entry_points import read_calls, read_entry_points
from .inputs import ManualError, read_inputs
from .readme import with_inputs
from .specification import specification

ROOT = Path(__file__).resolve().parents[2]


def manuals(root: Path) -> dict[Path, str]:
    """Every generated file of the checkout with the text that it has to have."""
    calls = read_calls(root)
    texts = {}
    for role in sorted(path.parent.parent for path in root.glob("roles/*/tasks/main.yml")):
        inputs = read_inputs(role)
        points = read_entry_points(role, inputs, calls.get(role.name, set()))
        texts[role / "meta" / "argument_specs.yml"] = specification(inputs, points)
        texts[role / "README.md"] = with_inputs(role / "README.md", inputs)
    return texts


def main() -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="role_manuals", description="Make the roles' manuals from their defaults.")
    parser.add_argument("--check", action="store_true", help="change nothing, fail where a file differs")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT, help="the checkout")
    arguments = parser.parse_args()
    try:
        texts = manuals(arguments.folder)
    except ManualError as error:
        print(error, file=sys.stderr)
        return 2
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if arguments.check:
        for path in stale:
            print(f"{path} is not what defaults/main.yml and the task files say: run `make manuals`.", file=sys.stderr)
        return bool(stale)
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
        print(f"written: {path.relative_to(arguments.folder)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
