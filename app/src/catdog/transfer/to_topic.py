"""A folder of labelled pictures into a topic: what was acknowledged is remembered, and not sent again."""

from __future__ import annotations

import hashlib
import mimetypes
import uuid
from collections.abc import Callable
from pathlib import Path

from catdog.data.labelled import LabelledFile, labelled_files
from catdog.errors import DataError, InputError
from catdog.files.disk_errors import writing
from catdog.files.journal import Journal
from catdog.kafka.sender import MAX_VALUE_BYTES, RecordSender
from catdog.kafka.settings import KafkaSettings
from catdog.limits import MAX_MESSAGE_SIZE
from catdog.transfer.sending import Sent

Listener = Callable[[int, int], None]
# How often is looked what has been acknowledged.
_EVERY_SECONDS = 0.5


def send_folder(
    settings: KafkaSettings,
    folder: Path,
    on_read: Listener | None = None,
    on_acknowledged: Listener | None = None,
    started: Callable[[Sent], None] | None = None,
) -> Sent:
    """Send all pictures of a folder, see catdog.data.labelled, that an earlier call has not sent to this very topic.

    on_read is told (files read, of), on_acknowledged (in the topic, of); started is given what is to be done, which
    goes on counting. Raises DataError, InputError (a picture too large for a record, before any is sent), KafkaError,
    OutputError.
    """
    files, left_out = labelled_files(folder, on_read)
    for file in files:
        if file.size > MAX_VALUE_BYTES:
            raise InputError(
                f"{file.path} has {file.size} bytes, more than the {MAX_VALUE_BYTES} that fit into a record of "
                f"{MAX_MESSAGE_SIZE}: make the picture smaller, or take it away; nothing was sent"
            )
    with RecordSender(settings) as sender, _journal(sender.topic_id) as journal:
        known = _still_there(journal, sender.first_offsets)
        to_send = [file for file in files if known.get(str(file.place)) != file.sha256]
        sent = Sent(len(files), left_out, before=len(files) - len(to_send))
        if started:
            started(sent)

        def note_acknowledged() -> None:
            notes = [
                {"key": str(one.tag.place), "sha256": one.tag.sha256, "partition": one.partition, "offset": one.offset}
                for one in sender.acknowledged()
            ]
            if notes:
                sent.now += len(notes)
                journal.add(*notes)
            if on_acknowledged:
                on_acknowledged(sent.before + sent.now, sent.of)

        try:
            for number, file in enumerate(to_send):
                sender.send(file, str(file.place), _read(file), _headers(file))
                if number % 100 == 0:
                    note_acknowledged()
            while not sender.wait(_EVERY_SECONDS):
                note_acknowledged()
        finally:
            note_acknowledged()
    return sent


def journal_path(topic_id: str) -> Path:
    """Where is kept what has been acknowledged of a topic: without it all are sent again, which does no harm."""
    return Path.home() / ".catdog" / "sent" / f"{topic_id}.jsonl"


def _still_there(journal: Journal, first_offsets: dict[int, int]) -> dict[str, str]:
    """SHA-256 by key of what was acknowledged, last of each key, and what the topic's retention has not taken since."""
    last = {note.get("key"): note for note in journal.lines()}
    return {
        key: note.get("sha256")
        for key, note in last.items()
        if note.get("offset", -1) >= first_offsets.get(note.get("partition"), 0)
    }


def _journal(topic_id: str) -> Journal:
    path = journal_path(topic_id)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    return Journal(path)


def _read(file: LabelledFile) -> bytes:
    data = file.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise DataError(f"{file.path}: has changed while the folder was sent: give the same command again")
    return data


def _headers(file: LabelledFile) -> dict[str, str]:
    return {
        "label": file.place.label,
        "split": file.place.split,
        "file-name": file.place.name,
        "content-type": mimetypes.guess_type(file.place.name)[0] or "application/octet-stream",
        "sha256": file.sha256,
        "correlation-id": str(uuid.uuid4()),
    }
