"""A comparison as a contact sheet: one picture of all thumbnails, with what each model says below."""

from __future__ import annotations

import textwrap

from PIL import Image, ImageDraw, ImageFont

from catdog.comparison import THUMBNAIL_PIXELS, Comparison, Row

COLUMNS = 5
_GAP = 12
_LINE = 18
_INK, _PALE, _PAPER = "#222222", "#777777", "white"
_DIFFERS, _EMPTY = "#d95f02", "#eeeeee"
_CELL_WIDTH = THUMBNAIL_PIXELS + 2 * _GAP
_HEADING = 34


def sheet(comparison: Comparison) -> Image.Image:
    """The contact sheet, RGB; what the models differ on has an orange frame."""
    lines = max(len(comparison.models), 1)
    cell_height = THUMBNAIL_PIXELS + 2 * _GAP + (lines + 1) * _LINE
    blocks = [
        (section, _HEADING * bool(section.heading) + -(-len(section.rows) // COLUMNS) * cell_height)
        for section in comparison.sections
    ]
    head = 2 * _HEADING
    image = Image.new("RGB", (COLUMNS * _CELL_WIDTH + _GAP, head + sum(height for _, height in blocks) + _GAP), _PAPER)
    canvas = ImageDraw.Draw(image)
    canvas.text((_GAP, _GAP), _fitting(comparison.title, 60), _INK, ImageFont.load_default(22))
    canvas.text((_GAP, _HEADING + _GAP), _fitting(comparison.summary(), 140), _PALE, ImageFont.load_default(12))
    top = head
    for section, height in blocks:
        start = top
        if section.heading:
            canvas.text((_GAP, top + 8), _fitting(section.heading, 90), _INK, ImageFont.load_default(18))
            start += _HEADING
        for index, row in enumerate(section.rows):
            down, right = divmod(index, COLUMNS)
            _cell(image, canvas, row, right * _CELL_WIDTH, start + down * cell_height)
        top += height
    return image


def _cell(image: Image.Image, canvas: ImageDraw.ImageDraw, row: Row, left: int, top: int) -> None:
    font = ImageFont.load_default(13)
    left, top, side = left + _GAP, top + _GAP, THUMBNAIL_PIXELS
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
    canvas.text((left, top), _fitting(row.name.rsplit("/", 1)[-1] or row.name, 24), _PALE, font)
    for number, answer in enumerate(row.answers, 1):
        said = f"{answer.model}: {answer.label} {answer.confidence:.0%}"
        canvas.text((left, top + number * _LINE), said, _DIFFERS if row.differs else _INK, font)


def _fitting(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1] + "…"
