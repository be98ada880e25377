#!/usr/bin/python
"""Looks for an image's archive in the build cache, and removes those of the same image that nobody uses any more."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_archive
short_description: Find an image's archive, remove those of the same image that nobody uses any more
description:
  - An archive that is there counts as used at this moment, by its modification time.
  - Checkouts that share a build cache may use archives of different versions. With C(keep), those used last stay, and
    all that were used in the last C(spare) seconds, so that none vanishes between being found and being loaded.
options:
  path: {description: 'The archive, <image>-<tag>.tar in a folder of such.', type: path, required: true}
  keep: {description: 'How many of the image to keep, at least 1: this one. Left out, none is removed.', type: int}
  spare: {description: Seconds after its last use for which an archive is never removed., type: int, default: 0}
attributes:
  check_mode: {support: full}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Keep three archives of the image
  catdog.lab.image_archive:
    path: ~/.cache/catdog-lab/images/kafka-7f69995c063f.tar
    keep: 3
    spare: 3600
"""

RETURN = r"""
exists: {description: Whether the archive is there., type: bool, returned: success}
removed: {description: Archives that were removed., type: list, elements: path, returned: success}
"""

import contextlib
import fcntl
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

LOCK = "lock"
TAG = r"[0-9a-f]{12}"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Alone among those that use or remove archives; it takes as long as that, not as a build."""
    with (folder / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def use(archive: Path) -> bool:
    """Whether the archive is there; it then counts as used now."""
    if not archive.exists():
        return False
    with locked(archive.parent):
        try:
            os.utime(archive)
        except FileNotFoundError:
            return False
    return True


def last_uses(archive: Path) -> dict[Path, float]:
    """When each archive of the same image was used last, in seconds since 1970."""
    image = archive.stem.rpartition("-")[0]
    wanted = re.compile(rf"{re.escape(image)}-{TAG}\.tar")
    return {path: path.stat().st_mtime for path in archive.parent.iterdir() if wanted.fullmatch(path.name)}


def unused(used: dict[Path, float], keep: int, before: float) -> list[Path]:
    """Those to remove: neither among the `keep` used last nor used since `before`."""
    by_use = sorted(used, key=used.__getitem__, reverse=True)
    return [path for path in by_use[keep:] if used[path] < before]


def remove_unused(archive: Path, keep: int, spare: float) -> list[Path]:
    """Remove archives of the same image that nobody uses any more; returns them."""
    with locked(archive.parent):
        surplus = unused(last_uses(archive), keep, time.time() - spare)
        for path in surplus:
            path.unlink()
    return surplus


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "required": True},
            "keep": {"type": "int"},
            "spare": {"type": "int", "default": 0},
        },
        supports_check_mode=True,
    )
    archive, keep = Path(module.params["path"]), module.params["keep"]
    if module.check_mode:
        module.exit_json(changed=False, exists=archive.exists(), removed=[])
    try:
        exists = use(archive)
        removed = remove_unused(archive, keep, module.params["spare"]) if exists and keep is not None else []
    except OSError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=bool(removed), exists=exists, removed=[str(path) for path in removed])


if __name__ == "__main__":
    main()
