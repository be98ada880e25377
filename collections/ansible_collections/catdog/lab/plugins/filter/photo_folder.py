"""Filters about the folder of photos for the notebook's image: why it cannot be used, and how large it is."""

from __future__ import annotations

from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.photo_folder import (
    PhotoFolderError,
    named_folder,
    photo_files,
)

MIB = 1024 * 1024


def photo_failures(named: str, images_built: bool = True) -> list[str]:
    """Why a folder's photos cannot go into an image, as a list of one; empty where they can, or none are named."""
    if not named:
        return []
    if not images_built:
        return [
            f"the folder of photos {named} (lab_photos) cannot be used: this inventory builds no images, so that none "
            "can go into one (lab_images_built). Leave it out, and name an image that has them (lab_notebook_image)."
        ]
    try:
        photo_files(named_folder(named))
    except PhotoFolderError as error:
        return [str(error)]
    return []


def photo_size(named: str) -> int:
    """MiB that the photos of a folder take, rounded up; 0 where none is named, or it cannot be used."""
    try:
        photos = photo_files(named_folder(named)) if named else {}
    except PhotoFolderError:
        return 0
    return -(-sum(about.st_size for about in photos.values()) // MIB)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"photo_failures": photo_failures, "photo_size": photo_size}
