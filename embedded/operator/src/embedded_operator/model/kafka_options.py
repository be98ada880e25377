"""The `config` of a Kafka resource: which options a user may set, and whether their values can be read by Kafka."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import InvalidResourceError

# Options that the operator manages, as Strimzi's API documentation lists them (KafkaClusterSpec, `config`): left out.
MANAGED_PREFIXES = [
    "listeners",
    "advertised.",
    "broker.",
    "listener.",
    "host.name",
    "port",
    "inter.broker.listener.name",
    "sasl.",
    "ssl.",
    "security.",
    "password.",
    "log.dir",
    "zookeeper.connect",
    "zookeeper.set.acl",
    "zookeeper.ssl",
    "zookeeper.clientCnxnSocket",
    "authorizer.",
    "super.user",
    "cruise.control.metrics.topic",
    "cruise.control.metrics.reporter.bootstrap.servers",
    "node.id",
    "process.roles",
    "controller.",
    "metadata.log.dir",
]
USER_OPTIONS = [
    "zookeeper.connection.timeout.ms",
    "sasl.server.max.receive.size",
    "ssl.cipher.suites",
    "ssl.protocol",
    "ssl.enabled.protocols",
    "ssl.secure.random.implementation",
    "controller.quorum.election.backoff.max.ms",
    "controller.quorum.election.timeout.ms",
    "controller.quorum.fetch.timeout.ms",
]

INTEGER_BITS = {"short": 16, "int": 32, "long": 64}
RANGE = re.compile(r"\[(?P<low>-?[\d.]+),\.\.\.(?:,(?P<high>-?[\d.]+))?\]$")
CHOICE = re.compile(r"\[(?P<words>[A-Za-z_][^\]]*)\]$")


@cache
def known_options() -> dict[str, dict[str, str]]:
    """Kafka's own list: name -> type and valid values (made by kafka_options/generate.py)."""
    return json.loads(Path(__file__).with_name("kafka_options.json").read_text())


def is_managed(name: str) -> bool:
    """Whether the operator sets this option itself."""
    return name not in USER_OPTIONS and any(name.startswith(prefix) for prefix in MANAGED_PREFIXES)


def as_text(value: Any) -> str:
    """A value as server.config has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number_problem(text: str, kind: str, valid: str) -> str | None:
    article = "an" if kind == "int" else "a"
    try:
        number = float(text) if kind == "double" else int(text)
    except ValueError:
        return f"has value '{text}' which is not {article} {kind}"
    if kind in INTEGER_BITS and not -(2 ** (INTEGER_BITS[kind] - 1)) <= number < 2 ** (INTEGER_BITS[kind] - 1):
        return f"has value '{text}' which is not {article} {kind}"
    if bounds := RANGE.match(valid):
        if number < float(bounds["low"]):
            return f"has value {text} which less than the minimum value {bounds['low']}"
        if bounds["high"] and number > float(bounds["high"]):
            return f"has value {text} which greater than the maximum value {bounds['high']}"
    return None


def _choice_problem(text: str, kind: str, valid: str) -> str | None:
    choice = CHOICE.match(valid)
    if not choice:
        return None
    allowed = [word.strip() for word in choice["words"].split(",")]
    wrong = [item for item in (text.split(",") if kind == "list" else [text]) if item.strip() not in allowed]
    if not wrong:
        return None
    if kind == "list":
        return f"contains values {wrong} which are not in the allowed items {allowed}"
    return f"has value '{text}' which is not one of the allowed values {allowed}"


def option_problem(name: str, value: Any) -> str | None:
    """What is wrong with a value, or None; options that Kafka does not know are its plug-ins' and pass."""
    option = known_options().get(name)
    if option is None:
        return None
    text, kind, valid = as_text(value), option["type"], option.get("valid", "")
    if kind == "boolean":
        ok = text in ("true", "false")
        return None if ok else f"has value '{text}' which is not a boolean"
    if kind in (*INTEGER_BITS, "double"):
        return _number_problem(text, kind, valid)
    return _choice_problem(text, kind, valid)


def usable_config(config: dict[str, Any], cluster: str) -> dict[str, str]:
    """The user's options as text, without the managed ones. Raises InvalidResourceError naming options and values."""
    usable = {name: as_text(value) for name, value in config.items() if not is_managed(name)}
    found = {name: option_problem(name, value) for name, value in usable.items()}
    problems = [f"{name} {problem}" for name, problem in sorted(found.items()) if problem]
    if problems:
        raise InvalidResourceError(f"Kafka {cluster} has invalid spec.kafka.config: {', '.join(problems)}")
    return usable
