"""Filter `text_table`: rows as an aligned table of plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def text_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """`rows` as lines under the heads `columns` (upper case); a value that a row lacks stays empty."""
    table = [[column.upper() for column in columns]]
    table += [[str(row.get(column) or "") for column in columns] for row in rows]
    widths = [max(len(line[index]) for line in table) for index in range(len(columns))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in table)
    return "\n".join(line.rstrip() for line in lines)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"text_table": text_table}
