"""A folder of labelled pictures into a bucket: what is there already is not stored again."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from pathlib import Path

from catdog.data.folder import UNFINISHED
from catdog.data.labelled import LabelledFile, labelled_files
from catdog.prefetch import ahead
from catdog.s3.bucket import THREADS, Bucket
from catdog.transfer.sending import Sent

Listener = Callable[[int, int], None]


def store_folder(
    bucket: Bucket,
    folder: Path,
    on_read: Listener | None = None,
    on_stored: Listener | None = None,
    started: Callable[[Sent], None] | None = None,
) -> Sent:
    """Store all pictures of a folder, see catdog.data.labelled, as SPLIT/LABEL/NAME below the bucket's address.

    While that is not done an object called `unfinished` is there, and nothing is loaded. on_read is told (files read,
    of), on_stored (there, of); started is given what is to be done, which goes on counting. Raises DataError, and
    StorageError and InputError as the bucket does.
    """
    files, left_out = labelled_files(folder, on_read)
    there = {one.name: one for one in bucket.objects()}
    stored = Sent(len(files), left_out)
    if started:
        started(stored)

    def store(file: LabelledFile) -> bool:
        name, data = str(file.place), file.path.read_bytes()
        if name in there and bucket.holds(there[name], data):
            return False
        bucket.put(name, data, mimetypes.guess_type(name)[0] or "application/octet-stream")
        return True

    bucket.put(UNFINISHED, b"", "text/plain")
    for was_stored in ahead(store, files, THREADS):
        stored.now += was_stored
        stored.before += not was_stored
        if on_stored:
            on_stored(stored.now + stored.before, stored.of)
    bucket.remove(UNFINISHED)
    return stored
