"""The attendees of a class as hosts of the group `attendees`, each with a namespace and ports of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin

from ansible_collections.catdog.lab.plugins.module_utils.attendees import NODE_PORTS
from ansible_collections.catdog.lab.plugins.module_utils.class_list import (
    ClassListError,
    Person,
    counted,
    listed,
    seats,
    tabled,
)

DOCUMENTATION = r"""
name: classroom
short_description: the attendees of a class as hosts
description:
  - Makes a host of the group C(attendees) for each attendee of a class, with C(lab_namespace), the NodePorts of
    notebook and brokers, C(lab_attendee_name) and C(lab_attendee_email).
  - Names of people become valid and distinct names of Kubernetes (C(Jürgen Müller) is C(juergen-mueller)), or the line
    is refused. They stay the same as long as those before them in the list do, and so do their ports.
options:
  plugin: {description: This plugin's name., required: true, choices: [catdog.lab.classroom]}
  count: {description: "How many attendees, if they have no names: attendee1, attendee2, …", type: int}
  names: {description: Their names., type: list, elements: str}
  csv:
    description: A file beside this one, comma or semicolon separated, with the heading C(name) or C(name,email).
    type: str
  mode:
    description:
      - C(cluster), each attendee has a Kafka cluster in the own namespace.
      - >-
        C(shared), the class has one, in the namespace C(kafka_namespace) (C(lab_kafka_namespace)), and each attendee a
        topic and a user in it (C(lab_topic), C(lab_kafka_user)) beside namespace and notebook.
    type: str
    choices: [cluster, shared]
    default: cluster
  kafka_namespace:
    description: Namespace of the Kafka cluster that the class shares.
    type: str
    default: rhte2019-kafka
  topic_prefix: {description: What each topic of a shared Kafka begins with., type: str, default: rhte-}
  namespace_prefix: {description: What each namespace begins with., type: str, default: rhte2019-}
  first_node_port:
    description:
      - The first of five NodePorts that each attendee has, for the notebook, the bootstrap and three brokers.
      - With a shared Kafka four of them are the class's, and each attendee has one of those that follow.
    type: int
    default: 30100
    env: [{name: CATDOG_LAB_FIRST_NODE_PORT}]
author: [catdog-lab]
"""

EXAMPLES = r"""
plugin: catdog.lab.classroom
csv: class.csv
"""

# Kafka's NodePorts by their variable, counted from the first of an attendee's block, which is the notebook's.
KAFKA_PORTS = {"lab_kafka_bootstrap_node_port": 1, "lab_kafka_broker_node_port_base": 2}
BLOCK = 5
SOURCES = ("count", "names", "csv")


class InventoryModule(BaseInventoryPlugin):
    """See DOCUMENTATION."""

    NAME = "catdog.lab.classroom"

    def verify_file(self, path: str) -> bool:
        """Whether the file may be one of this plugin's: the plugin `auto` asks only for those that name it."""
        return super().verify_file(path) and path.endswith((".yml", ".yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add the hosts. Raises AnsibleParserError where the list cannot be used."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        try:
            made = seats(self._people(Path(path)))
            self._check_ports(len(made))
        except (ClassListError, OSError, UnicodeDecodeError) as error:
            raise AnsibleParserError(f"The class of {path} cannot be used: {error}") from error
        inventory.add_group("attendees")
        for number, seat in enumerate(made):
            inventory.add_host(seat.name, group="attendees")
            variables = {
                "lab_attendee_name": seat.person.name,
                "lab_attendee_email": seat.person.email,
                "lab_namespace": f"{self.get_option('namespace_prefix')}{seat.name}",
            }
            for variable, value in (variables | self._kafka(seat.name, number)).items():
                inventory.set_variable(seat.name, variable, value)
        if self._shared():
            # The first of the block is left free, so that a class may change its mode.
            inventory.set_variable("all", "lab_kafka_namespace", self.get_option("kafka_namespace"))
            for variable, step in KAFKA_PORTS.items():
                inventory.set_variable("all", variable, self.get_option("first_node_port") + step)

    def _shared(self) -> bool:
        return self.get_option("mode") == "shared"

    def _kafka(self, name: str, number: int) -> dict[str, Any]:
        """What the attendee has of Kafka, and the ports."""
        first = self.get_option("first_node_port")
        if self._shared():
            topic = f"{self.get_option('topic_prefix')}{name}"
            return {"lab_topic": topic, "lab_kafka_user": name, "lab_notebook_node_port": first + BLOCK + number}
        first += number * BLOCK
        return {"lab_notebook_node_port": first} | {variable: first + step for variable, step in KAFKA_PORTS.items()}

    def _people(self, path: Path) -> list[Person]:
        given = [source for source in SOURCES if self.get_option(source) is not None]
        if len(given) != 1:
            raise ClassListError(f"it has {' and '.join(given) or 'no attendees'}. Give one of {', '.join(SOURCES)}.")
        if given == ["count"]:
            return counted(self.get_option("count"))
        if given == ["names"]:
            return listed(self.get_option("names"))
        file = path.parent / Path(self.get_option("csv")).expanduser()
        return tabled(file.read_text(encoding="utf-8-sig"), file.name)

    def _check_ports(self, count: int) -> None:
        first = self.get_option("first_node_port")
        last = first + (BLOCK + count if self._shared() else count * BLOCK) - 1
        if first not in NODE_PORTS or last not in NODE_PORTS:
            raise ClassListError(
                f"{count} attendees from first_node_port {first} on need NodePorts up to {last}, which are "
                f"{NODE_PORTS[0]} to {NODE_PORTS[-1]}. Set first_node_port to {NODE_PORTS[0]} or have fewer attendees."
            )
