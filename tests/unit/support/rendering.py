"""What a role makes of an inventory and of an instructor's values: its variables and templates, without a cluster."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible.vars.manager import VariableManager

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = trust_as_template("{{ lookup('ansible.builtin.template', template_path) }}")


@cache
def variables_of(inventory: str) -> dict[str, Any]:
    """The variables of an inventory's first attendee, as its files have them."""
    loader = DataLoader()
    hosts = InventoryManager(loader, sources=[str(ROOT / "inventories" / inventory)])
    return VariableManager(loader, hosts).get_vars(host=hosts.get_hosts("attendees")[0])


class Rendering:
    """A role on the first attendee of an inventory; `given` stands over all that both say."""

    def __init__(self, role: str, inventory: str = "embedded", **given: Any) -> None:
        loader = DataLoader()
        self._role = ROOT / "roles" / role
        defaults, constants = (
            loader.load_from_file(str(self._role / part / "main.yml"), trusted_as_template=True)
            for part in ("defaults", "vars")
        )
        facts = {
            "role_path": str(self._role),
            "ansible_check_mode": False,
            "ansible_config_file": str(ROOT / "ansible.cfg"),
        }
        self._variables = defaults | variables_of(inventory) | constants | facts | given
        self._templar = Templar(loader, variables=self._variables)

    def value(self, expression: str) -> Any:
        """An expression of Jinja over the role's variables."""
        return self._templar.evaluate_expression(trust_as_template(expression))

    def objects(self, template: str) -> list[dict[str, Any]]:
        """The objects of a template of the role."""
        path = {"template_path": str(self._role / "templates" / template)}
        with self._templar.set_temporary_context(available_variables=self._variables | path):
            text = self._templar.template(TEMPLATE)
        return [item for item in yaml.safe_load_all(text) if item]
