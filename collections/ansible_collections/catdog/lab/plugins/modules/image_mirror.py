#!/usr/bin/python
"""Tells images by digest, and copies them to another registry."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_mirror
short_description: Tell images by digest, and copy them to another registry
description:
  - Asks each image's registry for the digest of its manifest, of the index where it is for more platforms than one.
  - With C(mirror) each is copied there for every platform, under its own path, tag and digest. One that is there
    already is left. Registries are asked by this machine's own logins (C(skopeo login)) and authorities.
  - What cannot be read or copied is told in C(images), with the others done. In check mode nothing is copied.
options:
  images: {description: References with a tag or a digest., type: list, elements: str, required: true}
  mirror: {description: Registry and path to copy to. Empty for none., type: str, default: ''}
  username: {description: Login to the mirror. Empty for none., type: str, default: ''}
  password: {description: The login's password., type: str, default: ''}
  ca: {description: File of the authority (PEM) of the mirror's certificate. Empty for this machine's., type: path}
  timeout: {description: Seconds that one copy may take., type: int, default: 3600}
attributes:
  check_mode: {support: full}
author: [catdog-lab]
"""

EXAMPLES = r"""
- catdog.lab.image_mirror:
    images: [registry.example.org/strimzi/operator:1.2.0]
    mirror: mirror.example.org/lab
"""

RETURN = r"""
images:
  description: >-
    For each image C(image), C(digest), its place in the mirror (C(mirror)) and what is wrong (C(error)); what there is
    not is empty.
  type: list
  elements: dict
  returned: success
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.image_registry import Registry, RegistryError, ask, last_word


def mirrored(image: str, mirror: str) -> str:
    """The image's place in a mirror: what its reference says after the registry."""
    host, _, path = image.partition("/")
    is_host = path and ("." in host or ":" in host or host == "localhost")
    return f"{mirror}/{path if is_host else image}"


def supply(image: str, given: Mapping[str, Any], check_mode: bool) -> tuple[bool, dict[str, str]]:
    """Whether anything was copied, and what is known of the image."""
    row = {
        "image": image,
        "digest": "",
        "mirror": mirrored(image, given["mirror"]) if given["mirror"] else "",
        "error": "",
    }
    try:
        row["digest"], said = ask(image)
        if not row["digest"]:
            return False, row | {"mirror": "", "error": last_word(said)}
        if not row["mirror"]:
            return False, row
        with tempfile.TemporaryDirectory() as folder:  # that nobody else may look into
            place = Registry({**given, "reference": row["mirror"]}, Path(folder))
            if place.digest() == row["digest"]:
                return False, row
            if not check_mode:
                place.mirror(image, given["timeout"])
            return True, row
    except (RegistryError, OSError) as error:
        return False, row | {"error": str(error)}


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "images": {"type": "list", "elements": "str", "required": True},
            "mirror": {"type": "str", "default": ""},
            "username": {"type": "str", "default": ""},
            "password": {"type": "str", "default": "", "no_log": True},
            "ca": {"type": "path"},
            "timeout": {"type": "int", "default": 3600},
        },
        supports_check_mode=True,
    )
    module.get_bin_path("skopeo", required=True)
    done = [supply(image, module.params, module.check_mode) for image in module.params["images"]]
    module.exit_json(changed=any(changed for changed, _ in done), images=[row for _, row in done])


if __name__ == "__main__":
    main()
