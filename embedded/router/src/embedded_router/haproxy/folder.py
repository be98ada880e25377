"""The folder that HAProxy reads: checked before it counts, replaced at once, without what is no longer named."""

import asyncio
import os
from pathlib import Path

from .configuration import Configuration

HAPROXY = "haproxy"


class ConfigurationError(Exception):
    """HAProxy refuses a configuration; the message is its own."""


async def run_check(path: Path) -> None:
    """Raises ConfigurationError where HAProxy would not start with this file."""
    process = await asyncio.create_subprocess_exec(
        HAPROXY, "-c", "-f", path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    if process.returncode:
        alert = first_alert(said.decode(errors="replace"))
        raise ConfigurationError(alert or f"haproxy -c ended with {process.returncode}")


def first_alert(said: str) -> str:
    """What HAProxy says first of what is wrong, without where it stands, which others' Routes move."""
    alerts = [line for line in said.splitlines() if line.startswith("[ALERT]")]
    return alerts[0].rsplit(" : ", 1)[-1].strip() if alerts else ""


class ConfigurationFolder:
    """`main` is the configuration that HAProxy starts with."""

    def __init__(self, path: Path) -> None:
        self._path, self._files = path, path / "files"
        self.main, self.socket = path / "haproxy.cfg", path / "admin.sock"

    def prepare(self) -> None:
        """Make the folder; private keys lie there."""
        self._files.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _write(self, path: Path, content: bytes) -> None:
        new = path.with_name(f"{path.name}.new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        new.replace(path)

    async def check(self, configuration: Configuration) -> Path:
        """The file with a configuration that HAProxy takes, beside the one that counts. Raises ConfigurationError."""
        for name, content in configuration.files.items():
            # The name comes from the content: a file that is there is the right one.
            if not (self._files / name).exists():
                self._write(self._files / name, content)
        candidate = self._path / "candidate.cfg"
        self._write(candidate, configuration.text.encode())
        await run_check(candidate)
        return candidate

    async def replace(self, configuration: Configuration) -> None:
        """Have a configuration count from the next start or reload on. Raises ConfigurationError: nothing changes."""
        (await self.check(configuration)).replace(self.main)

    def clean(self, configuration: Configuration) -> None:
        """Remove the files that a configuration does not name."""
        for path in self._files.iterdir():
            if path.name not in configuration.files:
                path.unlink()
