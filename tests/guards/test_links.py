"""Every link of a Markdown file to a file of the project leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")


def test_links_lead_somewhere(root: Path, project_texts: dict[Path, str]):
    dead = [
        f"{path}: {target}"
        for path, text in project_texts.items()
        if path.suffix == ".md"
        for target in LINK.findall(text)
        if "://" not in target and not (root / path.parent / target).exists()
    ]
    assert dead == []
