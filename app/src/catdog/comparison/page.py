"""A comparison as one HTML page that needs nothing beside it: no script, no style sheet, no picture files."""

from __future__ import annotations

from html import escape

from catdog import html
from catdog.comparison.comparison import Comparison, Row, Section

_PAGE_STYLE = "body { font: 16px/1.4 sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em }"
# Bounded to our own part, as a notebook has tables of its own beside it; named twice to outdo JupyterLab's rules.
_STYLE = """
.catdog-comparison table { border-collapse: collapse; width: 100% }
.catdog-comparison.catdog-comparison table :is(th, td) { text-align: left; padding: 0.5em 0.8em }
.catdog-comparison :is(th, td) { border-bottom: 1px solid #ddd }
.catdog-comparison td.picture { width: 160px }
.catdog-comparison td.name { overflow-wrap: anywhere; max-width: 24em }
.catdog-comparison tr.differs td { background: #fff1d6; color: #222 }
.catdog-comparison tr.unread td { color: #777 }
.catdog-comparison b { color: #a33d00; white-space: nowrap }
"""


def page(comparison: Comparison) -> str:
    """The page's text. Names, addresses and reasons come from others: all are escaped."""
    title = f"Both models, side by side: {comparison.title}"
    return (
        f"<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<style>{_PAGE_STYLE}</style></head>\n<body><h1>{escape(title)}</h1>\n{body(comparison)}</body></html>\n"
    )


def body(comparison: Comparison) -> str:
    """What the page says, as part of another page."""
    models = ", ".join(f"{escape(name)} <code>{escape(known_by)}</code>" for name, known_by in comparison.models)
    sections = "".join(_section(section, comparison) for section in comparison.sections)
    return (
        f"<div class='catdog-comparison'><style>{_STYLE}</style><p>{escape(comparison.summary())}</p>\n"
        f"<p>Models: {models}</p>\n{sections}</div>\n"
    )


def _section(section: Section, comparison: Comparison) -> str:
    heading = f"<h2>{escape(section.heading)}</h2>\n" if section.heading else ""
    names = "".join(f"<th scope='col'>{escape(name)} model</th>" for name, _ in comparison.models)
    head = f"<tr><th scope='col'>picture</th><th scope='col'>name</th>{names}<th scope='col'></th></tr>"
    rows = "\n".join(_row(row, len(comparison.models)) for row in section.rows)
    return f"{heading}<table><thead>{head}</thead><tbody>\n{rows}\n</tbody></table>\n"


def _row(row: Row, models: int) -> str:
    name = f"<td class='name'>{_link(row)}</td>"
    if row.reason:
        reason = f"<td colspan='{models + 1}'>not classified: {escape(row.reason)}</td>"
        return f"<tr class='unread'><td class='picture'></td>{name}{reason}</tr>"
    # JPEG: a list of hundreds of photos stays a page of a few megabytes.
    shown = html.picture(row.thumbnail, row.name, "JPEG") if row.thumbnail else ""
    said = "".join(f"<td>{escape(one.label)} {one.confidence:.0%}</td>" for one in row.answers)
    mark = "<b>they differ</b>" if row.differs else ""
    kind = " class='differs'" if row.differs else ""
    return f"<tr{kind}><td class='picture'>{shown}</td>{name}{said}<td>{mark}</td></tr>"


def _link(row: Row) -> str:
    name = escape(row.name)
    # No other scheme becomes a link: javascript: would run.
    if not row.address.lower().startswith(("http://", "https://")):
        return name
    return f"<a href='{escape(row.address)}' rel='noreferrer noopener'>{name}</a>"
