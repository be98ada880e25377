"""A comparison as a contact sheet: one picture of all thumbnails, with what each model says below."""

from __future__ import annotations

import textwrap

from PIL import Image, ImageDraw, ImageFont

from catdog.comparison.comparison import THUMBNAIL_PIXELS, Comparison, Row

COLUMNS = 5
_GAP = 12
_LINE = 18
_INK, _PALE, _PAPER = "#222222", "#777777", "white"
_DIFFERS, _EMPTY = "#d95f02", "#eeeeee"
_CELL_WIDTH = THUMBNAIL_PIXELS + 2 * _GAP
_WIDTH = COLUMNS * _CELL_WIDTH
_HEADING = 34


def sheet(comparison: Comparison) -> Image.Image:
    """The contact sheet, RGB; what the models differ on has an orange frame."""
    cell_height = THUMBNAIL_PIXELS + 2 * _GAP + (len(comparison.models) + 1) * _LINE
    heights = [
        _HEADING * bool(section.heading) + -(-len(section.rows) // COLUMNS) * cell_height
        for section in comparison.sections
    ]
    summary = textwrap.wrap(comparison.summary(), 130)
    top = _HEADING + _GAP + len(summary) * _LINE
    image = Image.new("RGB", (_WIDTH, top + sum(heights) + _GAP), _PAPER)
    canvas = ImageDraw.Draw(image)
    _write(canvas, (_GAP, _GAP), comparison.title, _WIDTH - 2 * _GAP, _INK, 22)
    for number, line in enumerate(summary):
        _write(canvas, (_GAP, _HEADING + _GAP + number * _LINE), line, _WIDTH - 2 * _GAP, _PALE, 12)
    for section, height in zip(comparison.sections, heights, strict=True):
        start = top
        if section.heading:
            _write(canvas, (_GAP, top + 8), section.heading, _WIDTH - 2 * _GAP, _INK, 18)
            start += _HEADING
        for index, row in enumerate(section.rows):
            down, right = divmod(index, COLUMNS)
            _cell(image, canvas, row, right * _CELL_WIDTH + _GAP, start + down * cell_height + _GAP)
        top += height
    return image


def _cell(image: Image.Image, canvas: ImageDraw.ImageDraw, row: Row, left: int, top: int) -> None:
    side = THUMBNAIL_PIXELS
    if row.thumbnail:
        width, height = row.thumbnail.size
        image.paste(row.thumbnail, (left + (side - width) // 2, top + (side - height) // 2))
    else:
        canvas.rectangle((left, top, left + side - 1, top + side - 1), _EMPTY)
        words = textwrap.wrap(f"not classified: {row.reason}", 25, max_lines=8, placeholder=" …")
        canvas.multiline_text((left + 6, top + 6), "\n".join(words), _PALE, ImageFont.load_default(12))
    if row.differs:
        canvas.rectangle((left - 5, top - 5, left + side + 4, top + side + 4), outline=_DIFFERS, width=5)
    top += side + 6
    _write(canvas, (left, top), row.name.rsplit("/", 1)[-1] or row.name, side, _PALE)
    for number, answer in enumerate(row.answers, 1):
        said = f"{answer.model}: {answer.label} {answer.confidence:.0%}"
        _write(canvas, (left, top + number * _LINE), said, side, _DIFFERS if row.differs else _INK)


def _write(canvas: ImageDraw.ImageDraw, at: tuple[int, int], text: str, width: int, ink: str, size: int = 13) -> None:
    """One line of text of at most `width` pixels; of a longer one without its middle, as names differ at the end."""
    font = ImageFont.load_default(size)
    if len(text) > width:  # no letter is narrower than a pixel: what cannot fit is not even measured
        text = text[: width // 2] + text[-(width // 2) :]
    kept, shown = len(text), text
    while canvas.textlength(shown, font) > width:
        kept -= 1
        shown = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
    canvas.text(at, shown, ink, font)
