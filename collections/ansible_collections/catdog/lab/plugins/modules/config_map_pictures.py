#!/usr/bin/python
"""Make the content of a ConfigMap of pictures that lie on this machine."""

from __future__ import annotations

DOCUMENTATION = r"""
module: config_map_pictures
short_description: Pictures of this machine as the content of a ConfigMap
description:
  - Takes the files that are named, and of folders all files in them and below, hidden ones left out. What is a picture
    is for the client that sends them to say.
  - Refuses, before any file is read, what is not there and what does not fit into one ConfigMap.
  - In the ConfigMap's volume all lie in one folder. Where two have the same name, those are called after their folders
    (C(cat-1.png), C(dog-1.png)).
options:
  paths: {description: Files and folders., type: list, elements: path, required: true}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Read the pictures
  catdog.lab.config_map_pictures:
    paths: [/home/instructor/cats]
"""

RETURN = r"""
binary_data: {description: Content in Base64 by key., type: dict, returned: success}
volume_items: {description: "Its volume's items, a list of C(key) and C(path).", type: list, returned: success}
bytes: {description: Size of all pictures., type: int, returned: success}
"""

import base64
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

# Kubernetes takes no ConfigMap with more in its values.
MOST_BYTES = 1024 * 1024


class PicturesError(ValueError):
    """Pictures that cannot be sent: the message names the file or folder and says what to do."""


def find(paths: Sequence[Path]) -> list[tuple[Path, Path]]:
    """The files, each with its path below the folder in which it was found (its name, if it was named itself).

    Raises PicturesError for a path that leads to nothing, or to a folder without files.
    """
    found: list[tuple[Path, Path]] = []
    for path in paths:
        if path.is_file():
            found.append((path, Path(path.name)))
        elif path.is_dir():
            below = [(file, file.relative_to(path)) for file in sorted(path.rglob("*")) if file.is_file()]
            visible = [(file, inner) for file, inner in below if not any(part[0] == "." for part in inner.parts)]
            if not visible:
                raise PicturesError(f"{path} holds no file: name a folder with pictures in it, or below it.")
            found += visible
        else:
            raise PicturesError(f"{path} is no file and no folder on this machine: look at its name.")
    return list({file.absolute(): (file, inner) for file, inner in found}.values())


def check_size(files: Sequence[Path]) -> int:
    """Bytes of all files; raises PicturesError if one ConfigMap does not take them."""
    sizes = {file: file.stat().st_size for file in files}
    size = sum(sizes.values())
    if size > MOST_BYTES:
        largest = max(sizes, key=lambda file: sizes[file])
        count = "1 file has" if len(sizes) == 1 else f"{len(sizes)} files have"
        raise PicturesError(
            f"{count} {size} bytes, and {MOST_BYTES} fit into the ConfigMap that takes them into the cluster "
            f"(the largest is {largest}, {sizes[largest]} bytes). Send fewer at a time, make them smaller, or send "
            "them from outside, which has no such bound: app/clients/README.md."
        )
    return size


def names(found: Sequence[tuple[Path, Path]]) -> list[str]:
    """What each file is called in the one folder. Raises PicturesError where folders do not tell two apart."""
    counts = Counter(file.name for file, _ in found)
    # Those right in what was named are told apart by the folder that they lie in.
    given = [
        file.name if counts[file.name] == 1 else "-".join(inner.parts if len(inner.parts) > 1 else file.parts[-2:])
        for file, inner in found
    ]
    if twice := [name for name, count in Counter(given).items() if count > 1]:
        same = [str(file) for (file, _), name in zip(found, given, strict=True) if name == twice[0]]
        raise PicturesError(f"{' and '.join(same)} would be called {twice[0]} alike: rename one, or send one alone.")
    return [name.lstrip(".") for name in given]


def content(paths: Sequence[Path]) -> dict[str, object]:
    """What the module returns. Raises PicturesError, and OSError for a file that cannot be read."""
    found = find(paths)
    size = check_size([file for file, _ in found])
    items = [{"key": f"picture-{number:04d}", "path": name} for number, name in enumerate(names(found), 1)]
    data = {
        item["key"]: base64.b64encode(file.read_bytes()).decode() for item, (file, _) in zip(items, found, strict=True)
    }
    return {"binary_data": data, "volume_items": items, "bytes": size}


def main() -> None:
    module = AnsibleModule(
        argument_spec={"paths": {"type": "list", "elements": "path", "required": True}}, supports_check_mode=True
    )
    try:
        module.exit_json(changed=False, **content([Path(path) for path in module.params["paths"]]))
    except PicturesError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=f"{error.filename} cannot be read: {error.strerror}.")


if __name__ == "__main__":
    main()
