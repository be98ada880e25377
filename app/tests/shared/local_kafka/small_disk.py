"""A disk of a few MB that tests fill: a file system in memory that only processes see which are started within it."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from pathlib import Path


class NoSmallDiskError(Exception):
    """This machine lets us mount nothing, as the message says."""


class SmallDisk:
    """Mounted at `at` in a mount namespace that ends with `close`, or with this process. Root is not needed where the
    machine gives everybody namespaces of users. Raises NoSmallDiskError where it cannot be had.
    """

    def __init__(self, at: Path, megabytes: int) -> None:
        at.mkdir()
        self._mine = os.geteuid() != 0
        self.at = at
        if shutil.which("unshare") is None or shutil.which("nsenter") is None:
            raise NoSmallDiskError("no small disk can be mounted: unshare and nsenter (util-linux) are not there")
        own = ["--map-root-user"] if self._mine else []
        script = f"mount -t tmpfs -o size={megabytes}m,mode=0700 tmpfs {at} && echo mounted && exec cat"
        command = ["unshare", *own, "--mount", "sh", "-c", script]
        self._holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if self._holder.stdout.readline() != b"mounted\n":
            _, said = self._holder.communicate()
            raise NoSmallDiskError(f"no small disk can be mounted: {said.decode().strip()}")

    @property
    def within(self) -> list[str]:
        """What runs the command behind it where the disk is seen."""
        user = ["--user", "--preserve-credentials"] if self._mine else []
        return ["nsenter", f"--target={self._holder.pid}", *user, "--mount"]

    @property
    def _filler(self) -> Path:
        return Path(f"/proc/{self._holder.pid}/root{self.at}/filler")

    def fill(self) -> None:
        """Take all that is left."""
        with self._filler.open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError as full:
                if full.errno != errno.ENOSPC:
                    raise

    def make_room(self) -> None:
        """Give it back."""
        self._filler.unlink()

    def close(self) -> None:
        """It is gone once the last process within has ended."""
        self._holder.communicate()
