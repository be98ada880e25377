"""Action of module report_files: a process for each of some small files would be what a run waits for."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

ARGUMENTS = {
    "folder": {"type": "path", "required": True},
    "files": {"type": "dict", "required": True},
    "mode": {"type": "str", "default": "0644"},
}


def write(path: Path, content: str, mode: int) -> None:
    """Write the file whole or not at all; nobody else can read it before it has its permissions."""
    descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


class ActionModule(ActionBase):
    """See the module's DOCUMENTATION."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Writes the files; in check mode it says only where they would be. Raises AnsibleActionFail."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(argument_spec=ARGUMENTS)
        folder, files = Path(arguments["folder"]), arguments["files"]
        if not self._task.check_mode:
            self._write_all(folder, files, int(arguments["mode"], 8))
        return result | {"changed": False, "paths": [str(folder / name) for name in files]}

    def _write_all(self, folder: Path, files: Mapping[str, Any], mode: int) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in files.items():
                write(folder / name, str(content), mode)
        except OSError as error:
            where = error.filename or folder
            raise AnsibleActionFail(f"The report cannot be written: {where}: {error.strerror}.") from error
