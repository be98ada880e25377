"""What a role's own variables say, as Ansible renders them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

ROOT = Path(__file__).resolve().parents[3]


def rendered(role: str, name: str, **given: Any) -> Any:
    """The value of variable `name` of the role (vars, else defaults), where `given` are other variables' values."""
    loader, variables = DataLoader(), {}
    for folder in ("defaults", "vars"):
        path = ROOT / "roles" / role / folder / "main.yml"
        variables |= loader.load_from_file(str(path), trusted_as_template=True) if path.exists() else {}
    return Templar(loader, variables | given).template(trust_as_template(f"{{{{ {name} }}}}"))
