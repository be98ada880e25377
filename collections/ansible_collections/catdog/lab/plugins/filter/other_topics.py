"""Filters for what a Kafka holds beside the lab's own topics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.catdog.lab.plugins.filter.topic_resource_name import topic_resource_name

# Topics of Kafka itself and of Strimzi.
INTERNAL = re.compile(r"__|strimzi[.-]")


def other_topic_resources(resources: Iterable[Mapping[str, Any]], kept: Iterable[str], prefix: str) -> list[str]:
    """Names of the KafkaTopics whose topic begins with `prefix`, without those of the topics that are kept.

    One that claims a kept topic by another name is among them.
    """
    keep = {topic_resource_name(str(name)) for name in kept}
    names = {one["metadata"]["name"]: one["spec"].get("topicName") or one["metadata"]["name"] for one in resources}
    return [name for name, topic in names.items() if topic.startswith(prefix) and name not in keep]


def other_topics(listed: Iterable[str], kept: Iterable[str], prefix: str) -> list[str]:
    """Of the topics that Kafka lists those that begin with `prefix`, are not kept, and not Kafka's or Strimzi's own."""
    keep = {str(name) for name in kept}
    names = [line.strip() for line in listed]
    return [
        name for name in names if name and name.startswith(prefix) and name not in keep and not INTERNAL.match(name)
    ]


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"other_topic_resources": other_topic_resources, "other_topics": other_topics}
