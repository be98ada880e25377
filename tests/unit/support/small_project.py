"""A small Ansible project for ansible-playbook itself, with this checkout's collections and none of its settings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

COLLECTIONS = Path(__file__).resolve().parents[3] / "collections"
PLAYBOOK = str(Path(sys.executable).with_name("ansible-playbook"))
LEFT_OUT = ("ANSIBLE_", "CATDOG_", "LAB_", "MAKE")


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    """Files by their paths below the folder, which is returned."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def environment(project: Path, **variables: str) -> dict[str, str]:
    """What a run in the project finds: this process's environment without ours and Ansible's, and `variables`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}
    own = {"ANSIBLE_CONFIG": str(project / "ansible.cfg"), "ANSIBLE_REMOTE_TEMP": str(project / ".ansible/tmp")}
    return kept | own | {"LC_ALL": "C.UTF-8"} | variables


def play(project: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    """Run ansible-playbook with these arguments to its end."""
    line, found = [PLAYBOOK, *arguments], environment(project, **variables)
    return subprocess.run(line, cwd=project, env=found, capture_output=True, text=True, check=False)
