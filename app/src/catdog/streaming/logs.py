"""Logs as JSON, a line each, on standard output: `time`, `level`, `message`, and what belongs to it."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

LEVELS = ("debug", "info", "warning", "error")


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def start(level: str) -> None:
    """Log what the service does, from `level` on; of libraries nothing."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Lines())
    log = logging.getLogger("catdog.streaming")
    log.handlers = [handler]
    log.propagate = False
    log.setLevel(level.upper())
