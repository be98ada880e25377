"""Filter `topic_resource_name`: the name of the KafkaTopic that stands for a topic."""

from __future__ import annotations

import hashlib
import re
from typing import Any

# Kubernetes' names of objects: labels of letters, digits and dashes, joined by dots.
LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
OBJECT_NAME = re.compile(rf"{LABEL}(\.{LABEL})*")
LONGEST_NAME = 253
HASH_LENGTH = 8


def topic_resource_name(topic: str) -> str:
    """Name of the KafkaTopic of `topic`: the topic's own where Kubernetes takes it, else one made from it.

    A made name is the same each time and, by a hash of the topic's, another one for each topic: `My_Pictures.v1` gets
    `my-pictures.v1-` and eight digits.
    """
    if OBJECT_NAME.fullmatch(topic) and len(topic) <= LONGEST_NAME:
        return topic
    labels = (re.sub(r"[^a-z0-9]+", "-", label).strip("-") for label in topic.lower().split("."))
    readable = ".".join(filter(None, labels))[: LONGEST_NAME - HASH_LENGTH - 1].rstrip(".-")
    return "-".join(filter(None, [readable, hashlib.sha256(topic.encode()).hexdigest()[:HASH_LENGTH]]))


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"topic_resource_name": topic_resource_name}
