"""Settings of the operators, from the environment variables that Strimzi's operators read."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

OPERATOR_IMAGES = ("STRIMZI_DEFAULT_TOPIC_OPERATOR_IMAGE", "STRIMZI_DEFAULT_USER_OPERATOR_IMAGE")


def parse_images(text: str) -> dict[str, str]:
    """Kafka version -> image, from lines or words `4.3.1=image`. Raises ValueError on anything else."""
    images = {}
    for entry in text.split():
        version, separator, image = entry.partition("=")
        if not (separator and version and image):
            raise ValueError(f"STRIMZI_KAFKA_IMAGES: '{entry}' is not of the form <Kafka version>=<image>")
        images[version] = image
    return images


def parse_milliseconds(environment: Mapping[str, str], name: str, default: int) -> float:
    """Seconds of a variable in milliseconds. Raises ValueError where it is no positive whole number."""
    value = environment.get(name) or str(default)
    if not value.isdigit() or int(value) == 0:
        raise ValueError(f"{name}: '{value}' is not a positive number of milliseconds")
    return int(value) / 1000


@dataclass(frozen=True)
class ClusterOperatorSettings:
    """Settings of the cluster operator; `namespaces` is empty for all of them."""

    namespaces: tuple[str, ...]
    kafka_images: dict[str, str]
    topic_operator_image: str
    user_operator_image: str
    reconciliation_interval: float
    operation_timeout: float

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "ClusterOperatorSettings":
        """Read STRIMZI_*. Raises ValueError, naming the variable, on a value that cannot be used."""
        namespaces = environment.get("STRIMZI_NAMESPACE", "*").replace(",", " ").split()
        images = parse_images(environment.get("STRIMZI_KAFKA_IMAGES", ""))
        operator_images = {name: environment.get(name, "") for name in OPERATOR_IMAGES}
        if not images:
            raise ValueError("STRIMZI_KAFKA_IMAGES is empty: set it to <Kafka version>=<image>")
        for name, image in operator_images.items():
            if not image:
                raise ValueError(f"{name} is empty: set it to this operator's image")
        return cls(
            namespaces=() if "*" in namespaces else tuple(namespaces),
            kafka_images=images,
            topic_operator_image=operator_images["STRIMZI_DEFAULT_TOPIC_OPERATOR_IMAGE"],
            user_operator_image=operator_images["STRIMZI_DEFAULT_USER_OPERATOR_IMAGE"],
            reconciliation_interval=parse_milliseconds(environment, "STRIMZI_FULL_RECONCILIATION_INTERVAL_MS", 120_000),
            operation_timeout=parse_milliseconds(environment, "STRIMZI_OPERATION_TIMEOUT_MS", 300_000),
        )


@dataclass(frozen=True)
class EntityOperatorSettings:
    """Settings of one cluster's topic operator and user operator, as far as they are the same."""

    namespace: str
    cluster: str
    bootstrap_servers: str
    certificates: str
    reconciliation_interval: float

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read what the cluster operator put into the pod. Raises KeyError where a variable is missing."""
        return cls(**cls._values(environment))

    @classmethod
    def _values(cls, environment: Mapping[str, str]) -> dict[str, Any]:
        # Strimzi's two operators have different names for this one.
        labels = environment.get("STRIMZI_LABELS") or environment["STRIMZI_RESOURCE_LABELS"]
        return {
            "namespace": environment["STRIMZI_NAMESPACE"],
            "cluster": dict(entry.split("=", 1) for entry in labels.split(","))["strimzi.io/cluster"],
            "bootstrap_servers": environment["STRIMZI_KAFKA_BOOTSTRAP_SERVERS"],
            "certificates": environment["STRIMZI_CERTIFICATES"],
            "reconciliation_interval": parse_milliseconds(
                environment, "STRIMZI_FULL_RECONCILIATION_INTERVAL_MS", 120_000
            ),
        }


@dataclass(frozen=True)
class TopicOperatorSettings(EntityOperatorSettings):
    """Settings of one cluster's topic operator; `use_finalizers`: whether resources stay until their topics go."""

    use_finalizers: bool

    @classmethod
    def _values(cls, environment: Mapping[str, str]) -> dict[str, Any]:
        asked = environment.get("STRIMZI_USE_FINALIZERS", "true")
        return {**super()._values(environment), "use_finalizers": asked.lower() == "true"}


@dataclass(frozen=True)
class UserOperatorSettings(EntityOperatorSettings):
    """Settings of one cluster's user operator; `acls_supported`: whether its Kafka authorizes clients."""

    ca_certificate_secret: str
    ca_key_secret: str
    acls_supported: bool

    @classmethod
    def _values(cls, environment: Mapping[str, str]) -> dict[str, Any]:
        return {
            **super()._values(environment),
            "ca_certificate_secret": environment["STRIMZI_CA_CERT_NAME"],
            "ca_key_secret": environment["STRIMZI_CA_KEY_NAME"],
            "acls_supported": environment["STRIMZI_ACLS_ADMIN_API_SUPPORTED"] == "true",
        }
