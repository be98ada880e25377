"""Pictures, answers and figures as a notebook shows them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets
from IPython.display import HTML, display
from IPython.display import Image as DisplayImage
from PIL import Image

from catdog import diary, html
from catdog.answers import answer
from catdog.comparison import comparison, lists, page
from catdog.errors import PictureError
from catdog.kafka.reader import PictureReader, Record
from catdog.models import files as model_files
from catdog.models.answer import Answer
from catdog.models.classification import classify
from catdog.models.heat_map import panel
from catdog.pictures import decoding, sources
from catdog.training.curves import plot_curves, title

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from catdog.kafka.settings import KafkaSettings
    from catdog.models.classifier import Classifier

THUMBNAIL_PIXELS = 160
_NO_PICTURE = f"<div style='flex:none;width:{THUMBNAIL_PIXELS}px'></div>"


def contact_sheet(folder: str | Path, count: int = 16, columns: int = 8) -> Image.Image:
    """The first `count` pictures below a folder, half of each class, as one picture."""
    found = [sorted((Path(folder) / label).glob("*.*"))[: count // 2] for label in ("cat", "dog")]
    files = [file for pair in zip(*found, strict=False) for file in pair]
    side = THUMBNAIL_PIXELS
    sheet = Image.new("RGB", (side * columns, side * -(-len(files) // columns)), "white")
    for index, file in enumerate(files):
        thumbnail = Image.fromarray(decoding.read_file(file)).resize((side - 4, side - 4))
        sheet.paste(thumbnail, (index % columns * side, index // columns * side))
    return sheet


def curves(name: str) -> DisplayImage:
    """The training of the model called `poor` or `well`, as curves. Raises ModelError if it has no history."""
    model = model_files.find(name)
    return png(plot_curves(model_files.history(model), title(name, model_files.metrics(model))))


def png(figure: Figure) -> DisplayImage:
    """The figure as a picture that a cell shows."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=80)
    return DisplayImage(buffer.getvalue())


def compare_models() -> HTML:
    """A table of both models' accuracy on each set of pictures that was measured when they were trained."""
    columns = {name: model_files.metrics(model_files.find(name)) for name in model_files.NAMES}
    sets = list(dict.fromkeys(name for metrics in columns.values() for name in metrics["sets"]))
    rows = [["pictures", *[f"{name} model" for name in columns]]]
    for measured in sets:
        figures = [metrics["sets"].get(measured) for metrics in columns.values()]
        rows.append([measured, *[f"{f['accuracy']:.1%} of {f['count']}" if f else "not measured" for f in figures]])
    return HTML(html.table(rows))


def show_newest(
    settings: KafkaSettings, classifiers: Sequence[Classifier], count: int = 3, timeout: float = 30
) -> None:
    """Read the newest `count` records of the topic and show each picture with what both models say.

    Raises KafkaError, as the reader does.
    """
    with PictureReader(settings) as reader:
        reader.from_newest(count)
        records = list(reader.records(timeout, until_end=True))[-count:]
    if not records:
        print(f"{settings} holds no picture yet: send one, then run this cell again.")
    show_answers(records, classifiers)


def show_next(settings: KafkaSettings, classifiers: Sequence[Classifier], timeout: float = 60) -> None:
    """Wait for the next record that is sent and show it. Raises KafkaError, as the reader does."""
    with PictureReader(settings) as reader:
        reader.from_offsets({})
        record = next(reader.records(timeout), None)
    if record is None:
        print(f"No picture came within {timeout:g} s: send one while this cell runs.")
    else:
        show_answers([record], classifiers)


def show_answers(records: Iterable[Record], classifiers: Sequence[Classifier]) -> None:
    """Each record's picture with what every model says of it; for one that is no picture the reason."""
    classified = 0
    for record in records:
        result = answer(record, classifiers)
        where = f"{result.name}, {len(record.value)} bytes, {record}"
        if result.classified:
            classified += 1
            picture = html.picture(decoding.thumbnail(result.classified.pixels, THUMBNAIL_PIXELS))
            said = _answers(result.classified.answers)
        else:
            picture, said = _NO_PICTURE, _not_classified(result.reason)
        display(HTML(f"<div style='display:flex;gap:1em;align-items:center;margin:0.5em 0'>{picture}"
                     f"<div><div>{escape(where)}</div>{said}</div></div>"))  # fmt: skip
    diary.note(diary.CLASSIFIED, classified)


def show_comparison(path: str | Path, classifiers: Sequence[Classifier]) -> None:
    """Ask every model about each picture of a list, see catdog.comparison.lists, and show the answers side by side.

    Raises InputError for a list that cannot be read.
    """
    groups = lists.read(path)
    bar = ipywidgets.IntProgress(min=0, max=1, bar_style="info", layout={"width": "30em"})
    told = ipywidgets.Label()
    display(ipywidgets.HBox([bar, told]))

    def progress(row: comparison.Row, done: int, of: int) -> None:
        bar.max, bar.value, told.value = of, done, f"{done} of {of}: {row.name}"

    compared = comparison.compare(Path(path).stem, groups, classifiers, progress)
    bar.bar_style, told.value = "success", "done"
    display(HTML(page.body(compared)))
    diary.note(diary.COMPARED, sum(bool(row.answers) for row in compared.rows))


def show_pictures(address: str | Path, classifiers: Sequence[Classifier], count: int = 2) -> None:
    """Show a picture, from a file or an http(s) address, with what every model says of it, and what it looked at.

    Of a folder the first `count` pictures are shown.
    """
    for found in sources.read_all(sources.expand(address)[:count]):
        name = sources.printable(found.address)
        if found.reason:
            print(f"{name}: not classified: {found.reason}")
        else:
            display(HTML(picture_and_answers(name, found.data, classifiers)))


def picture_and_answers(name: str, data: bytes, classifiers: Sequence[Classifier]) -> str:
    """HTML of what `show_pictures` shows of one; for bytes that are no picture the reason."""
    name = f"<h4>{escape(name)}</h4>"
    try:
        classified = classify(classifiers, data)
        shown = html.picture(panel(classified, classifiers), "what each model looked at")
        diary.note(diary.CLASSIFIED, 1)
        return name + shown + _answers(classified.answers)
    except PictureError as error:
        return name + _not_classified(str(error))


def _not_classified(reason: str) -> str:
    return f"<p><b>not classified</b>: {escape(reason)}</p>"


def _answers(answers: Iterable[Answer]) -> str:
    rows = [["model", "answer", "confidence", "time"]]
    for one in answers:
        rows.append([one.model, one.label, f"{one.confidence:.0%}", f"{one.seconds * 1000:.0f} ms"])
    return html.table(rows)
