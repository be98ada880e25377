"""HAProxy's configuration: a function of what is served, the same text for the same things in whatever order they came.

One port takes all TLS. By the name in the client's first message it is passed through to pods, or goes to an inner
frontend that ends it and looks at HTTP. A second port has HTTP without TLS.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..model import Exposure, Insecure, Server, Termination

TERMINATED = (Termination.EDGE, Termination.REENCRYPT)
GLOBAL = """\
global
  nbthread 2
  maxconn 2000
  # Fewer connections are better than no router, where a node allows fewer open files.
  no strict-limits
  # Connections of before a reload stay with the process that has them, for so long.
  hard-stop-after 1h
  log stderr format raw daemon notice
  ssl-default-bind-options ssl-min-ver TLSv1.2
  stats socket {folder}/admin.sock mode 600 level admin expose-fd listeners
"""
DEFAULTS = """\
defaults
  log global
  option dontlognull
  option clitcpka
  option srvtcpka
  option redispatch
  retries 3
  timeout connect 5s
  timeout http-request 30s
  timeout http-keep-alive 60s
  # A notebook computes for minutes before it answers.
  timeout client 10m
  timeout server 10m
  # Web sockets and what passes through, such as Kafka's, are silent for long.
  timeout tunnel 12h
  timeout client-fin 10s
  timeout server-fin 10s
"""
TLS_FRONTEND = """\
frontend tls
  mode tcp
  bind :{port}
  tcp-request inspect-delay 5s
  tcp-request content accept if {{ req.ssl_hello_type 1 }}
  tcp-request content reject
"""
# What passes through keeps its addresses; the inner frontend is told them.
TERMINATE = """\
backend terminate
  mode tcp
  server inner unix@{folder}/terminate.sock send-proxy-v2
"""
HTTP = """\
  mode http
  option forwardfor
  http-request set-var(txn.host) req.hdr(host),field(1,:),lower
  http-request set-var(txn.path) path,concat(/)
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-Proto {scheme}
"""
REDIRECT = """\
backend redirect
  mode http
  http-request redirect prefix https://%[var(txn.host)]{port} code 302
"""
NOBODY = """\
backend nobody
  mode http
  http-request return status 503 content-type text/plain string "No Route or Ingress has this host and path.\\n"
"""


@dataclass(frozen=True)
class Ports:
    """Where HAProxy listens, and by which port browsers reach the one with TLS."""

    tls: int
    plain: int
    public_tls: int


@dataclass(frozen=True)
class Configuration:
    """`text` names files of `files` (name -> content), whose names come from their content; `digest` is of both."""

    text: str
    files: dict[str, bytes]
    digest: str


def sort_key(exposure: Exposure) -> tuple[str, bool, int, str, bool]:
    """By host; of a host's paths those first that are more precise."""
    return exposure.host, not exposure.is_exact, -len(exposure.path), exposure.path, exposure.is_passthrough


def backend_name(exposure: Exposure) -> str:
    """Name of the backend, which tells whose it is."""
    source = exposure.source
    number = f":{exposure.number}" if source.kind == "Ingress" else ""
    return f"{source.kind.lower()}:{source.namespace}:{source.name}{number}"


def address(server: Server) -> str:
    """Address and port, as HAProxy reads them."""
    return f"[{server.address}]:{server.port}" if ":" in server.address else f"{server.address}:{server.port}"


def matches(exposure: Exposure) -> str:
    """The condition under which a request is the exposure's."""
    host = f"{{ var(txn.host) -m str {exposure.host} }}"
    if exposure.is_exact:
        return f"{host} {{ path -m str {exposure.path} }}"
    return host if exposure.path == "/" else f"{host} {{ var(txn.path) -m beg {exposure.path}/ }}"


class Writer:
    """Sections of the configuration, and the files that they name."""

    def __init__(self, folder: Path, ports: Ports) -> None:
        self._folder, self._ports, self.files = folder, ports, dict[str, bytes]()

    def file(self, content: bytes, suffix: str) -> Path:
        """Where this content will lie."""
        name = hashlib.sha256(content).hexdigest()[:32] + suffix
        self.files[name] = content
        return self._folder / "files" / name

    def tls(self, exposures: Iterable[Exposure]) -> str:
        """The frontend of the TLS port: names that pass through, and the rest."""
        rules = [
            f"  use_backend {backend_name(each)} if {{ req.ssl_sni,lower -m str {each.host} }}\n"
            for each in exposures
            if each.is_passthrough
        ]
        return TLS_FRONTEND.format(port=self._ports.tls) + "".join(rules) + "  default_backend terminate\n"

    def terminated(self, exposures: list[Exposure], own_certificate: bytes) -> str:
        """The inner frontend, which ends TLS."""
        served = [each for each in exposures if each.termination in TERMINATED]
        # Of a host's Routes with different paths the first with a certificate of its own is the one that counts.
        certificates = {each.host: each.certificate for each in reversed(served) if each.certificate}
        lines = [f"{self.file(pem, '.pem')} {host}\n" for host, pem in sorted(certificates.items())]
        bind = f"bind unix@{self._folder}/terminate.sock mode 600 accept-proxy ssl"
        bind += f" crt {self.file(own_certificate, '.pem')}"
        bind += f" crt-list {self.file(''.join(lines).encode(), '.list')}" if lines else ""
        head = f"frontend terminated\n  {bind} alpn http/1.1\n" + HTTP.format(scheme="https")
        head += f"  http-request set-header X-Forwarded-Port {self._ports.public_tls}\n"
        rules = [f"  use_backend {backend_name(each)} if {matches(each)}\n" for each in served]
        return head + "".join(rules) + "  default_backend nobody\n"

    def plain(self, exposures: list[Exposure]) -> str:
        """The frontend of the port without TLS."""
        head = f"frontend plain\n  bind :{self._ports.plain}\n" + HTTP.format(scheme="http")
        targets = {Insecure.REDIRECT: lambda _: "redirect", Insecure.ALLOW: backend_name}
        seen = [each for each in exposures if each.insecure in targets]
        rules = [f"  use_backend {targets[each.insecure](each)} if {matches(each)}\n" for each in seen]
        return head + "".join(rules) + "  default_backend nobody\n"

    def backend(self, exposure: Exposure) -> str:
        """The pods of an exposure."""
        mode, balance = ("tcp", "source") if exposure.is_passthrough else ("http", "leastconn")
        lines = [f"backend {backend_name(exposure)}", f"mode {mode}", f"balance {balance}"]
        if exposure.timeout:
            lines.append(f"timeout server {exposure.timeout}")
        if not exposure.servers and not exposure.is_passthrough:
            said = "The Service of this Route or Ingress has no ready pod.\\n"
            lines.append(f'http-request return status 503 content-type text/plain string "{said}"')
        options = ""
        if exposure.termination is Termination.REENCRYPT:
            options = f" ssl verify required ca-file {self.file(exposure.destination_ca, '.crt')}"
        lines += [f"server pod{n} {address(server)}{options}" for n, server in enumerate(exposure.servers, 1)]
        return "\n  ".join(lines) + "\n"


def write_configuration(
    exposures: Iterable[Exposure], own_certificate: bytes, ports: Ports, folder: Path
) -> Configuration:
    """The configuration of what is served; files will lie in `folder`/files."""
    ordered, writer = sorted(exposures, key=sort_key), Writer(folder, ports)
    sections = [
        DEFAULTS,
        writer.tls(ordered),
        TERMINATE.format(folder=folder),
        writer.terminated(ordered, own_certificate),
        writer.plain(ordered),
        REDIRECT.format(port="" if ports.public_tls == 443 else f":{ports.public_tls}"),
        NOBODY,
        *(writer.backend(exposure) for exposure in ordered),
    ]
    text = "\n".join([GLOBAL.format(folder=folder), *sections])
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    # HAProxy tells its description: so it is known which configuration a process works by.
    return Configuration(text.replace("global\n", f"global\n  description {digest}\n", 1), writer.files, digest)
