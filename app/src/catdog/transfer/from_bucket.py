"""A bucket's labelled pictures as a data folder to train on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from catdog.data.arrivals import Arrivals, check_size, place_of
from catdog.data.folder import UNFINISHED, label_of, split_of
from catdog.data.photos import Summary
from catdog.data.split import Place
from catdog.errors import DataError, PictureError
from catdog.prefetch import ahead
from catdog.s3.bucket import THREADS, Bucket, StoredObject


def load_bucket(bucket: Bucket, out: Path, on_object: Callable[[int, int], None] | None = None) -> Summary:
    """Lay out what lies below the bucket's address in `out`; an interrupted call is gone on with.

    Class and split are told by an object's name, as by a file's path in `catdog prepare`; where they are not, it is
    left out and told in left_out.txt. Of two that would be the same file the second has another name. on_object is told
    (objects taken, of). Raises DataError for what is still being stored or holds no picture, InputError, OutputError,
    and StorageError as the bucket does.
    """
    objects = [one for one in bucket.objects() if not one.name.endswith("/")]
    if any(one.name == UNFINISHED for one in objects):
        raise DataError(
            f"{bucket.address}: is being stored, or that was interrupted: give `catdog store` again and let it end, or "
            f"remove the object {UNFINISHED} to use what is there"
        )
    with Arrivals(out, {"source": str(bucket.address), "endpoint": bucket.endpoint}) as arrivals:
        have = {(note.get("object"), note.get("etag"), note.get("place")) for note in arrivals.notes}
        placed = _placed(objects, arrivals)

        def take(one: StoredObject) -> None:
            place = placed.get(one)
            if place and (one.name, one.etag, str(place)) not in have:
                arrivals.put(place, bucket.get(one))
                arrivals.note({"object": one.name, "etag": one.etag, "place": str(place)})

        for done, _ in enumerate(ahead(take, objects, THREADS), start=1):
            if on_object:
                on_object(done, len(objects))
        return arrivals.finish()


def _placed(objects: list[StoredObject], arrivals: Arrivals) -> dict[StoredObject, Place]:
    """The place of each object that has one, another one for each; the others are left out."""
    placed: dict[StoredObject, Place] = {}
    taken: set[Place] = set()
    for one in objects:
        try:
            check_size(one.size)
            place = place_of(split_of(one.name), label_of(one.name), one.name, one.etag)
        except PictureError as error:
            arrivals.leave_out(one.name, str(error))
            continue
        if place in taken:
            place = place.apart(hashlib.sha256(one.name.encode()).hexdigest())
        taken.add(place)
        placed[one] = place
    return placed
