"""HAProxy's process: a master that replaces its worker on a reload; ports and connections stay open meanwhile."""

import asyncio
import contextlib
import signal
import time
from pathlib import Path

from .folder import HAPROXY

RELOAD_SECONDS = 30.0
ASK_AGAIN = 0.05


class HaproxyError(Exception):
    """HAProxy ended, which it should not."""


class HaproxyProcess:
    """Starts HAProxy with the first configuration, and has it read each later one."""

    def __init__(self, main: Path, socket: Path) -> None:
        self._main, self._socket = main, socket
        self._process: asyncio.subprocess.Process | None = None
        self._started = asyncio.Event()

    async def load(self, digest: str) -> None:
        """Start or reload, until a worker has the configuration with this digest. Raises HaproxyError, TimeoutError."""
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(HAPROXY, "-W", "-f", self._main)
            self._started.set()
        elif self._process.returncode is None:
            self._process.send_signal(signal.SIGUSR2)
        limit = time.monotonic() + RELOAD_SECONDS
        while await self.digest() != digest:
            if self._process.returncode is not None:
                raise HaproxyError(f"haproxy ended with {self._process.returncode}; its own words are above")
            if time.monotonic() > limit:
                raise TimeoutError(f"haproxy has not taken up its configuration in {RELOAD_SECONDS:.0f} s")
            await asyncio.sleep(ASK_AGAIN)

    async def digest(self) -> str:
        """Digest of the configuration that the present worker has, empty where none answers."""
        try:
            async with asyncio.timeout(5):
                reader, writer = await asyncio.open_unix_connection(self._socket)
                writer.write(b"show info\n")
                answer = await reader.read()
                writer.close()
        except (OSError, TimeoutError):
            return ""
        entries = (line.partition(": ") for line in answer.decode(errors="replace").splitlines())
        return next((value for name, _, value in entries if name == "description"), "")

    async def wait(self) -> None:
        """Until HAProxy, once it is started, ends. Raises HaproxyError then."""
        await self._started.wait()
        if self._process:
            raise HaproxyError(f"haproxy ended with {await self._process.wait()}")

    async def stop(self) -> None:
        """End HAProxy with all its connections."""
        if self._process and self._process.returncode is None:
            self._process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), 10)
            if self._process.returncode is None:
                self._process.kill()
                await self._process.wait()
