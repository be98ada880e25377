#!/usr/bin/python
"""Looks for kind clusters of a name: the one that a podman of its own runs, and those in the machine's own engines."""

from __future__ import annotations

DOCUMENTATION = """
module: kind_cluster_info
short_description: Look for kind clusters of a name on this machine
description:
  - Changes nothing. An engine that is not there, or does not answer, holds no cluster.
options:
  name:
    description: Name of the cluster.
    type: str
    required: true
  podman:
    description: The command by which the lab's own cluster is run. It need not exist.
    type: path
    required: true
attributes:
  check_mode: {support: full}
author: ["catdog-lab"]
"""

RETURN = """
exists: {description: Whether the lab's own cluster has a node, returned: always, type: bool}
running: {description: Whether that node runs, returned: always, type: bool}
published: {description: Ports of this machine that it publishes, returned: always, type: list, elements: int}
foreign:
  description: Clusters of that name in the machine's own engines, with C(engine) and the names of the C(containers).
  returned: always
  type: list
  elements: dict
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.machine_checks import published_ports

# The machine's own engines, each with a path that exists once it has been used: podman would make its storage if it
# were asked without having one.
ENGINES = {"podman": "/var/lib/containers/storage/libpod", "docker": "/run/docker.sock"}


def own_cluster(listing: str) -> dict[str, Any]:
    """What podman's list of containers, as JSON, says of the lab's node; an empty list: there is none."""
    container = next(iter(json.loads(listing or "[]")), {})
    return {
        "exists": bool(container),
        "running": container.get("State") == "running",
        "published": published_ports(container),
    }


def foreign_clusters(name: str, engines: dict[str, str], ask: Callable[..., str]) -> list[dict[str, Any]]:
    """Containers of a kind cluster `name` by engine; `ask` runs a command and returns what it printed."""
    found = []
    for engine, used in engines.items():
        if Path(used).exists():
            label = f"--filter=label=io.x-k8s.kind.cluster={name}"
            if containers := ask(engine, "ps", "--all", label, "--format={{.Names}}").split():
                found.append({"engine": engine, "containers": containers})
    return found


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={"name": {"type": "str", "required": True}, "podman": {"type": "path", "required": True}},
        supports_check_mode=True,
    )

    def ask(*command: str) -> str:
        try:
            status, output, _ = module.run_command(list(command), handle_exceptions=False)
        except OSError:  # no such program
            return ""
        return output if status == 0 else ""

    name = module.params["name"]
    node = f"--filter=name=^{name}-control-plane$"
    own = own_cluster(ask(module.params["podman"], "ps", "--all", "--format=json", node))
    module.exit_json(changed=False, **own, foreign=foreign_clusters(name, ENGINES, ask))


if __name__ == "__main__":
    main()
