"""Filters for a run of the verification: which pictures it asks about, and how it asks the notebook for them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.failure_text import failure_text

LABELS = ("cat", "dog")
# Beyond its own time limit, the command gets these seconds to start and to end by itself before it is stopped.
GRACE_SECONDS = 30


def photo_list(paths: Sequence[str], source: str) -> list[dict[str, str]]:
    """The photos among `paths` whose folder is named cat or dog: path, file (below `source`), label."""
    chosen = [path for path in map(PurePath, paths) if path.parent.name in LABELS]
    return [{"path": str(path), "file": str(path.relative_to(source)), "label": path.parent.name} for path in chosen]


def picture_list(pictures: Sequence[Mapping[str, Any]], run: str, before: int = 0) -> list[dict[str, Any]]:
    """The pictures with their own correlation id `<run>-<number>`, counted on from the `before` earlier ones, and,
    where it is missing, `file`."""
    return [
        {"file": PurePath(picture["path"]).name, **picture, "correlation_id": f"{run}-{number:04d}"}
        for number, picture in enumerate(pictures, before + 1)
    ]


def receive_command(pictures: Sequence[Mapping[str, Any]], timeout: int) -> str:
    """The command that reads these records from Kafka and classifies them: it begins at the first of them in each
    partition and is stopped for certain soon after `timeout` seconds. It leaves nothing in the attendee's diary."""
    first: dict[int, int] = {}
    for picture in pictures:
        partition = picture["partition"]
        first[partition] = min(picture["offset"], first.get(partition, picture["offset"]))
    words = ["env", "CATDOG_UNNOTED=1", "timeout", str(int(timeout) + GRACE_SECONDS)]
    words += ["catdog", "receive", "--json", "--timeout", str(timeout)]
    words += ["--from-offset", *(f"{partition}:{offset}" for partition, offset in sorted(first.items()))]
    words += ["--correlation-id", *(picture["correlation_id"] for picture in pictures)]
    return shlex.join(words)


def watch_command(pictures: Sequence[Mapping[str, Any]], topic: str, timeout: int) -> str:
    """The command that reads what the streaming service has written to `topic` of these records."""
    words = ["timeout", str(int(timeout) + GRACE_SECONDS), "catdog", "watch", "--json", "--timeout", str(timeout)]
    words += ["--predictions", topic, "--correlation-id", *(picture["correlation_id"] for picture in pictures)]
    return shlex.join(words)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {
            "photo_list": photo_list,
            "picture_list": picture_list,
            "receive_command": receive_command,
            "watch_command": watch_command,
            "failure_text": failure_text,
        }
