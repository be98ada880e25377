"""Pods and clients of tests with a real HAProxy: who answers, and what a client sees."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver
from aiohttp.test_utils import TestServer
from embedded_router.haproxy.configuration import Ports
from embedded_router.model import Exposure, Server, Source, Termination

HERE = "127.0.0.1"


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody has at the moment."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((HERE, 0))
        return [each.getsockname()[1] for each in sockets]


def exposure(name: str, port: int, termination: Termination = Termination.EDGE, host: str = "", **more) -> Exposure:
    """A Route of this name, for the host <name>.apps.example or another one, to a pod at a port of this machine."""
    source, host = Source("", "lab", name, "Route"), host or f"{name}.apps.example"
    return Exposure(source, host, (Server(HERE, port),), termination, **more)


@contextlib.asynccontextmanager
async def http_pod(says: str, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A pod that answers with `says`, the path and what it was told; /echo is a web socket, /slow takes a second."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/echo":
            channel = web.WebSocketResponse()
            await channel.prepare(request)
            async for message in channel:
                await channel.send_str(f"{says} {message.data}")
            return channel
        if request.path == "/slow":
            await asyncio.sleep(1)
        told = {name: request.headers.get(name) for name in ("X-Forwarded-Proto", "X-Forwarded-For", "Host")}
        return web.json_response({"says": says, "path": request.path_qs, **told})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    server = TestServer(app, host=HERE)
    await server.start_server(ssl=tls)
    try:
        yield server.port
    finally:
        await server.close()


@contextlib.asynccontextmanager
async def echo_pod(tls: ssl.SSLContext) -> AsyncIterator[int]:
    """A pod that ends TLS itself and sends back what it gets, as little of HTTP as Kafka is."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while line := await reader.readline():
                writer.write(line)
                await writer.drain()
            writer.close()

    server = await asyncio.start_server(talk, HERE, 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


def server_context(folder: Path, key: str, certificate: str) -> ssl.SSLContext:
    """TLS as a pod has it."""
    path = folder / "pod.pem"
    path.write_text(key + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def client_context(*trusted: str) -> ssl.SSLContext:
    """TLS of a client that trusts these certificates alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for pem in trusted:
        context.load_verify_locations(cadata=pem)
    return context


class ToThisMachine(AbstractResolver):
    """Every name is this machine's."""

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[dict]:
        """The one address that there is."""
        return [{"hostname": host, "host": HERE, "port": port, "family": family, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Browser:
    """A client that trusts some certificates and finds every name on this machine."""

    ports: Ports
    session: aiohttp.ClientSession

    async def get(self, host: str, path: str = "/") -> tuple[int, dict | str]:
        """Status and body of a page with TLS; the body as it is where it is no JSON."""
        async with self.session.get(f"https://{host}:{self.ports.tls}{path}") as response:
            is_json = response.content_type == "application/json"
            return response.status, await (response.json() if is_json else response.text())

    async def get_plain(self, host: str, path: str = "/") -> tuple[int, str]:
        """Status of a page without TLS, and where it leads or what it says."""
        async with self.session.get(f"http://{host}:{self.ports.plain}{path}", allow_redirects=False) as response:
            return response.status, response.headers.get("Location") or await response.text()


@contextlib.asynccontextmanager
async def browser(ports: Ports, *trusted: str) -> AsyncIterator[Browser]:
    """A browser; each page is a connection of its own."""
    connector = aiohttp.TCPConnector(ssl=client_context(*trusted), resolver=ToThisMachine(), force_close=True)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield Browser(ports, session)
