"""More photos in a notebook: where they come from and go to, and what they bring."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets
from IPython.display import HTML, display

from catdog import html
from catdog.data.dataset import find
from catdog.drawing import layout
from catdog.errors import InputError
from catdog.kafka.settings import KafkaSettings
from catdog.models import files as model_files
from catdog.models.classifier import Classifier
from catdog.training.evaluation import Evaluation, evaluate

if TYPE_CHECKING:
    from catdog.s3.bucket import Bucket

TOPIC, BUCKET = "KAFKA_TRAINING_TOPIC", "CATDOG_BUCKET"
_PLACES = ("kafka", "s3")
_SOURCES = (*_PLACES, "image")


def draw_more(folder: str | Path, training: int = 400, validation: int = 100, seed: int = 7) -> None:
    """So many drawings of both classes together into folder/data, laid out for training; none if that is there."""
    data = Path(folder) / "data"
    if data.exists():
        print(f"{data} is there already.")
        return
    layout.write(layout.laid_out(training, validation, seed), Path(folder))


def send_pictures(folder: str | Path, to: str) -> None:
    """Send a data folder to the lab's training topic ("kafka") or bucket ("s3"); where the lab has none, say so.

    The topic is KAFKA_TRAINING_TOPIC, else KAFKA_TOPIC with `.training` behind it; the bucket CATDOG_BUCKET.
    Errors as in catdog.transfer.
    """
    if _check(to, _PLACES) == "kafka":
        from catdog.transfer.to_topic import send_folder

        sent = send_folder(_topic(), Path(folder), on_acknowledged=_Bar("acknowledged").show)
        print(f"{sent.before + sent.now} of {sent.of} pictures are in {_topic()}")
    elif bucket := _bucket():
        from catdog.transfer.to_bucket import store_folder

        stored = store_folder(bucket, Path(folder), on_stored=_Bar("stored").show)
        print(f"{stored.before + stored.now} of {stored.of} pictures are in {bucket.address}")


def load_pictures(source: str, out: str | Path) -> None:
    """Load what lies in the training topic ("kafka") or bucket ("s3"), see send_pictures, as a data folder `out`.

    "image": the photos of this notebook's image, as links; where it has none, say whom to ask.
    """
    if _check(source, _SOURCES) == "kafka":
        from catdog.transfer.from_topic import load_topic

        summary = load_topic(_topic(), Path(out), on_record=_Bar("read").show)
    elif source == "image":
        from catdog.transfer.from_image import NO_PHOTOS, image_folder, load_image

        if not (folder := image_folder()):
            print(f"{NO_PHOTOS[0].upper()}{NO_PHOTOS[1:]}.")
            return
        summary = load_image(folder, Path(out), _Bar("read").show)
    elif bucket := _bucket():
        from catdog.transfer.from_bucket import load_bucket

        summary = load_bucket(bucket, Path(out), _Bar("taken").show)
    else:
        return
    left_out = f", {summary.left_out} were left out" if summary.left_out else ""
    print(f"{summary.count} pictures are in {out}{left_out}")


def measure(name: str, folder: str | Path) -> Evaluation:
    """How right the model called `poor` or `well` is on the validation pictures of a data folder."""
    return evaluate(Classifier(model_files.find(name)), find(Path(folder), "validation"))


def before_and_after(before: Evaluation, after: Evaluation) -> HTML:
    """Both accuracies, as a table. Raises InputError when they are not of the same number of pictures."""
    if before.count != after.count:
        raise InputError(f"before and after are of {before.count} and {after.count} pictures: measure both on the same")
    rows = [["", "right", "of", "model"]]
    for when, found in (("before", before), ("after", after)):
        rows.append([when, f"{found.accuracy:.1%}", str(found.count), found.model_hash[:12]])
    return HTML(html.table(rows))


class _Bar:
    """A bar below the cell, and what it counts."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._bar = ipywidgets.IntProgress(min=0, max=1, bar_style="info", layout={"width": "30em"})
        self._told = ipywidgets.Label()
        display(ipywidgets.HBox([self._bar, self._told]))

    def show(self, done: int, of: int) -> None:
        if done == of or done - self._bar.value >= of / 100:  # each change is a message to the browser
            self._bar.max, self._bar.value = max(of, 1), done
            self._told.value = f"{done} of {of} {self._what}"


def _check(place: str, known: tuple[str, ...]) -> str:
    if place not in known:
        raise InputError(f"{place!r}: give one of {', '.join(known)}")
    return place


def _topic() -> KafkaSettings:
    settings = KafkaSettings.from_environment()
    return KafkaSettings.from_environment(topic=os.environ.get(TOPIC) or f"{settings.topic}.training")


def _bucket() -> Bucket | None:
    """The lab's bucket, or nothing."""
    from catdog.s3.address import BucketAddress
    from catdog.s3.bucket import Bucket

    if name := os.environ.get(BUCKET):
        return Bucket(BucketAddress.parse(f"s3://{name}"))
    print(f"This lab has no object storage: {BUCKET} is not set.")
    return None
