"""The photos that lie in this notebook's image, as a data folder to train on: links, which take no room."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from catdog.data.arrivals import Arrivals
from catdog.data.folder import SPLITS, UNFINISHED
from catdog.data.labelled import labelled_files
from catdog.data.photos import Summary
from catdog.files.disk_errors import writing

PHOTOS = "CATDOG_IMAGE_PHOTOS"
NO_PHOTOS = (
    "this notebook's image has no photos: ask your instructor for one that has, "
    "which `make lab ARGS='-e lab_photos=FOLDER'` makes of a folder of photos"
)


def image_folder() -> Path | None:
    """Where the photos of this notebook's image are, CATDOG_IMAGE_PHOTOS; None where it has none."""
    named = os.environ.get(PHOTOS)
    return Path(named) if named and Path(named).is_dir() and any(Path(named).iterdir()) else None


def load_image(folder: Path, out: Path, on_read: Callable[[int, int], None] | None = None) -> Summary:
    """Lay out the photos of `folder` in `out`, see catdog.data.labelled, as links to them.

    A home folder that outlives its notebook meets other images: links of an earlier one go, files that were put beside
    them stay. on_read is told (files read, of). Raises DataError, OutputError, InputError where `out` is of another
    source.
    """
    folder = folder.absolute()
    files, left_out = labelled_files(folder, on_read)
    with Arrivals(out, {"source": f"image {folder}"}) as arrivals:
        _remove_links(out, folder)
        for file in files:
            arrivals.link(file.place, file.path)
        for line in left_out:
            arrivals.leave_out(*line.split(": ", 1))
        return arrivals.finish()


def _remove_links(out: Path, folder: Path) -> None:
    with writing(out):
        for place in (base / split for base in (out, out / UNFINISHED) for split in SPLITS):
            for path in place.glob("*/*"):
                if path.is_symlink() and path.readlink().is_relative_to(folder):
                    path.unlink()
