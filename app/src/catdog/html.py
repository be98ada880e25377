"""HTML of tables and pictures; whatever it is given as text is escaped."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape

from PIL import Image

_CELL = "style='text-align:left;padding:0.3em 1em'"


def table(rows: Sequence[Sequence[str]]) -> str:
    """A table; the first row is its head."""
    head, *body = rows
    lines = ["".join(f"<th {_CELL}>{escape(cell)}</th>" for cell in head)]
    lines += ["".join(f"<td {_CELL}>{escape(cell)}</td>" for cell in row) for row in body]
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def picture(image: Image.Image, alt: str = "the picture", encoding: str = "PNG") -> str:
    """An <img> that holds the picture itself. encoding: PNG, or JPEG, which is a tenth of it for photos."""
    buffer = io.BytesIO()
    image.save(buffer, encoding)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f"<img alt='{escape(alt)}' style='max-width:100%' src='data:image/{encoding.lower()};base64,{data}'>"
