"""What is decided about Routes and Ingresses, in terms that HAProxy's configuration is written from."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Object = dict[str, Any]
Key = tuple[str, str]  # namespace, name


class Termination(StrEnum):
    """Where TLS ends: nowhere (there is none), at the router, at the pod, or at both."""

    NONE = "none"
    EDGE = "edge"
    PASSTHROUGH = "passthrough"
    REENCRYPT = "reencrypt"


class Insecure(StrEnum):
    """What the port without TLS has for a host."""

    NONE = "None"
    REDIRECT = "Redirect"
    ALLOW = "Allow"


@dataclass(frozen=True, order=True)
class Source:
    """The resource that asks for something; sorted, the oldest comes first (`created` is RFC 3339)."""

    created: str
    namespace: str
    name: str
    kind: str

    @classmethod
    def of(cls, kind: str, resource: Object) -> "Source":
        """From a resource as the API server has it."""
        metadata = resource["metadata"]
        return cls(metadata.get("creationTimestamp", ""), metadata["namespace"], metadata["name"], kind)


@dataclass(frozen=True, order=True)
class Server:
    """A ready pod's address and port."""

    address: str
    port: int


@dataclass(frozen=True)
class Exposure:
    """One host and path that is served: by whom, and how TLS is treated.

    `number` tells apart those of one Ingress. `path` is a prefix by whole segments, or the whole path where it
    `is_exact`. `certificate` (PEM, key first) is empty for the router's own. `timeout` is one of HAProxy, such as 30s,
    or empty.
    """

    source: Source
    host: str
    servers: tuple[Server, ...]
    termination: Termination
    insecure: Insecure = Insecure.NONE
    path: str = "/"
    is_exact: bool = False
    number: int = 0
    certificate: bytes = b""
    destination_ca: bytes = b""
    timeout: str = ""

    @property
    def is_passthrough(self) -> bool:
        """Whether the router sees nothing but the TLS that passes through."""
        return self.termination is Termination.PASSTHROUGH


class RefusalError(Exception):
    """A resource, or a part of one, that is not served; `reason` is OpenShift's word, the message says what to do."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
