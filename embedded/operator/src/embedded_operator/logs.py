"""What the operators say on standard error, and how much of it."""

import logging
from pathlib import Path

LOG4J_LEVELS = {
    "OFF": logging.CRITICAL + 1,
    "FATAL": logging.CRITICAL,
    "ERROR": logging.ERROR,
    "WARN": logging.WARNING,
    "INFO": logging.INFO,
    "DEBUG": logging.DEBUG,
    "TRACE": logging.DEBUG,
    "ALL": logging.DEBUG,
}


def configured_level(settings: Path) -> int:
    """The level of `rootLogger.level` in a log4j2.properties; INFO where it is not there."""
    text = settings.read_text() if settings.is_file() else ""
    entries = (line.partition("=") for line in text.splitlines())
    found = [value.strip() for name, _, value in entries if name.strip() == "rootLogger.level"]
    return LOG4J_LEVELS.get(found[-1].upper() if found else "INFO", logging.INFO)


def log_to_stderr(operator: str) -> None:
    """What an operator (`cluster`, `topic`, `user`) does, at the level of its settings; little of its libraries."""
    level = configured_level(Path(f"/opt/{operator}-operator/custom-config/log4j2.properties"))
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # That Kafka does not answer is logged by the reconcilers, once.
    for library, least in (("kopf", logging.WARNING), ("aiohttp", logging.WARNING), ("kafka", logging.CRITICAL)):
        logging.getLogger(library).setLevel(max(level, least))
