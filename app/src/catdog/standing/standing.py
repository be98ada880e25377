"""What the attendee has done: the notebook opened, a model trained, pictures sent, classified, compared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catdog import diary
from catdog.errors import CatdogError
from catdog.kafka.reader import PictureReader
from catdog.kafka.settings import KafkaSettings
from catdog.models import files as model_files
from catdog.standing import jupyter

# Kafka hands out headers with their pictures only: of each partition the newest are looked at, for so long at most.
NEWEST = 200
SECONDS = 8
# The header of a record that somebody else than the attendee has sent, such as the lab's verification.
SENT_BY = "sent-by"


@dataclass
class Standing:
    """How far the attendee has come. None: it could not be found out, and `unseen` says why.

    model: name, accuracy on the validation pictures and their count, of the one trained last. more: there may be more
    pictures than those counted.
    """

    opened: bool | None = None
    model: dict[str, Any] | None = None
    sent: int | None = None
    more: bool = False
    classified: int = 0
    compared: int = 0
    last_activity: str | None = None
    unseen: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def look(newest: int = NEWEST, seconds: float = SECONDS) -> Standing:
    """Look once. What cannot be looked at leaves the rest as it is."""
    found, times = Standing(), []
    with _seen(found):
        used = jupyter.last_activity()
        found.opened = used is not None
        times.append(used)
    found.model, trained = _own_model()
    done = diary.read()
    classified, compared = (done.get(what, diary.Doing()) for what in (diary.CLASSIFIED, diary.COMPARED))
    found.classified, found.compared = classified.pictures, compared.pictures
    with _seen(found):
        times.append(_count_sent(found, newest, seconds))
    times += [trained, classified.last, compared.last]
    last = max(filter(None, times), default=None)
    found.last_activity = last.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if last else None
    return found


@contextmanager
def _seen(found: Standing) -> Iterator[None]:
    try:
        yield
    except CatdogError as error:
        found.unseen.append(str(error))


def _count_sent(found: Standing, newest: int, seconds: float) -> datetime | None:
    """Count into `found` what is in the topic of the attendee's; when the last one was sent. Raises KafkaError."""
    last = None
    with PictureReader(KafkaSettings.from_environment()) as reader:
        found.more, found.sent = reader.from_newest(newest), 0
        try:
            for record in reader.records(seconds, until_end=True):
                if SENT_BY not in record.headers:
                    found.sent += 1
                    last = max(last or 0, record.timestamp_ms)
        except CatdogError:
            found.more = True
            raise
    return datetime.fromtimestamp(last / 1000, UTC) if last else None


def _own_model() -> tuple[dict[str, Any] | None, datetime | None]:
    """The model that the attendee trained last, and when."""
    descriptions = model_files.own_folder().glob(f"*/{model_files.DESCRIPTION}")
    newest = max(descriptions, key=lambda path: path.stat().st_mtime, default=None)
    if newest is None:
        return None, None
    measured = _measured(newest.parent)
    known = {"name": newest.parent.name, "accuracy": measured.get("accuracy"), "pictures": measured.get("count")}
    return known, datetime.fromtimestamp(newest.stat().st_mtime, UTC)


def _measured(folder: Path) -> dict[str, Any]:
    """What the training measured on its validation pictures; empty while it measures, or if that cannot be read."""
    try:
        model = model_files.read(folder)
        metrics = model_files.metrics(model)
        if metrics["model_hash"] != model.hash:  # of the model that was there before
            return {}
        return next(figures for name, figures in metrics["sets"].items() if name.endswith("validation"))
    except (CatdogError, KeyError, TypeError, AttributeError, StopIteration):
        return {}
