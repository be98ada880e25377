"""A topic's labelled pictures as a data folder to train on: all that it held when the load began."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from catdog.data.arrivals import Arrivals, check_size, place_of
from catdog.data.photos import Summary
from catdog.data.split import Place
from catdog.errors import PictureError
from catdog.kafka.reader import Record
from catdog.kafka.settings import KafkaSettings
from catdog.kafka.whole_topic import WholeTopic


def load_topic(
    settings: KafkaSettings,
    out: Path,
    group: str | None = None,
    on_record: Callable[[int, int], None] | None = None,
) -> Summary:
    """Lay out what the topic holds in `out`; an interrupted call is gone on with.

    group: share the work with the other readers of this consumer group. A record without label or split, or whose bytes
    have another sha256 than it says, or none, is left out and told in left_out.txt. on_record is told (offsets passed,
    of). Raises KafkaError, InputError, DataError, OutputError.
    """
    with WholeTopic(settings, group) as topic:
        about = {"source": f"topic {settings.topic}", "topic_id": topic.topic_id}
        with Arrivals(out, about) as arrivals:
            if not group:
                topic.seek(_reached(arrivals.notes))
            passed = 0
            for records in topic.batches():
                for record in records:
                    try:
                        arrivals.put(_checked(record), record.value)
                    except PictureError as error:
                        arrivals.leave_out(str(record), str(error))
                if not group:
                    arrivals.note({"offsets": topic.offsets()})
                passed += len(records)
                if on_record:
                    on_record(passed, topic.total)
            return arrivals.finish(may_be_none=bool(group))


def _reached(notes: list[dict]) -> dict[int, int]:
    """Up to where an earlier call has got, by partition."""
    reached: dict[int, int] = {}
    for note in notes:
        reached |= {int(partition): offset for partition, offset in note.get("offsets", {}).items()}
    return reached


def _checked(record: Record) -> Place:
    """The record's place. Raises PictureError when it cannot be taken."""
    told, actual = record.headers.get("sha256"), record.sha256
    check_size(len(record.value))
    place = place_of(
        record.headers.get("split"), record.headers.get("label"), record.file_name or f"{actual[:16]}.jpg", actual
    )
    if told is None:
        raise PictureError("has no sha256 to check its bytes by")
    if told.lower() != actual:
        raise PictureError(f"its bytes have the SHA-256 {actual}, not {told} as it says")
    return place
