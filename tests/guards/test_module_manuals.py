"""What `ansible-doc` shows of the collection's modules: all of them can be read."""

import ast
from pathlib import Path

import pytest
import yaml

MODULES = Path(__file__).parents[2] / "collections/ansible_collections/catdog/lab/plugins/modules"
MANUALS = ("DOCUMENTATION", "EXAMPLES", "RETURN")


@pytest.mark.parametrize("path", sorted(MODULES.glob("*.py")), ids=lambda path: path.stem)
def test_a_modules_manual_can_be_read(path):
    found = {
        name: yaml.safe_load(ast.literal_eval(statement.value))
        for statement in ast.parse(path.read_text()).body
        if isinstance(statement, ast.Assign) and (name := ast.unparse(statement.targets[0])) in MANUALS
    }
    assert {"DOCUMENTATION", "RETURN"} <= found.keys()
    assert found["DOCUMENTATION"]["module"] == path.stem
    texts = [found["DOCUMENTATION"]["description"], *(one["description"] for one in (found["RETURN"] or {}).values())]
    assert all(isinstance(line, str) for text in texts for line in ([text] if isinstance(text, str) else text))
