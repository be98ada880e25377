"""Lookup: all that is known about an image of this repository before it is built."""

from __future__ import annotations

DOCUMENTATION = r"""
name: image_definition
short_description: Definition, reference and tag of an image of this repository
description:
  - Reads the C(image.yml) beside the image's Containerfile and computes the tag from the content of its inputs.
  - Nothing is built, so it works in check mode, by tags and for any host.
options:
  _terms: {description: Names of images, required: true}
  base:
    description: Base image that stands in for the one made by mmdebstrap; it counts for the tag.
    type: str
    default: ""
    vars: [{name: lab_image_base}]
  root: {description: Root of the repository, type: str}
  photos:
    description:
      - Folder of photos that goes into an image whose C(context) has C({photos}); empty for none.
      - Its content counts for the tag, its path does not. For other images it is not looked at.
    type: str
    default: ""
  repository: {description: Registry and path in the reference., type: str, default: localhost/catdog-lab}
  cache:
    description: Build cache, where it is remembered what the photos' bytes are worth. Needed with O(photos).
    type: str
author: [catdog-lab]
"""

EXAMPLES = r"""
- ansible.builtin.debug:
    msg: "{{ lookup('catdog.lab.image_definition', 'kafka').tag }}"

- ansible.builtin.debug:
    msg: "{{ lookup('catdog.lab.image_definition', 'notebook', photos='~/photos', cache=lab_cache_dir).photos }}"
"""

RETURN = r"""
_raw:
  description: >-
    One mapping a name with C(name), C(tag), C(reference), C(directory), C(root), C(base) (C(suite), C(packages),
    C(key)), C(context), C(photos) (C(folder), C(digest); empty without), C(build_args) and C(prepare).
  type: list
  elements: dict
"""

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.catdog.lab.plugins.module_utils.image_definition import (
    ImageDefinition,
    ImageDefinitionError,
    find,
)
from ansible_collections.catdog.lab.plugins.module_utils.photo_digest import photos_digest
from ansible_collections.catdog.lab.plugins.module_utils.photo_folder import PhotoFolderError, named_folder

CHECKOUT = Path(__file__).resolve().parents[6]


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        root = Path(self.get_option("root") or CHECKOUT)
        try:
            return [self.describe(find(term, root)) for term in terms]
        except (ImageDefinitionError, PhotoFolderError, OSError) as error:
            raise AnsibleLookupError(str(error)) from error

    def describe(self, definition: ImageDefinition) -> dict[str, Any]:
        photos = self.photos() if definition.takes_photos and self.get_option("photos") else {}
        base = self.get_option("base")
        base = self._templar.template(base) if self._templar else base  # a variable comes as the inventory has it
        tag = definition.tag(base, photos.get("digest", ""))
        return {
            "name": definition.name,
            "tag": tag,
            "reference": f"{self.get_option('repository')}/{definition.name}:{tag}",
            "directory": str(definition.directory),
            "root": str(definition.root),
            "base": {**definition.base, "key": definition.base_key} if definition.base else {},
            "context": definition.context,
            "photos": photos,
            "build_args": definition.build_args,
            "prepare": definition.prepare,
        }

    def photos(self) -> dict[str, str]:
        """The folder of photos, absolute, and its digest. Raises PhotoFolderError, AnsibleLookupError."""
        if not self.get_option("cache"):
            raise AnsibleLookupError("photos needs cache, the folder of the build cache.")
        folder = named_folder(self.get_option("photos"))
        return {"folder": str(folder), "digest": photos_digest(folder, Path(self.get_option("cache")).expanduser())}
