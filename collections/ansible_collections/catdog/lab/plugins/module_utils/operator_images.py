"""Which images a lab needs of those that a Strimzi operator's manifests name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

# What runs beside a lab's Kafka. A release names more: of Kafka Connect, bridges, builds, which no lab has.
OPERANDS = (
    "STRIMZI_DEFAULT_TOPIC_OPERATOR_IMAGE",
    "STRIMZI_DEFAULT_USER_OPERATOR_IMAGE",
    "STRIMZI_DEFAULT_KAFKA_INIT_IMAGE",
)
KAFKA = "STRIMZI_KAFKA_IMAGES"


def operator_deployment(documents: Iterable[Any], name: str) -> dict[str, Any]:
    """The operator's Deployment among its manifests. Raises ValueError if they do not hold one of that name."""
    mappings = [document for document in documents if isinstance(document, dict)]
    deployments = [document for document in mappings if document.get("kind") == "Deployment"]
    found = [document for document in deployments if document.get("metadata", {}).get("name") == name]
    if len(found) != 1:
        raise ValueError(
            f"The operator's manifests hold {len(found)} Deployments named {name}, expected one: "
            "lab_operator_source must lead to the release's folder install/cluster-operator, to its one-file form, "
            "or to both the folder of CRDs and the one of the operator."
        )
    return found[0]


def operator_container(deployment: Mapping[str, Any]) -> dict[str, Any]:
    return deployment["spec"]["template"]["spec"]["containers"][0]


def newest(images: str) -> str:
    """The image of the newest Kafka, which a release has for its default; `images` has lines `version=image`."""
    pairs = dict(line.split("=", 1) for line in images.split() if "=" in line)
    if not pairs:
        return ""
    return pairs[max(pairs, key=lambda version: [int(number) for number in re.findall(r"\d+", version)])]


def needed_images(documents: Iterable[Any], deployment: str) -> list[str]:
    """The images of the operator, of its operands and of the newest Kafka, by its Deployment of that name.

    Raises ValueError if the manifests hold no such Deployment.
    """
    container = operator_container(operator_deployment(documents, deployment))
    env = {entry["name"]: entry.get("value") or "" for entry in container.get("env", [])}
    images = [container["image"], *(env.get(name, "") for name in OPERANDS), newest(env.get(KAFKA, ""))]
    return list(dict.fromkeys(filter(None, images)))
