"""Settings of the router, from environment variables."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")


def parse_port(environment: Mapping[str, str], name: str, default: int) -> int:
    """A port of a variable. Raises ValueError where it is none."""
    value = environment.get(name) or str(default)
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise ValueError(f"{name}: '{value}' is not a port, 1 to 65535")
    return int(value)


@dataclass(frozen=True)
class RouterSettings:
    """`domain`: below which Routes without a host get one; `public_tls_port`: by which browsers reach `tls_port`;
    `external_host`: what an Ingress's status names; `reload_interval`: least seconds between two reloads."""

    name: str
    domain: str
    external_host: str
    ingress_class: str
    public_tls_port: int
    tls_port: int
    plain_port: int
    health_port: int
    reload_interval: float
    certificate_folder: Path
    folder: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "RouterSettings":
        """Read ROUTER_*. Raises ValueError, naming the variable, on a value that cannot be used."""
        domain, interval = environment.get("ROUTER_DOMAIN", ""), environment.get("ROUTER_RELOAD_INTERVAL") or "5"
        if not HOST.fullmatch(domain):
            raise ValueError(f"ROUTER_DOMAIN: '{domain}' is not a domain: set it to one such as apps.example.org")
        if not re.fullmatch(r"\d+(\.\d+)?", interval):
            raise ValueError(f"ROUTER_RELOAD_INTERVAL: '{interval}' is not a number of seconds")
        return cls(
            name=environment.get("ROUTER_NAME") or "default",
            domain=domain,
            external_host=environment.get("ROUTER_EXTERNAL_HOST") or domain,
            ingress_class=environment.get("ROUTER_INGRESS_CLASS") or "catdog-lab",
            public_tls_port=parse_port(environment, "ROUTER_PUBLIC_TLS_PORT", 443),
            tls_port=parse_port(environment, "ROUTER_TLS_PORT", 8443),
            plain_port=parse_port(environment, "ROUTER_PLAIN_PORT", 8080),
            health_port=parse_port(environment, "ROUTER_HEALTH_PORT", 8081),
            reload_interval=float(interval),
            certificate_folder=Path(environment.get("ROUTER_CERTIFICATE_FOLDER") or "/etc/router/tls"),
            folder=Path(environment.get("ROUTER_FOLDER") or "/var/lib/router"),
        )
