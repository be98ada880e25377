"""Real photos from elsewhere, laid out as `training/{cat,dog}` and `validation/{cat,dog}`: `import_photos`.

A source (catdog.data.sources) gives items; each is checked and set aside (intake), and when all are there they are
split and moved to where they belong (split). What is done stays done: after a kill the same call goes on.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from catdog.data.folder import UNFINISHED
from catdog.data.intake import JOURNAL, Intake
from catdog.data.left_out import write_left_out
from catdog.data.sources import open_source
from catdog.data.split import SPLITS, assign, lay_out
from catdog.errors import CatdogError, DataError, InputError
from catdog.files.disk_errors import writing

# In the data folder, beside the photos.
SUMMARY = "photos.json"
DEFAULT_SHARE = 0.2


@dataclass(frozen=True)
class Summary:
    """What a data folder holds: photos by split and class; `share` is None where the source's own split was kept."""

    source: str
    sha256: str | None
    share: float | None
    photos: dict[str, dict[str, int]]
    left_out: int

    @property
    def count(self) -> int:
        return sum(sum(classes.values()) for classes in self.photos.values())


def import_photos(
    source: str,
    out: Path,
    sha256: str | None = None,
    share: float | None = None,
    on_download: Callable[[int, int | None], None] | None = None,
    on_photo: Callable[[int, int], None] | None = None,
) -> Summary:
    """Photos of `source` (a folder, an archive's file or URL, tfds:cats_vs_dogs) to `out`; at once if they are there.

    share: part of each class that is for validation; None: as the source splits them, else a fifth. Which ones depends
    on the photos' bytes alone. on_download is told (bytes, of), on_photo (photos, of).
    Raises InputError, DataError, ArchiveError, DownloadError or OutputError; what was done before is kept.
    """
    about = {"source": source, "sha256": sha256, "share": share}
    work = out / UNFINISHED
    if not work.exists() and (found := _known(out, about)):
        return found
    with writing(out):
        work.mkdir(parents=True, exist_ok=True)
        try:
            with Intake(work, about) as intake:
                if not intake.complete:
                    with open_source(source, work, sha256, on_download) as opened:
                        intake.take(opened, on_photo)
                photos, left_out = intake.photos, intake.left_out
        except CatdogError:
            _remove_if_nothing_came(work)
            raise
        if not photos:
            first = f"; the first: {left_out[0]}" if left_out else ""
            raise DataError(f"{source}: holds no photo of a cat or a dog: {len(left_out)} files were looked at{first}")
        assigned, kept = assign(photos, share, DEFAULT_SHARE)
        left_out += [f"{one.name}: is in neither training nor validation" for one in photos if one not in assigned]
        lay_out(assigned, work, out)
        counts = {split: dict.fromkeys(("cat", "dog"), 0) for split in SPLITS}
        for photo, split in assigned.items():
            counts[split][photo.label] += 1
        summary = Summary(source, sha256, None if kept else share or DEFAULT_SHARE, counts, len(left_out))
        write_left_out(out, left_out)
        (out / SUMMARY).write_text(json.dumps(asdict(summary) | {"asked": about}, indent=1) + "\n")
        shutil.rmtree(work)
    return summary


def _remove_if_nothing_came(work: Path) -> None:
    journal = work / JOURNAL
    if list(work.iterdir()) == [journal] and len(journal.read_bytes().splitlines()) == 1:
        shutil.rmtree(work)
        with contextlib.suppress(OSError):  # it held something before
            work.parent.rmdir()


def _known(out: Path, about: dict) -> Summary | None:
    """What an earlier call for the very same left. Raises InputError when `out` holds something else."""
    try:
        known = json.loads((out / SUMMARY).read_text())
        if known.pop("asked") == about:
            return Summary(**known)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    for split in SPLITS:
        if (out / split).exists():
            raise InputError(f"{out / split} is there already, from elsewhere: give another --out, or remove {out}")
    return None
