"""One run at a time on a cluster: a file lock, which the kernel lets go of however its process ends."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from pathlib import Path
from typing import IO, Any

# For every user of the machine, and emptied when it starts; elsewhere than on Linux distributions, the usual one.
FOLDERS = (Path("/run/lock"), Path("/tmp"))  # a lock that others cannot find is none


def lock_file(kubeconfig: Path, folders: tuple[Path, ...] = FOLDERS) -> Path:
    """The file of the cluster that this kubeconfig leads to, whoever asks and from whichever checkout."""
    folder = next(folder for folder in folders if os.access(folder, os.W_OK))
    name = hashlib.sha256(os.fsencode(kubeconfig.expanduser().resolve())).hexdigest()[:16]
    return folder / f"catdog-lab-{name}.lock"


def opened(path: Path) -> IO[str]:
    """The file, made if there is none; any user of the machine may write to it.

    One that is there is opened as it is: Linux forbids others to make it anew in a folder that all may write to.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CREAT, 0o666)
        os.fchmod(handle, 0o666)
    return os.fdopen(handle, "r+")


def take(path: Path, command: str) -> IO[str] | dict[str, Any]:
    """The locked file, to be kept open as long as the run lasts; or what the run that has it says of itself.

    The lock is the process's alone (POSIX): its forks do not have it, and so it does not outlive a killed run.
    """
    file = opened(path)
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with file:
            text = file.read()
        return json.loads(text) if text else {}
    file.truncate()
    json.dump({"pid": os.getpid(), "command": command, "since": time.strftime("%H:%M")}, file)
    file.flush()
    return file


def complaint(other: dict[str, Any]) -> str:
    """What a run says that finds another one at work."""
    known = "{command}, process {pid}, since {since}".format_map(other) if other else "it has only just begun"
    return f"another run works on this cluster ({known}). Wait until it has ended; two at once would undo each other."
