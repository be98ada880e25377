#!/usr/bin/python
"""Lay out the folder that an image is built from, the same on every machine."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_context
short_description: Lay out an image's build context
description:
  - Copies the Containerfile and the sources of C(context) into an empty folder.
  - Times and modes are the same for the same content, so that cached layers are found again from another checkout.
options:
  directory: {description: Folder of the Containerfile., type: path, required: true}
  root: {description: Root of the repository., type: path, required: true}
  cache: {description: 'Build cache that C({cache}) stands for.', type: path, required: true}
  context: {description: 'List of {src, dest}, as in image.yml.', type: list, elements: dict, required: true}
  photos:
    description:
      - What C({photos}) stands for, as lookup C(image_definition) has it; C(folder) and C(digest). Empty for no photos.
      - Photos that no longer have that digest when they are laid out are refused.
    type: dict
    default: {}
  packages:
    description:
      - Debian packages that a step of their own installs upon the Containerfile's first base. For a base that was not
        made with them.
    type: list
    elements: str
    default: []
  dest: {description: Folder to lay out; what is there is removed first., type: path, required: true}
  lock: {description: File that whoever builds from C(dest) holds locked; it is waited for., type: path, required: true}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Lay out the context
  catdog.lab.image_context:
    directory: "{{ definition.directory }}"
    root: "{{ definition.root }}"
    cache: ~/.cache/catdog-lab
    context: "{{ definition.context }}"
    photos: "{{ definition.photos }}"
    dest: ~/.cache/catdog-lab/build/kafka-7f69995c063f
    lock: ~/.cache/catdog-lab/containers/kafka.lock
"""

RETURN = r"""
files: {description: Number of files laid out., type: int, returned: success}
"""

import fcntl
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.image_definition import (
    PHOTOS,
    ImageDefinition,
    ImageDefinitionError,
    files_of,
)
from ansible_collections.catdog.lab.plugins.module_utils.photo_digest import photos_digest
from ansible_collections.catdog.lab.plugins.module_utils.photo_folder import PhotoFolderError, photo_files

# No file says when it was checked out: COPY takes times into the key of its layer.
EPOCH = (315532800, 315532800)  # 1980-01-01, the first day that zip archives (wheels) can hold


def lay_out(
    definition: ImageDefinition, cache: Path, dest: Path, photos: Mapping[str, str], packages: Sequence[str] = ()
) -> int:
    """Fill `dest` anew; returns the number of files.

    Raises ImageDefinitionError for a source that does not exist, PhotoFolderError for photos that are not those of the
    digest.
    """
    if dest.exists():
        shutil.rmtree(dest)
    dest.mkdir(parents=True)
    copy(definition.directory / "Containerfile", dest / "Containerfile")
    if packages:
        install_packages(dest / "Containerfile", packages)
    count = 1
    for item in definition.context:
        target = dest / item["dest"]
        if item["src"] == PHOTOS:
            count += lay_out_photos(photos, cache, target)
            continue
        source = definition.source(item["src"], cache)
        for path in files_of(source):
            copy(path, target / path.relative_to(source) if path != source else target)
            count += 1
    for folder, _, _ in os.walk(dest, topdown=False):
        Path(folder).chmod(0o755)
        os.utime(folder, EPOCH)
    return count


def install_packages(containerfile: Path, packages: Sequence[str]) -> None:
    """Add a step that installs Debian packages, after the first FROM."""
    start, base, rest = re.split(r"^(FROM .*\n)", containerfile.read_text(), maxsplit=1, flags=re.MULTILINE)
    step = f"RUN apt-get update && apt-get install --yes --no-install-recommends {' '.join(sorted(packages))} \\\n"
    containerfile.write_text(f"{start}{base}{step}    && rm -rf /var/lib/apt/lists/*\n{rest}")
    os.utime(containerfile, EPOCH)


def lay_out_photos(photos: Mapping[str, str], cache: Path, dest: Path) -> int:
    """Copy the photos to `dest`; without any it is empty, for COPY takes an empty folder, but not a missing one."""
    dest.mkdir(parents=True)
    if not photos:
        return 0
    folder = Path(photos["folder"])
    names = photo_files(folder)
    for name in names:
        copy((folder / name).resolve(), dest / name)
        (dest / name).chmod(0o644)  # on a camera's card all can be executed
    if photos_digest(folder, cache) != photos["digest"]:
        raise PhotoFolderError(folder, "has changed while the image was built. Give the same command again.")
    return len(names)


def copy(source: Path, dest: Path) -> None:
    dest.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, dest, follow_symlinks=False)
    if not dest.is_symlink():
        dest.chmod(0o755 if source.stat().st_mode & 0o100 else 0o644)
    os.utime(dest, EPOCH, follow_symlinks=False)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "directory": {"type": "path", "required": True},
            "root": {"type": "path", "required": True},
            "cache": {"type": "path", "required": True},
            "context": {"type": "list", "elements": "dict", "required": True},
            "photos": {"type": "dict", "default": {}},
            "packages": {"type": "list", "elements": "str", "default": []},
            "dest": {"type": "path", "required": True},
            "lock": {"type": "path", "required": True},
        },
        supports_check_mode=True,
    )
    if module.check_mode:
        module.exit_json(changed=True, files=0)
    given = module.params
    directory = Path(given["directory"])
    definition = ImageDefinition(directory.name, directory, Path(given["root"]), context=given["context"])
    try:
        with Path(given["lock"]).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            files = lay_out(definition, Path(given["cache"]), Path(given["dest"]), given["photos"], given["packages"])
    except (ImageDefinitionError, PhotoFolderError, OSError) as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=True, files=files)


if __name__ == "__main__":
    main()
